import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  isWhole,
  missingRanges,
  partPath,
  removeTemporaryFiles,
  runPaths,
  setAside,
  storedParts,
} from "../../../explore/store/run-directory.ts";
import { StoreError } from "../../../explore/store/store-error.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "bitfront-run-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("missingRanges", () => {
  /** Finished ranges as a run with changing chunk sizes leaves them: some pieces between random cuts. */
  const state = fc.record({
    total: fc.integer({ min: 0, max: 200 }),
    chunk: fc.integer({ min: 1, max: 50 }),
    cuts: fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.boolean()), { maxLength: 12 }),
  });

  test("together with the finished ranges cover every position once, in chunks", () => {
    fc.assert(
      fc.property(state, ({ total, chunk, cuts }) => {
        const ends = [...cuts].sort((left, right) => left[0] - right[0]);
        const finished: { from: number; to: number }[] = [];
        let from = 0;
        for (const [cut, done] of ends) {
          const to = Math.min(cut, total);
          if (done && to > from) finished.push({ from, to });
          from = Math.max(from, to);
        }
        const missing = missingRanges(total, chunk, finished);
        const seen = new Array<number>(total).fill(0);
        for (const range of [...finished, ...missing]) {
          for (let position = range.from; position < range.to; position++) seen[position]!++;
        }
        expect(seen.every((times) => times === 1)).toBe(true);
        for (const range of missing) {
          expect(range.to).toBeGreaterThan(range.from);
          expect(Math.floor(range.from / chunk)).toBe(Math.floor((range.to - 1) / chunk));
        }
        expect(missing).toEqual([...missing].sort((left, right) => left.from - right.from));
      }),
    );
  });

  test("of a fresh run are the whole chunks and the rest, none where there is nothing to do", () => {
    expect(missingRanges(10, 4, [])).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 8 },
      { from: 8, to: 10 },
    ]);
    expect(missingRanges(0, 4, [])).toEqual([]);
    expect(missingRanges(8, 4, [{ from: 0, to: 8 }])).toEqual([]);
  });

  test("refuse what is no state of a run", () => {
    expect(() => missingRanges(10, 0, [])).toThrow("chunk is 0");
    expect(() => missingRanges(1.5, 2, [])).toThrow("total is 1.5");
    expect(() => missingRanges(10, 4, [{ from: 8, to: 12 }])).toThrow("8 to 12");
    const overlapping = [
      { from: 0, to: 5 },
      { from: 4, to: 8 },
    ];
    expect(() => missingRanges(10, 4, overlapping)).toThrow("4 to 8");
  });
});

describe("storedParts", () => {
  const bytes = Buffer.from("rows");
  const put = async (...names: string[]): Promise<void> => {
    const { points } = runPaths(directory);
    await mkdir(points, { recursive: true });
    for (const name of names) await writeFile(join(points, name), bytes);
  };

  test("reads back the ranges of a pass from the names that partPath gives", async () => {
    const ranges = [
      { from: 65536, to: 131072 },
      { from: 0, to: 65536 },
      { from: 999_999_999_999, to: 1_000_000_000_001 },
    ];
    const paths = ranges.map((range) => partPath(directory, "analytical", range, bytes));
    const traced = partPath(directory, "cycle", { from: 3, to: 4 }, bytes);
    await put(...[...paths, traced].map((path) => basename(path)));
    const inOrder = [1, 0, 2].map((place) => ({ ...ranges[place], path: paths[place] }));
    expect(await storedParts(directory, "analytical")).toEqual(inOrder);
    expect(await storedParts(directory, "cycle")).toEqual([{ from: 3, to: 4, path: traced }]);
    // The first 64 bits of the SHA-256 of "rows".
    const name = "cycle-000000000000-000000000009-bc51e9e65d79e1c9.parquet";
    expect(partPath("r", "cycle", { from: 0, to: 9 }, bytes)).toBe(join("r", "points", name));
  });

  test("says of a part whether its bytes are those it was named for", () => {
    const path = partPath(directory, "cycle", { from: 0, to: 9 }, bytes);
    expect(isWhole(path, bytes)).toBe(true);
    expect(isWhole(path, Buffer.from("rowt"))).toBe(false);
    expect(isWhole("notes.txt", bytes)).toBe(false);
  });

  test("is empty where nothing has run, and ignores temporary and foreign files and parts set aside", async () => {
    expect(await storedParts(directory, "analytical")).toEqual([]);
    const path = partPath(directory, "analytical", { from: 0, to: 8 }, bytes);
    await put(basename(path), `${basename(path)}.123-0.tmp`, "notes.txt", "analytical-1-2.parquet");
    expect(await setAside(path)).toBe(`${path}.damaged`);
    expect(await storedParts(directory, "analytical")).toEqual([]);
    await removeTemporaryFiles(directory);
    expect((await readdir(runPaths(directory).points)).sort()).toEqual([
      `${basename(path)}.damaged`,
      "analytical-1-2.parquet",
      "notes.txt",
    ]);
  });

  test("overlapping parts are an error that names both", async () => {
    const [first, second] = [
      { from: 0, to: 8 },
      { from: 4, to: 12 },
    ].map((range) => basename(partPath(directory, "cycle", range, bytes)));
    await put(first!, second!);
    const error = await storedParts(directory, "cycle").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as Error).message).toContain(first);
    expect((error as Error).message).toContain(second);
  });
});
