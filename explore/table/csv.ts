import { readFile } from "node:fs/promises";
import { fromCSV, table } from "arquero";
import { nearestOf } from "../spec/nearest.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import type { Column } from "./column.ts";
import { csvLines } from "./csv-lines.ts";
import { TableError } from "./table-error.ts";

/** A CSV file in memory. A column whose every cell is a number is a Float64Array, any other one text. */
export interface CsvTable {
  readonly path: string;
  readonly columns: readonly { readonly name: string; readonly data: Float64Array | readonly string[] }[];
  readonly rows: number;
  /** The line of the file on which each row begins, from 1. */
  readonly lines: readonly number[];
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const notFinite = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * The number that a cell spells, spaces around it apart; undefined for anything else. A decimal number beyond the
 * range of doubles is not taken for infinity.
 */
const asNumber = (cell: string): number | undefined => {
  const text = cell.trim();
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const match = notFinite.exec(text);
  if (match === null) return undefined;
  if (match[2]!.toLowerCase() === "nan") return Number.NaN;
  return match[1] === "-" ? -Infinity : Infinity;
};

const typed = (cells: readonly string[]): Float64Array | readonly string[] => {
  const numbers = new Float64Array(cells.length);
  for (const [row, cell] of cells.entries()) {
    const value = asNumber(cell);
    if (value === undefined) return cells;
    numbers[row] = value;
  }
  return numbers;
};

/**
 * Reads a CSV file with a header line (comma, UTF-8, RFC 4180 quoting, any line ending). NaN and ±Infinity (or inf)
 * are numbers; an empty cell is not, so its column is text. Fails with a TableError for a file that is missing, empty,
 * or malformed, for rows of unequal length, and for a name that two columns share.
 */
export const readCsv = async (path: string): Promise<CsvTable> => {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    throw new TableError(path, undefined, `cannot be read: ${(error as Error).message}`);
  }
  if (text === "") throw new TableError(path, undefined, "is empty, expected a header line");
  if (!/[\r\n]$/.test(text)) text += "\n";
  const [, ...lines] = csvLines(path, text);
  const cells = fromCSV(text, { header: false, autoType: false });
  const names = new Set<string>();
  const columns = cells.columnNames().map((position) => {
    const [name, ...data] = Array.from(
      cells.array(position) as ArrayLike<string | null>,
      (cell) => cell ?? "",
    );
    if (names.has(name!)) throw new TableError(path, 1, `two columns have the name ${name}`);
    names.add(name!);
    return { name: name!, data: typed(data) };
  });
  return { path, columns, rows: lines.length, lines };
};

/**
 * The values of a column that is to be compared. Fails with a TableError where there is no column of that name (with
 * the nearest one), and at the first cell that is NaN or no number (with its line). Infinite values pass.
 */
export const objectiveColumn = ({ path, columns, lines }: CsvTable, name: string): Float64Array => {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = columns.map((candidate) => candidate.name);
    const nearest = names.find((other) => other.startsWith(name)) ?? nearestOf(name, names);
    const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    throw new TableError(path, undefined, `no column ${name}, expected one of ${names.join(", ")}${hint}`);
  }
  const { data } = column;
  const numbers = data instanceof Float64Array ? data : data.map((cell) => asNumber(cell) ?? Number.NaN);
  const row = numbers.findIndex(Number.isNaN);
  if (row >= 0) {
    const value = data instanceof Float64Array ? "NaN" : JSON.stringify(data[row]);
    throw new TableError(path, lines[row], `column ${name} is ${value}, expected a number`);
  }
  return Float64Array.from(numbers);
};

const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/**
 * The columns as CSV text: a header line, LF, quotes where RFC 4180 needs them, and the shortest text that reads back
 * as the same double for each number (NaN, Infinity and −0 included). Throws a TableError, under the path that the
 * text is meant for, where names are not unique or lengths differ.
 */
const csvText = (path: string, columns: readonly Column[]): string => {
  const names = columns.map(({ name }) => name);
  for (const [index, { name, data }] of columns.entries()) {
    if (names.indexOf(name) !== index) throw new TableError(path, undefined, `column ${name} is given twice`);
    if (data.length !== columns[0]!.data.length) {
      const expected = `expected ${columns[0]!.data.length} as in ${columns[0]!.name}`;
      throw new TableError(path, undefined, `column ${name} has ${data.length} values, ${expected}`);
    }
  }
  const texts = columns.map(({ name, data }): [string, ArrayLike<string>] => [
    name,
    Array.from<number | string, string>(data, (value) =>
      typeof value === "number" ? numberText(value) : value,
    ),
  ]);
  return table(new Map(texts), names).toCSV();
};

/** Writes columns as a CSV file (see csvText), whole or not at all. The same input gives the same bytes. */
export const writeCsv = async (path: string, columns: readonly Column[]): Promise<void> => {
  await writeFileAtomically(path, csvText(path, columns));
};
