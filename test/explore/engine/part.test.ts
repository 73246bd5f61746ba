import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { readPart, writePart } from "../../../explore/engine/part.ts";
import { StoreError } from "../../../explore/store/store-error.ts";
import { temporaryFolder } from "./fixture.ts";

const names = ["index", "throughput_ips", "bound"];
const chunk = {
  columns: [
    Float64Array.of(0, 1, 2, 7),
    Float64Array.of(243.86781923617843, Number.NaN, -0, Number.NaN),
    Float64Array.of(0, Number.NaN, 3, Number.NaN),
  ],
  errors: new Map([
    [1, "buffer-too-small: …"],
    [3, "beyond-table: …"],
  ]),
};

const folder = (): string => {
  const directory = temporaryFolder();
  mkdirSync(join(directory, "points"));
  return directory;
};

it("a part comes back as it was written, and is refused whatever byte is flipped or wherever it is cut", async () => {
  const path = await writePart(folder(), "cycle", { from: 8, to: 12 }, names, chunk);
  expect(basename(path)).toMatch(/^cycle-000000000008-000000000012-[0-9a-f]{16}\.parquet$/);
  expect(await readPart(path, names)).toEqual(chunk);
  const some = await readPart(path, ["bound", "index"]);
  expect(some).toEqual({ columns: [chunk.columns[2], chunk.columns[0]], errors: chunk.errors });
  const bytes = readFileSync(path);
  const refused = async (damaged: Uint8Array, what: string): Promise<void> => {
    writeFileSync(path, damaged);
    const read = await readPart(path, names).catch((error: unknown) => error);
    expect(read, what).toBeInstanceOf(StoreError);
    expect((read as StoreError).message).toContain(`${path}: is damaged`);
  };
  for (let position = 0; position < bytes.length; position++) {
    const damaged = Buffer.from(bytes);
    damaged[position] ^= 0x10;
    await refused(damaged, `byte ${position}`);
    await refused(bytes.subarray(0, position), `cut at ${position}`);
  }
});

it("refuses a part with other columns", async () => {
  const path = await writePart(folder(), "cycle", { from: 8, to: 12 }, names, chunk);
  await expect(readPart(path, [...names, "energy_J"])).rejects.toThrow(/has no column energy_J/);
});
