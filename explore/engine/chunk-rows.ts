/**
 * The rows of a chunk as columns, in the order of the pass's layout and of the indices asked for; a point that the
 * space excludes has none.
 */
export interface ChunkRows {
  /** One array a column of the layout, all of the same length. */
  readonly columns: readonly Float64Array[];
  /** Why rows failed, by position; their numbers are NaN but for the index. */
  readonly errors: ReadonlyMap<number, string>;
}

/** A row of a chunk by itself. */
export const rowAt = ({ columns }: Pick<ChunkRows, "columns">, position: number): Float64Array =>
  Float64Array.from(columns, (column) => column[position]);

/** Rows that stand one by one as a chunk of `width` columns. */
export const chunkOfRows = (
  rows: readonly Float64Array[],
  width: number,
  errors: ReadonlyMap<number, string>,
): ChunkRows => ({
  columns: Array.from({ length: width }, (_, column) => Float64Array.from(rows, (row) => row[column])),
  errors,
});
