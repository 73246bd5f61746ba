import { asCosts, type Direction, feasibleRows, ObjectiveError } from "./objectives.ts";
import { emptyStaircase, insert, type Staircase } from "./staircase.ts";

/** A hypervolume and the number of points that could not count towards it. */
export interface Hypervolume {
  /** In the product of the objectives' units. */
  readonly volume: number;
  /** Points that are not better than the reference in every objective, infeasible ones among them. */
  readonly outside: number;
}

/** The area between a staircase and a reference point that is worse than all its corners. */
const areaUnder = ({ x, y }: Staircase, referenceX: number, referenceY: number): number => {
  let area = 0;
  for (const [corner, left] of x.entries()) {
    area += ((x[corner + 1] ?? referenceX) - left) * (referenceY - y[corner]!);
  }
  return area;
};

/**
 * The exact volume that two or three objectives dominate up to a reference point (E. Zitzler, L. Thiele, PPSN V,
 * 1998): slices along the first objective, each the area under a staircase of the others. Dominated points and copies
 * add nothing; points with an infinite value are infeasible and count as outside. `reference` is in the objectives'
 * own units and directions. O(n log n) for two objectives; three take a pass over the staircase for every point that
 * changes it. Throws an ObjectiveError on NaN, an infinite reference, or another number of objectives.
 *
 * @example
 * hypervolume([Float64Array.of(3, 1), Float64Array.of(2, 1)], ["maximize", "minimize"], [0, 4]); // { volume: 7, outside: 0 }
 */
export const hypervolume = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  reference: readonly number[],
): Hypervolume => {
  const costs = asCosts(objectives, directions);
  if (costs.length < 2 || costs.length > 3) {
    throw new ObjectiveError(0, undefined, `${costs.length} objectives, expected 2 or 3`);
  }
  if (reference.length !== costs.length) {
    throw new ObjectiveError(
      Math.min(reference.length, costs.length - 1),
      undefined,
      `the reference point has ${reference.length} values, expected ${costs.length}`,
    );
  }
  const limits = reference.map((value, objective) => {
    if (!Number.isFinite(value)) {
      throw new ObjectiveError(
        objective,
        undefined,
        `the reference point is ${value}, expected a finite number`,
      );
    }
    return directions[objective] === "maximize" ? -value : value;
  });
  const inside = feasibleRows(costs)
    .filter((row) => costs.every((column, objective) => column[row]! < limits[objective]!))
    .sort((left, right) => costs[0]![left]! - costs[0]![right]!);
  const [x, y] = [costs[1]!, costs[2]];
  const [limit, limitX, limitY] = [limits[0]!, limits[1]!, limits[2] ?? 1];
  const stairs = emptyStaircase();
  let volume = 0;
  let area = 0;
  let from = limit;
  for (const row of inside) {
    if (!insert(stairs, x[row]!, y === undefined ? 0 : y[row]!, row)) continue;
    const at = costs[0]![row]!;
    volume += area * (at - from);
    from = at;
    area = areaUnder(stairs, limitX, limitY);
  }
  return { volume: volume + area * (limit - from), outside: objectives[0]!.length - inside.length };
};

/**
 * The worst finite value of each objective, taken by itself: the reference point of a run that names none. Throws an
 * ObjectiveError for an objective without a finite value.
 */
export const worstPoint = (objectives: readonly Float64Array[], directions: readonly Direction[]): number[] =>
  asCosts(objectives, directions).map((column, objective) => {
    let worst = -Infinity;
    for (const value of column) if (value > worst && Number.isFinite(value)) worst = value;
    if (worst === -Infinity) throw new ObjectiveError(objective, undefined, "no finite value");
    return directions[objective] === "maximize" ? 0 - worst : worst;
  });
