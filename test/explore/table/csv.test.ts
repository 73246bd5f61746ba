import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { objectiveColumn, readCsv, writeCsv } from "../../../explore/table/csv.ts";
import { TableError } from "../../../explore/table/table-error.ts";

let directory: string;
let path: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bitfront-csv-"));
  path = join(directory, "table.csv");
});
afterAll(() => rm(directory, { recursive: true }));

const failure = async (call: () => unknown): Promise<TableError> => {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(TableError);
    return error as TableError;
  }
  throw new Error("expected a TableError");
};

const read = async (text: string) => {
  await writeFile(path, text);
  return readCsv(path);
};

const special = fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 5e-324, Number.MAX_VALUE, 0.1 + 0.2);

/** Text that is full of what CSV must quote, and that never reads as a number. */
const text = fc
  .array(fc.constantFrom('"', ",", "\n", "\r", "\r\n", " ", "é", "𝛼", "b"), { maxLength: 6 })
  .map((parts) => `t${parts.join("")}`);

describe("writeCsv and readCsv", () => {
  test("give back every number bit for bit, and every text", async () => {
    const tables = fc.integer({ min: 1, max: 12 }).chain((rows) =>
      fc.record({
        numbers: fc.array(fc.oneof(fc.double(), special), { minLength: rows, maxLength: rows }),
        texts: fc.array(text, { minLength: rows, maxLength: rows }),
        names: fc.uniqueArray(text, { minLength: 3, maxLength: 3 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(tables, async ({ numbers, texts, names }) => {
        await writeCsv(path, [
          { name: names[0]!, data: texts },
          { name: names[1]!, data: Float64Array.from(numbers) },
          { name: names[2]!, data: Int32Array.from(numbers.keys()) },
        ]);
        const table = await readCsv(path);
        expect(table.columns.map(({ name }) => name)).toEqual(names);
        expect(table.columns[0]!.data).toEqual(texts);
        expect(table.rows).toBe(numbers.length);
        const back = table.columns[1]!.data as Float64Array;
        expect(numbers.every((number, row) => Object.is(number, back[row]))).toBe(true);
        expect([...table.columns[2]!.data]).toEqual([...numbers.keys()]);
        expect(table.lines).toHaveLength(numbers.length);
      }),
      { numRuns: 150 },
    );
  });

  test("write plain text, the same for the same input", async () => {
    const columns = [
      { name: "key", data: ["a,b", 'say "x"', "plain"] },
      { name: "energy_J", data: Float64Array.of(1e-7, 0.1, 2) },
    ];
    await writeCsv(path, columns);
    expect(await readFile(path, "utf8")).toBe('key,energy_J\n"a,b",1e-7\n"say ""x""",0.1\nplain,2\n');
  });

  test("columns keep their order, even with whole numbers as names", async () => {
    await writeCsv(path, [
      { name: "b", data: ["x"] },
      { name: "1", data: ["y"] },
      { name: "0", data: ["z"] },
    ]);
    expect(await readFile(path, "utf8")).toBe("b,1,0\nx,y,z\n");
  });

  test("refuse columns that do not fit together", async () => {
    const one = { name: "a", data: ["1"] };
    expect((await failure(() => writeCsv(path, [one, one]))).problem).toContain("a is given twice");
    const other = { name: "b", data: new Float64Array(2) };
    expect((await failure(() => writeCsv(path, [one, other]))).problem).toContain(
      "b has 2 values, expected 1",
    );
  });
});

describe("readCsv", () => {
  test("takes any line ending, a byte-order mark, a last line without end, spaces around numbers", async () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const table = await read(`\uFEFFa,b${end}1, 2.5 ${end}-3e2,inf`);
      expect(table.columns).toEqual([
        { name: "a", data: Float64Array.of(1, -300) },
        { name: "b", data: Float64Array.of(2.5, Infinity) },
      ]);
      expect(table.lines).toEqual([2, 3]);
    }
  });

  test("keeps what is no decimal number as text", async () => {
    for (const cell of ["", "0x10", "1e999", "1_000", "1.2.3", "true", "2021-01-01", "--1"]) {
      expect((await read(`a,b\n1,2\n${cell},3\n`)).columns[0]!.data).toEqual(["1", cell]);
    }
  });

  test("refuses broken files and says where", async () => {
    expect((await failure(() => readCsv(join(directory, "absent.csv")))).problem).toContain("cannot be read");
    expect((await failure(() => read(""))).problem).toContain("is empty");
    expect(await failure(() => read('a,b\n"x\ny",1\n2\n'))).toMatchObject({
      line: 4,
      problem: "1 values, expected 2 as in the header",
    });
    expect(await failure(() => read("a,b\n1,2,3\n"))).toMatchObject({ line: 2 });
    expect(await failure(() => read("a,b\n1,2\n\n3,4\n"))).toMatchObject({ line: 3 });
    expect(await failure(() => read('a,b\n1,2\n"3,4\n'))).toMatchObject({ line: 3 });
    expect(await failure(() => read('a,b\n"1"2,2\n'))).toMatchObject({ line: 2 });
    expect((await failure(() => read("a,a\n1,2\n"))).problem).toContain("two columns have the name a");
  });
});

describe("objectiveColumn", () => {
  test("gives the numbers, infinite ones too", async () => {
    const table = await read("key,energy_J\nx,1\ny,-Infinity\n");
    expect(objectiveColumn(table, "energy_J")).toEqual(Float64Array.of(1, -Infinity));
  });

  test("names the nearest column", async () => {
    const table = await read("throughput_ips,energy_J,area_mm2\n1,2,3\n");
    const { message } = await failure(() => objectiveColumn(table, "enregy_J"));
    expect(message).toContain("no column enregy_J, expected one of throughput_ips, energy_J, area_mm2");
    expect(message).toContain("did you mean energy_J?");
    expect((await failure(() => objectiveColumn(table, "area"))).message).toContain("did you mean area_mm2?");
    expect((await failure(() => objectiveColumn(table, "x"))).message).not.toContain("did you mean");
  });

  test("says on which line a value is missing, NaN, or no number", async () => {
    const broken = (cell: string) => read(`key,energy_J\n"two\nlines",1\nx,${cell}\ny,3\n`);
    for (const cell of ["NaN", "", "abc", "1e999"]) {
      const table = await broken(cell);
      const error = await failure(() => objectiveColumn(table, "energy_J"));
      expect(error.line).toBe(4);
      expect(error.problem).toContain(cell);
    }
  });
});
