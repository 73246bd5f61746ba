import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readParquet, writeParquet } from "../../../explore/store/parquet.ts";
import { StoreError } from "../../../explore/store/store-error.ts";
import type { Column } from "../../../explore/table/column.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bitfront-parquet-"));
});
afterAll(() => rm(directory, { recursive: true }));

const failure = async (promise: Promise<unknown>): Promise<StoreError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
};

const special = fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, Number.MIN_VALUE, Number.MAX_VALUE);

const table = fc.integer({ min: 0, max: 40 }).chain((rows) =>
  fc.record({
    doubles: fc.array(fc.oneof(fc.double(), special), { minLength: rows, maxLength: rows }),
    integers: fc.array(fc.integer(), { minLength: rows, maxLength: rows }),
    texts: fc.array(fc.string({ unit: "binary" }), { minLength: rows, maxLength: rows }),
    metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
  }),
);

describe("writeParquet and readParquet", () => {
  test("give back every value bit for bit, and the metadata", async () => {
    const path = join(directory, "round.parquet");
    await fc.assert(
      fc.asyncProperty(table, async ({ doubles, integers, texts, metadata }) => {
        const columns: Column[] = [
          { name: "doubles", data: Float64Array.from(doubles) },
          { name: "integers", data: Int32Array.from(integers) },
          { name: "texts", data: texts },
        ];
        await writeParquet(path, columns, metadata);
        const read = await readParquet(path);
        expect(read.rows).toBe(doubles.length);
        expect(Object.keys(read.columns)).toEqual(["doubles", "integers", "texts"]);
        expect(
          [...(read.columns.doubles as Float64Array)].map((value) => (value === 0 ? 1 / value : value)),
        ).toEqual(doubles.map((value) => (value === 0 ? 1 / value : value)));
        expect([...(read.columns.integers as Float64Array)]).toEqual([...integers]);
        expect(read.columns.texts).toEqual(texts);
        expect(read.metadata).toEqual({ ...metadata });
      }),
      { numRuns: 60 },
    );
  });

  test("keep both zeros apart where values repeat so often that a dictionary would pay", async () => {
    const path = join(directory, "zeros.parquet");
    const data = Float64Array.from({ length: 3000 }, (_, row) => [0, -0, 1][row % 3]!);
    await writeParquet(path, [{ name: "x", data }], {});
    const { columns } = await readParquet(path);
    expect((columns.x as Float64Array).every((value, row) => Object.is(value, data[row]))).toBe(true);
  });

  test("keep order over several row groups and a repeated text", async () => {
    const path = join(directory, "long.parquet");
    const rows = 1_000_003;
    const data = Float64Array.from({ length: rows }, (_, row) => row);
    const names = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? "lockstep" : "independent"));
    await writeParquet(
      path,
      [
        { name: "index", data },
        { name: "sync", data: names },
      ],
      {},
    );
    const read = await readParquet(path);
    expect(read.rows).toBe(rows);
    expect(Buffer.from((read.columns.index as Float64Array).buffer).equals(Buffer.from(data.buffer))).toBe(
      true,
    );
    expect((read.columns.sync as string[]).every((name, row) => name === names[row])).toBe(true);
  });

  test("write the same bytes for the same input, and leave no temporary file", async () => {
    const columns = [{ name: "energy_J", data: Float64Array.from({ length: 1000 }, (_, row) => row ** -2) }];
    await writeParquet(join(directory, "a.parquet"), columns, { seed: "7" });
    await writeParquet(join(directory, "b.parquet"), columns, { seed: "7" });
    const [a, b] = [
      await readFile(join(directory, "a.parquet")),
      await readFile(join(directory, "b.parquet")),
    ];
    expect(a.equals(b)).toBe(true);
    expect((await readdir(directory)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("refuse columns of different lengths and a name given twice", async () => {
    const path = join(directory, "refused.parquet");
    const short = [
      { name: "a", data: new Float64Array(3) },
      { name: "b", data: new Float64Array(2) },
    ];
    expect((await failure(writeParquet(path, short, {}))).message).toContain("b has 2 values, expected 3");
    const twice = [short[0]!, short[0]!];
    expect((await failure(writeParquet(path, twice, {}))).message).toContain("a is given twice");
    expect(await readdir(directory)).not.toContain("refused.parquet");
  });

  test("an unwritable place is a StoreError, and nothing is left behind", async () => {
    const error = await failure(writeParquet(join(directory, "absent", "x.parquet"), [], {}));
    expect(error.path).toBe(join(directory, "absent", "x.parquet"));
    expect(error.problem).toContain("cannot be written");
  });
});

describe("readParquet refuses", () => {
  test("a file cut anywhere", async () => {
    const path = join(directory, "cut.parquet");
    const data = Float64Array.from({ length: 200 }, (_, row) => Math.sin(row));
    await writeParquet(path, [{ name: "x", data }], { name: "cut" });
    const { length } = await readFile(path);
    for (let size = length - 1; size >= 0; size -= 7) {
      await truncate(path, size);
      expect((await failure(readParquet(path))).path).toBe(path);
    }
  });

  test("an absent file, text, and a Parquet file with other types", async () => {
    const absent = join(directory, "absent.parquet");
    expect((await failure(readParquet(absent))).problem).toContain("cannot be read");
    const text = join(directory, "text.parquet");
    await writeFile(text, "index,energy_J\n1,2\n".repeat(50));
    expect((await failure(readParquet(text))).message).toContain(text);
    const foreign = join(directory, "foreign.parquet");
    const wide = parquetWriteBuffer({ columnData: [{ name: "wide", data: [1n, 2n], type: "INT64" }] });
    await writeFile(foreign, new Uint8Array(wide));
    expect((await failure(readParquet(foreign))).problem).toContain("column wide holds neither");
    const holes = parquetWriteBuffer({ columnData: [{ name: "holes", data: [1, null], type: "DOUBLE" }] });
    await writeFile(foreign, new Uint8Array(holes));
    expect((await failure(readParquet(foreign))).problem).toContain("column holes holds neither");
  });
});
