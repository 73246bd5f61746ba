import { dominates } from "./dominance.ts";
import { paretoFront } from "./front.ts";
import { asCosts, type Direction, feasibleRows, ObjectiveError } from "./objectives.ts";
import { coveringRow, emptyStaircase, insert } from "./staircase.ts";

type Costs = readonly Float64Array[];

const byFirst = (costs: Costs) => (left: number, right: number) => costs[0]![left]! - costs[0]![right]!;

/** Rows of a table, as a table of their own. */
const select = (costs: Costs, rows: readonly number[]): Float64Array[] =>
  costs.map((column) => Float64Array.from(rows, (row) => column[row]!));

/**
 * The rows of `points` that no vector of `front` dominates, for up to three objectives. Both are swept by the first
 * cost; a vector that covers a point in the other two costs then dominates it, unless it equals it. Because the front
 * holds no vector that another dominates, the one found is the point's equal only if nothing dominates the point.
 */
const sweep = (points: Costs, front: Costs, rows: readonly number[]): number[] => {
  const column = (costs: Costs, objective: number) => costs[objective] ?? new Float64Array(costs[0]!.length);
  const [x, y, frontX, frontY] = [column(points, 1), column(points, 2), column(front, 1), column(front, 2)];
  const frontRows = [...front[0]!.keys()].sort(byFirst(front));
  const stairs = emptyStaircase();
  let entered = 0;
  return [...rows].sort(byFirst(points)).filter((row) => {
    for (; entered < frontRows.length; entered++) {
      const next = frontRows[entered]!;
      if (front[0]![next]! > points[0]![row]!) break;
      insert(stairs, frontX[next]!, frontY[next]!, next);
    }
    const covering = coveringRow(stairs, x[row]!, y[row]!);
    return (
      covering === undefined || points.every((costs, objective) => costs[row] === front[objective]![covering])
    );
  });
};

/** The same for any number of objectives, by comparing every point with the whole front. */
const compareAll = (points: Costs, front: Costs, rows: readonly number[]): number[] => {
  const directions = front.map(() => "minimize" as const);
  const vectors = Array.from(front[0]!, (_, row) => front.map((column) => column[row]!));
  return rows.filter((row) => {
    const point = points.map((column) => column[row]!);
    return !vectors.some((vector) => dominates(vector, point, directions));
  });
};

/**
 * The points that may still be on the front when their objectives are only known within bounds: those whose
 * optimistic vector is not dominated by the pessimistic vector of any point with `mayDominate` 1 (equal vectors do not
 * dominate). In input order. Where the true value lies within the bounds and the dominating points are allowed on the
 * front, no member of the true front is lost. A point with an infinite optimistic value is infeasible and left out; one
 * with an infinite pessimistic value dominates nothing. The pessimistic vectors are first reduced to their own front;
 * up to three objectives then take O(n log n) and a sweep. Throws an ObjectiveError on NaN and on different lengths.
 */
export const candidates = (
  optimistic: readonly Float64Array[],
  pessimistic: readonly Float64Array[],
  directions: readonly Direction[],
  mayDominate: Uint8Array,
): Int32Array => {
  const points = asCosts(optimistic, directions);
  const bounds = asCosts(pessimistic, directions);
  const count = points[0]!.length;
  if (bounds[0]!.length !== count || mayDominate.length !== count) {
    throw new ObjectiveError(
      0,
      undefined,
      `${count} optimistic values, ${bounds[0]!.length} pessimistic, ${mayDominate.length} flags; expected as many of each`,
    );
  }
  const allowed = select(
    bounds,
    feasibleRows(bounds).filter((row) => mayDominate[row] === 1),
  );
  const onFront = paretoFront(
    allowed,
    directions.map(() => "minimize"),
  );
  const front = select(allowed, [...onFront]);
  const method = directions.length <= 3 ? sweep : compareAll;
  return Int32Array.from(method(points, front, feasibleRows(points))).sort();
};
