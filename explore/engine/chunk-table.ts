import type { ChunkRows } from "./chunk-rows.ts";

/** No index is negative: this marks a row that nothing was written to. */
const unwritten = -1;

/** Memory for the rows of one table at a time, which is asked for once and serves all that are no larger. */
export class RowRoom {
  #room = new Float64Array(0);

  take(length: number): Float64Array {
    if (this.#room.length < length) this.#room = new Float64Array(length);
    return this.#room.subarray(0, length);
  }
}

/**
 * Rows in the making, side by side so that each is written to one place in memory; those that nobody wrote are left out
 * when they become columns.
 */
export class ChunkTable {
  readonly width: number;
  /** Shape [rows, width]. */
  readonly rows: Float64Array;
  readonly #errors: { readonly row: number; readonly text: string }[] = [];

  constructor(width: number, rows: number, room: RowRoom) {
    this.width = width;
    this.rows = room.take(rows * width);
    for (let at = 0; at < this.rows.length; at += width) this.rows[at] = unwritten;
  }

  /** Makes a row that of a point that could not be evaluated. */
  fail(index: number, row: number, text: string): void {
    const at = row * this.width;
    this.rows.fill(Number.NaN, at, at + this.width);
    this.rows[at] = index;
    this.#errors.push({ row, text });
  }

  finish(): ChunkRows {
    const { rows, width } = this;
    const places = new Int32Array(rows.length / width);
    let count = 0;
    for (let at = 0; at < rows.length; at += width) {
      places[count] = at;
      if (rows[at] !== unwritten) count++;
    }
    const whole = count === places.length;
    const columns = Array.from({ length: width }, () => new Float64Array(count));
    for (let first = 0; first < count; first += rowsAtOnce) {
      const end = Math.min(count, first + rowsAtOnce);
      for (let column = 0; column < width; column++) {
        const values = columns[column];
        if (whole) for (let row = first; row < end; row++) values[row] = rows[row * width + column];
        else for (let row = first; row < end; row++) values[row] = rows[places[row] + column];
      }
    }
    return { columns, errors: this.#errorsOf(places.subarray(0, count)) };
  }

  /** The errors in order, by the position among the rows that stay; `places` are where these begin. */
  #errorsOf(places: Int32Array): Map<number, string> {
    const errors = new Map<number, string>();
    let position = 0;
    for (const { row, text } of this.#errors.sort((left, right) => left.row - right.row)) {
      while (places[position] < row * this.width) position++;
      errors.set(position, text);
    }
    return errors;
  }
}

/** Rows that are turned into columns together: few enough to stay in the nearest cache. */
const rowsAtOnce = 128;
