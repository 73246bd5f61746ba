import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPart, writePart } from "../../../explore/engine/part.ts";
import { StoreError } from "../../../explore/store/store-error.ts";
import { temporaryFolder } from "./fixture.ts";

const names = ["index", "throughput_ips", "bound"];
const chunk = {
  rows: [
    Float64Array.of(0, 243.86781923617843, 0),
    Float64Array.of(1, Number.NaN, Number.NaN),
    Float64Array.of(2, -0, 3),
  ],
  errors: ["", "buffer-too-small: …", ""],
};

it("a part comes back as it was written, and never otherwise: every byte is flipped once", async () => {
  const path = join(temporaryFolder(), "part.parquet");
  await writePart(path, names, chunk);
  expect(await readPart(path, names)).toEqual(chunk);
  const bytes = readFileSync(path);
  let refused = 0;
  for (let position = 0; position < bytes.length; position++) {
    const damaged = Buffer.from(bytes);
    damaged[position] ^= 0x10;
    writeFileSync(path, damaged);
    const read = await readPart(path, names).catch((error: unknown) => error);
    if (read instanceof StoreError) refused++;
    // What is not refused was a byte that says nothing of the rows, such as the writer's name.
    else expect(read, `byte ${position}`).toEqual(chunk);
  }
  expect(refused).toBeGreaterThan(bytes.length / 2);
});

it("says what to do about a part that is cut short", async () => {
  const path = join(temporaryFolder(), "part.parquet");
  await writePart(path, names, chunk);
  writeFileSync(path, readFileSync(path).subarray(0, 100));
  await expect(readPart(path, names)).rejects.toThrow(/delete it and run the sweep again/);
});
