import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  essentialDifference,
  type Identity,
  type Manifest,
  readManifest,
  sameRows,
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
  identity: {
    version: "0.1.0",
    seed: 7,
    technology: "ab12",
    networks: [{ name: "small", hash: "0a" }],
    fidelity: "staged",
    space: "5a",
    joint: "77",
    decided: "de",
  },
  node: "v20.20.0",
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
  ["a missing field", JSON.stringify({ ...manifest, points: undefined }), "points"],
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

test("a run goes on by itself only where every part would be the same", () => {
  const { identity } = manifest;
  expect(sameRows(identity, { ...identity })).toBe(true);
  for (const [field, value] of [
    ["version", "0.2.0"],
    ["seed", 8],
    ["technology", "cd34"],
    ["networks", [...identity.networks, { name: "more", hash: "0b" }]],
    ["fidelity", "cycle"],
    ["space", "5b"],
    ["joint", "78"],
    ["decided", "df"],
  ]) {
    expect(sameRows(identity, { ...identity, [field as string]: value } as Identity), String(field)).toBe(
      false,
    );
  }
});

test("rows are taken over by the same code, seed, cost tables and networks alone; networks may be added", () => {
  const { identity } = manifest;
  const added = [{ name: "more", hash: "0b" }, ...identity.networks];
  const others = { fidelity: "cycle", space: "5b", joint: "78", decided: "" } as const;
  expect(essentialDifference(identity, { ...identity, networks: added, ...others })).toBeUndefined();
  const difference = (change: Partial<Identity>) => essentialDifference(identity, { ...identity, ...change });
  expect(difference({ version: "0.2.0" })).toEqual({ field: "version", stored: "0.1.0", asked: "0.2.0" });
  expect(difference({ seed: 8 })).toEqual({ field: "seed", stored: 7, asked: 8 });
  expect(difference({ technology: "cd34" })?.field).toBe("technology");
  const other = [{ name: "small", hash: "0c" }];
  expect(difference({ networks: other })).toEqual({ field: "network small", stored: "0a", asked: "0c" });
  expect(difference({ networks: [] })).toEqual({ field: "network small", stored: "0a", asked: "absent" });
});
