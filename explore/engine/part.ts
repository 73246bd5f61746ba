import { boundNames } from "../../core/model/layer-demand.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { parquetBytes, parseParquet, readBytes } from "../store/parquet.ts";
import { isWhole, type Pass, partPath, type Range } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import type { ChunkRows } from "./chunk-rows.ts";

/**
 * The rows of a chunk as the bytes of a part: the columns by name, with `bound` as an INT32 code (`bounds` of the file's
 * metadata names them from 0; −1 for a failed row), and `failure`, 0 for a row that was evaluated and else the place,
 * from 1, of its reason in `failures` of the metadata (JSON).
 */
export const partBytes = (names: readonly string[], chunk: ChunkRows): Uint8Array => {
  const failures = [...new Set(chunk.errors.values())];
  const places = new Map(failures.map((text, place) => [text, place + 1]));
  const failure = new Int32Array(chunk.columns[0].length);
  for (const [position, text] of chunk.errors) failure[position] = places.get(text)!;
  const columns = names.map((name, position) => {
    const data = chunk.columns[position];
    return { name, data: name === "bound" ? boundCodes(data) : data };
  });
  return parquetBytes("a part", [...columns, { name: "failure", data: failure }], {
    bounds: JSON.stringify(boundNames),
    failures: JSON.stringify(failures),
  });
};

/** Writes a chunk as one part, whole or not at all, with a checksum in its name. Answers with its path. */
export const writePart = async (
  directory: string,
  pass: Pass,
  range: Range,
  names: readonly string[],
  chunk: ChunkRows,
): Promise<string> => {
  const bytes = partBytes(names, chunk);
  const path = partPath(directory, pass, range, bytes);
  await writeFileAtomically(path, bytes);
  return path;
};

/** Reads the bytes of a part. Throws StoreError where they do not match the checksum in its name. */
export const readPartBytes = async (path: string): Promise<Uint8Array> => {
  const bytes = await readBytes(path);
  if (!isWhole(path, bytes)) throw new StoreError(path, "is damaged: its bytes do not match its checksum");
  return bytes;
};

/**
 * Reads columns of a part back as they were given to `writePart`. Throws StoreError where it is damaged or has other columns. The
 * checksum comes first: no damaged byte reaches the decoder.
 */
export const readPart = async (path: string, names: readonly string[]): Promise<ChunkRows> => {
  const table = await parseParquet(path, await readPartBytes(path), [...names, "failure"]);
  const columnOf = (name: string): Float64Array => {
    const column = table.columns[name];
    if (column instanceof Float64Array) return column;
    throw new StoreError(path, `has no column ${name} of numbers: it belongs to another sweep`);
  };
  const columns = names.map((name) => (name === "bound" ? boundsOf(columnOf(name)) : columnOf(name)));
  const failures = JSON.parse(table.metadata.failures) as string[];
  const errors = new Map<number, string>();
  columnOf("failure").forEach((place, position) => {
    if (place !== 0) errors.set(position, failures[place - 1]);
  });
  return { columns, errors };
};

/** A failed row has NaN for its bound. */
const boundCodes = (bounds: Float64Array): Int32Array => {
  const codes = new Int32Array(bounds.length);
  for (let row = 0; row < codes.length; row++) codes[row] = Number.isNaN(bounds[row]) ? -1 : bounds[row];
  return codes;
};

const boundsOf = (codes: Float64Array): Float64Array =>
  codes.map((code) => (code === -1 ? Number.NaN : code));
