import { asCosts, type Direction } from "./objectives.ts";
import { undominatedRows } from "./undominated.ts";

/**
 * The Pareto front: the rows that no other row dominates, in input order. `objectives` holds one array an objective,
 * one value a row; all copies of equal points are kept, and −0 equals 0. A row with an infinite value on the bad side
 * of any objective is infeasible and neither on the front nor in the way of others. O(n log n) for up to three
 * objectives, O(n log² n) for four. Throws an ObjectiveError with row and objective on NaN and on a value that is
 * infinite on the good side.
 *
 * @example
 * paretoFront([Float64Array.of(1, 2, 2), Float64Array.of(5, 5, 9)], ["maximize", "minimize"]); // Int32Array [1]
 */
export const paretoFront = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
): Int32Array => {
  const costs = asCosts(objectives, directions);
  return undominatedRows(costs, costs[0]!.length, 0);
};
