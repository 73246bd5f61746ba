import { readFile } from "node:fs/promises";
import { parquetMetadata, parquetRead } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Column } from "../table/column.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { StoreError } from "./store-error.ts";

/** A Parquet file in memory: columns by name, all `rows` long, and the file's own key–value metadata. */
export interface ParquetTable {
  readonly columns: Readonly<Record<string, Float64Array | string[]>>;
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;
}

const columnType = (data: Column["data"]): "DOUBLE" | "INT32" | "STRING" => {
  if (data instanceof Float64Array) return "DOUBLE";
  return data instanceof Int32Array ? "INT32" : "STRING";
};

/**
 * A table as the bytes of one Parquet file: Float64Array as DOUBLE, Int32Array as INT32, text as UTF-8. The same input
 * gives the same bytes. Numbers are stored plainly, since a dictionary would merge −0 with 0; page statistics are left
 * out, since they cost half the time and nothing here reads them; nothing is compressed, since doubles gain little.
 * No value is null. Throws a StoreError, under the path that the bytes are meant for, where names are not unique or
 * lengths differ.
 */
export const parquetBytes = (
  path: string,
  columns: readonly Column[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array => {
  const names = new Set<string>();
  for (const { name, data } of columns) {
    if (names.has(name)) throw new StoreError(path, `column ${name} is given twice`);
    names.add(name);
    if (data.length !== columns[0]!.data.length) {
      throw new StoreError(
        path,
        `column ${name} has ${data.length} values, expected ${columns[0]!.data.length} as in ${columns[0]!.name}`,
      );
    }
  }
  const bytes = parquetWriteBuffer({
    columnData: columns.map(({ name, data }) => {
      const type = columnType(data);
      const encoding = type === "STRING" ? undefined : "PLAIN";
      return { name, data: data as Float64Array | Int32Array | string[], type, nullable: false, encoding };
    }),
    statistics: false,
    codec: "UNCOMPRESSED",
    rowGroupSize: 1_000_000,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "bitfront",
  });
  return new Uint8Array(bytes);
};

/** Writes a table as one Parquet file, whole or not at all (see writeFileAtomically and `parquetBytes`). */
export const writeParquet = async (
  path: string,
  columns: readonly Column[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> => writeFileAtomically(path, parquetBytes(path, columns, metadata));

/** Copies the decoded piece of a column to its rows; false where a value is neither a number nor text as declared. */
const copyInto = (target: Float64Array | string[], piece: ArrayLike<unknown>, from: number): boolean => {
  const expected = target instanceof Float64Array ? "number" : "string";
  for (let index = 0; index < piece.length; index++) {
    const value = piece[index];
    if (typeof value !== expected) return false;
    target[from + index] = value as never;
  }
  return true;
};

/** Reads a file of a table; fails with a StoreError that names it. */
export const readBytes = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StoreError(path, `cannot be read: ${(error as Error).message}`);
  }
};

/**
 * Decodes a Parquet file of flat, non-null columns, all or the wanted ones that it has: DOUBLE, FLOAT and INT32 as Float64Array, text as strings. One that
 * is truncated, foreign, or has columns of other types fails with a StoreError that names its path. A flipped byte
 * within a whole file may also lead the decoder astray without end: check bytes that matter before.
 */
export const parseParquet = async (
  path: string,
  bytes: Uint8Array,
  wanted?: readonly string[],
): Promise<ParquetTable> => {
  try {
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const footer = parquetMetadata(buffer);
    const rows = Number(footer.num_rows);
    const columns = new Map<string, Float64Array | string[]>();
    for (const { name, type, num_children } of footer.schema.slice(1)) {
      if (wanted !== undefined && !wanted.includes(name)) continue;
      if (num_children !== undefined) throw new Error(`column ${name} is nested`);
      columns.set(name, type === "BYTE_ARRAY" ? new Array<string>(rows) : new Float64Array(rows));
    }
    const filled = new Map<string, number>();
    let foreign: string | undefined;
    await parquetRead({
      file: buffer,
      metadata: footer,
      columns: [...columns.keys()],
      onChunk: ({ columnName, columnData, rowStart }) => {
        if (!copyInto(columns.get(columnName)!, columnData, rowStart)) foreign = columnName;
        filled.set(columnName, (filled.get(columnName) ?? 0) + columnData.length);
      },
    });
    if (foreign !== undefined) throw new Error(`column ${foreign} holds neither numbers nor text`);
    for (const name of columns.keys()) {
      if ((filled.get(name) ?? 0) !== rows) throw new Error(`column ${name} has not all of its ${rows} rows`);
    }
    const metadata = (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""] as const);
    return { columns: Object.fromEntries(columns), rows, metadata: Object.fromEntries(metadata) };
  } catch (error) {
    throw new StoreError(path, `is damaged or no table of bitfront: ${(error as Error).message}`);
  }
};

/** Reads and decodes a Parquet file: see `parseParquet`. */
export const readParquet = async (path: string): Promise<ParquetTable> =>
  parseParquet(path, await readBytes(path));
