/**
 * The lower-left boundary of points (x, y): x strictly rising, y strictly falling, smaller is better. `rows` keeps
 * whose corner each one is. The arrays are read by sweeps; only `insert` changes them.
 */
export interface Staircase {
  readonly x: number[];
  readonly y: number[];
  readonly rows: number[];
}

/** A staircase without corners. */
export const emptyStaircase = (): Staircase => ({ x: [], y: [], rows: [] });

/** Position of the first corner whose x exceeds the given one, by bisection. */
const firstBeyond = (corners: readonly number[], x: number): number => {
  let low = 0;
  let high = corners.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (corners[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The row of the corner that is at least as good as (x, y) in both, the lowest in y if there are several; undefined
 * if there is none. O(log corners).
 */
export const coveringRow = (stairs: Staircase, x: number, y: number): number | undefined => {
  const last = firstBeyond(stairs.x, x) - 1;
  return last >= 0 && stairs.y[last]! <= y ? stairs.rows[last] : undefined;
};

/**
 * Adds a corner and removes those that it covers. A point that is covered itself (by an equal one too) is left out,
 * and false is returned.
 */
export const insert = (stairs: Staircase, x: number, y: number, row: number): boolean => {
  if (coveringRow(stairs, x, y) !== undefined) return false;
  let start = firstBeyond(stairs.x, x);
  if (start > 0 && stairs.x[start - 1] === x) start--;
  let end = start;
  while (end < stairs.y.length && stairs.y[end]! >= y) end++;
  stairs.x.splice(start, end - start, x);
  stairs.y.splice(start, end - start, y);
  stairs.rows.splice(start, end - start, row);
  return true;
};
