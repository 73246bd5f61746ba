/** A named column of a table: numbers, or text. All columns of a table have the same length. */
export interface Column {
  readonly name: string;
  readonly data: Float64Array | Int32Array | readonly string[];
}
