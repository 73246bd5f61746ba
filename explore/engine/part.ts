import { createHash } from "node:crypto";
import { boundNames } from "../../core/model/layer-demand.ts";
import { readParquet, writeParquet } from "../store/parquet.ts";
import { StoreError } from "../store/store-error.ts";
import type { ChunkRows } from "./evaluate-chunk.ts";

/**
 * Writes the rows of a chunk as one part: the numeric columns by name, `bound` as text, and `error`, empty for a
 * point that was evaluated. A checksum of the rows stands in the file's metadata. The part is there whole or not at all.
 */
export const writePart = async (path: string, names: readonly string[], chunk: ChunkRows): Promise<void> => {
  const columns = names.map((name, position) => {
    const values = Float64Array.from(chunk.rows, (row) => row[position]);
    return { name, data: name === "bound" ? Array.from(values, (code) => boundNames[code] ?? "") : values };
  });
  const metadata = { sha256: checksum(chunk) };
  await writeParquet(path, [...columns, { name: "error", data: [...chunk.errors] }], metadata);
};

/**
 * Reads a part back as it was given to `writePart`. Throws StoreError where it is damaged or has other columns; a part
 * that is deleted is made again by the next run.
 */
export const readPart = async (path: string, names: readonly string[]): Promise<ChunkRows> => {
  const remedy = "delete it and run the sweep again: only its points are evaluated anew";
  const table = await readParquet(path).catch((error: StoreError) => {
    throw new StoreError(path, `${error.problem}; ${remedy}`);
  });
  const columns = names.map((name) => {
    const column = table.columns[name];
    if (column === undefined)
      throw new StoreError(path, `has no column ${name}: it belongs to another sweep`);
    return name === "bound"
      ? Float64Array.from(column as string[], (bound) => boundCode(bound))
      : (column as Float64Array);
  });
  const rows = Array.from({ length: table.rows }, (_, row) =>
    Float64Array.from(columns, (column) => column[row]),
  );
  const chunk = { rows, errors: table.columns.error as string[] };
  if (table.metadata.sha256 !== checksum(chunk)) {
    throw new StoreError(path, `is damaged: its rows do not match their checksum; ${remedy}`);
  }
  return chunk;
};

const checksum = ({ rows, errors }: ChunkRows): string => {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(row);
  return hash.update(JSON.stringify(errors)).digest("hex");
};

/** A failed row has NaN for its bound. */
const boundCode = (name: string): number => {
  const code = boundNames.indexOf(name as (typeof boundNames)[number]);
  return code < 0 ? Number.NaN : code;
};
