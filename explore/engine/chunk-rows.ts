/** The rows of a chunk as columns, in the order of the pass's layout and of the indices asked for; a point that the space excludes has none. */
export interface ChunkRows {
  /** One array a column of the layout, all of the same length. */
  readonly columns: readonly Float64Array[];
  /** Why rows failed, by position; their numbers are NaN but for the index. */
  readonly errors: ReadonlyMap<number, string>;
}

/** No index is negative: this marks a row that nothing was written to. */
const unwritten = -1;

/** Rows in the making: each is written to its place, and those that nobody wrote are left out in the end. */
export class ChunkTable {
  readonly columns: readonly Float64Array[];
  /** For each row 0, or 1 + the position of its error in `#texts`; absent until a row fails. */
  #failures: Int32Array | undefined;
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(width: number, rows: number) {
    this.columns = Array.from({ length: width }, () => new Float64Array(rows));
    this.columns[0].fill(unwritten);
  }

  /** Makes the row at `position` that of a point that could not be evaluated. */
  fail(index: number, position: number, text: string): void {
    for (const column of this.columns) column[position] = Number.NaN;
    this.columns[0][position] = index;
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text);
      this.#numbers.set(text, number);
    }
    this.#failures ??= new Int32Array(this.columns[0].length);
    this.#failures[position] = number;
  }

  /** The rows that were written. The table is not to be used any more. */
  finish(): ChunkRows {
    const indices = this.columns[0];
    const failures = this.#failures;
    const errors = new Map<number, string>();
    let count = 0;
    for (let row = 0; row < indices.length; row++) {
      if (indices[row] === unwritten) continue;
      if (failures !== undefined && failures[row] > 0) errors.set(count, this.#texts[failures[row] - 1]);
      count++;
    }
    if (count === indices.length) return { columns: this.columns, errors };
    const kept = new Int32Array(count);
    for (let row = 0, next = 0; row < indices.length; row++) {
      if (indices[row] !== unwritten) kept[next++] = row;
    }
    const columns = this.columns.map((column) => {
      const packed = new Float64Array(count);
      for (let row = 0; row < count; row++) packed[row] = column[kept[row]];
      return packed;
    });
    return { columns, errors };
  }
}
