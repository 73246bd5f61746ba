import { asCostBounds, type Direction, feasibleRows, ObjectiveError, selectRows } from "./objectives.ts";
import { undominatedRows } from "./undominated.ts";

/**
 * The points that may still be on the front when their objectives are only known within bounds: those whose
 * optimistic vector is not dominated by the pessimistic vector of any point with `mayDominate` 1 (equal vectors do not
 * dominate). In input order. Where the true value lies within the bounds and the dominating points are allowed on the
 * front, no member of the true front is lost. A point with an infinite optimistic value is infeasible and left out; one
 * with an infinite pessimistic value dominates nothing. Takes as long as a front of twice the points. Throws an
 * ObjectiveError on NaN and on different lengths.
 */
export const candidates = (
  optimistic: readonly Float64Array[],
  pessimistic: readonly Float64Array[],
  directions: readonly Direction[],
  mayDominate: Uint8Array,
): Int32Array => {
  const points = asCostBounds(optimistic, directions);
  const bounds = asCostBounds(pessimistic, directions);
  const count = points[0]!.length;
  if (bounds[0]!.length !== count || mayDominate.length !== count) {
    throw new ObjectiveError(
      undefined,
      undefined,
      `${count} optimistic values, ${bounds[0]!.length} pessimistic, ${mayDominate.length} flags; expected as many of each`,
    );
  }
  const allowed = feasibleRows(bounds).filter((row) => mayDominate[row] === 1);
  const dominators = selectRows(bounds, allowed);
  const table = points.map((column, objective) => {
    const both = new Float64Array(allowed.length + count);
    both.set(dominators[objective]!);
    both.set(column, allowed.length);
    return both;
  });
  return undominatedRows(table, allowed.length, allowed.length).map((row) => row - allowed.length);
};
