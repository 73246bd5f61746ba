import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Manifest,
  manifestDifferences,
  readManifest,
  writeManifest,
} from "../../../explore/store/manifest.ts";
import { StoreError } from "../../../explore/store/store-error.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bitfront-manifest-"));
});
afterAll(() => rm(directory, { recursive: true }));

const manifest: Manifest = {
  name: "lanes-against-sram",
  spec: "version: 1\nname: lanes-against-sram\n",
  specFile: "lanes-against-sram.yaml",
  specHash: "ab12",
  version: "0.1.0",
  node: "v20.20.0",
  seed: 7,
  fidelity: "staged",
  points: 4096,
  chunk: 512,
  status: "running",
  counts: { evaluated: 512, failed: 1, front: 12 },
};

test("a manifest comes back as it was written, over an older one", async () => {
  const path = join(directory, "manifest.json");
  expect(await readManifest(path)).toBeUndefined();
  await writeManifest(path, manifest);
  const finished = { ...manifest, status: "finished" as const };
  await writeManifest(path, finished);
  expect(await readManifest(path)).toEqual(finished);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual(finished);
});

test.each([
  ["half a file", '{ "name": "x", "spec'],
  ["a missing field", JSON.stringify({ ...manifest, seed: undefined }), "seed"],
  ["a wrong status", JSON.stringify({ ...manifest, status: "done" }), "status"],
  ["a negative count", JSON.stringify({ ...manifest, counts: { ...manifest.counts, failed: -1 } }), "failed"],
  ["an unknown field", JSON.stringify({ ...manifest, sede: 7 }), "sede"],
])("%s is an error that names the file", async (_, text, field = "") => {
  const path = join(directory, "bad.json");
  await writeFile(path, text);
  const error = await readManifest(path).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreError);
  expect((error as StoreError).path).toBe(path);
  expect((error as StoreError).problem).toContain(field);
});

test("a run is resumed only by the same sweep, code, seed and fidelity", () => {
  const later = { ...manifest, status: "interrupted" as const, node: "v22.0.0", chunk: 64 };
  expect(manifestDifferences(manifest, later)).toEqual([]);
  expect(manifestDifferences(manifest, { ...manifest, specHash: "cd34" })).toEqual([
    { field: "specHash", stored: "ab12", asked: "cd34" },
  ]);
  const other = { ...manifest, version: "0.2.0", seed: 8, fidelity: "cycle" as const, points: 1 };
  expect(manifestDifferences(manifest, other).map(({ field }) => field)).toEqual([
    "version",
    "seed",
    "fidelity",
    "points",
  ]);
});
