import { boundNames } from "../../core/model/layer-demand.ts";
import { readParquet, writeParquet } from "../store/parquet.ts";
import { StoreError } from "../store/store-error.ts";
import type { ChunkRows } from "./evaluate-chunk.ts";

/**
 * Writes the rows of a chunk as one part: the numeric columns by name, `bound` as text, and `error`, empty for a
 * point that was evaluated. Part and directory fail or succeed as a whole.
 */
export const writePart = async (path: string, names: readonly string[], chunk: ChunkRows): Promise<void> => {
  const columns = names.map((name, position) => {
    const values = Float64Array.from(chunk.rows, (row) => row[position]);
    return { name, data: name === "bound" ? Array.from(values, (code) => boundNames[code] ?? "") : values };
  });
  await writeParquet(path, [...columns, { name: "error", data: [...chunk.errors] }], {});
};

/** Reads a part back as it was given to `writePart`. Throws StoreError where the part has other columns. */
export const readPart = async (path: string, names: readonly string[]): Promise<ChunkRows> => {
  const table = await readParquet(path);
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
  return { rows, errors: table.columns.error as string[] };
};

const boundCode = (name: string): number => {
  const code = boundNames.indexOf(name as (typeof boundNames)[number]);
  return code < 0 ? Number.NaN : code;
};
