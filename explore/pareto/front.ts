import { dominates } from "./dominance.ts";
import { asCosts, type Direction, feasibleRows } from "./objectives.ts";
import { emptyStaircase, insert } from "./staircase.ts";

/** Compares two rows by their costs, first objective first. */
const lexicographic = (costs: readonly Float64Array[]) => (left: number, right: number) => {
  for (const column of costs) {
    const difference = column[left]! - column[right]!;
    if (difference !== 0) return difference;
  }
  return 0;
};

/**
 * Sweeps rows in lexicographic order: whatever dominates a row, or equals it, has come before. A covered row is
 * dominated, unless it is a copy of the row before it, whose fate it shares.
 */
const sweep = (
  costs: readonly Float64Array[],
  sorted: readonly number[],
  keep: (row: number) => void,
): void => {
  const order = lexicographic(costs);
  const zeros = new Float64Array(costs[0]!.length);
  const x = costs[1] ?? zeros;
  const y = costs[2] ?? zeros;
  const stairs = emptyStaircase();
  let previousKept = false;
  for (const [position, row] of sorted.entries()) {
    const copy = position > 0 && order(sorted[position - 1]!, row) === 0;
    const kept: boolean = copy ? previousKept : insert(stairs, x[row]!, y[row]!, row);
    if (kept) keep(row);
    previousKept = kept;
  }
};

/** Compares every row with those kept before it; for four objectives and more. */
const compareAll = (
  costs: readonly Float64Array[],
  sorted: readonly number[],
  keep: (row: number) => void,
): void => {
  const directions = costs.map(() => "minimize" as const);
  const front: number[][] = [];
  for (const row of sorted) {
    const point = costs.map((column) => column[row]!);
    if (front.some((other) => dominates(other, point, directions))) continue;
    front.push(point);
    keep(row);
  }
};

/**
 * The Pareto front: the rows that no other row dominates, in input order. `objectives` holds one array an objective,
 * one value a row; all copies of equal points are kept, and −0 equals 0. A row with an infinite value in any objective
 * is infeasible and neither on the front nor in the way of others. Up to three objectives by a sort and one sweep over
 * a staircase (H. T. Kung, F. Luccio, F. P. Preparata, JACM 22(4), 1975), more by comparing with the front so far.
 * Throws an ObjectiveError on NaN.
 *
 * @example
 * paretoFront([Float64Array.of(1, 2, 2), Float64Array.of(5, 5, 9)], ["maximize", "minimize"]); // Int32Array [1]
 */
export const paretoFront = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
): Int32Array => {
  const costs = asCosts(objectives, directions);
  const sorted = feasibleRows(costs).sort(lexicographic(costs));
  const front: number[] = [];
  const method = costs.length <= 3 ? sweep : compareAll;
  method(costs, sorted, (row) => front.push(row));
  return Int32Array.from(front).sort();
};
