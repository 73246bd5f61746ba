import { type Direction, selectRows } from "./objectives.ts";
import { asReferenced } from "./reference.ts";
import { volumeOf } from "./volume.ts";

/** A hypervolume and the number of points that could not count towards it. */
export interface Hypervolume {
  /** In the product of the objectives' units. */
  readonly volume: number;
  /** Points that are not better than the reference in every objective, infeasible ones among them. */
  readonly outside: number;
}

/**
 * The exact volume, up to rounding, that points dominate up to a reference point (E. Zitzler, L. Thiele, PPSN V,
 * 1998). Dominated points and copies add nothing; a point with an infinite value on the bad side is infeasible and
 * counts as outside. `reference` is in the objectives' own units and directions. O(n log n) for two and three
 * objectives; more take at most O(n² log n) for four, and a factor n more for each further one. Throws an
 * ObjectiveError on NaN, on a value that is infinite on the good side, an infinite reference, or fewer than two
 * objectives.
 *
 * @example
 * hypervolume([Float64Array.of(3, 1), Float64Array.of(2, 1)], ["maximize", "minimize"], [0, 4]); // { volume: 7, outside: 0 }
 */
export const hypervolume = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  reference: readonly number[],
): Hypervolume => {
  const { costs, limits, inside } = asReferenced(objectives, directions, reference);
  return {
    volume: volumeOf(selectRows(costs, inside), limits),
    outside: costs[0]!.length - inside.length,
  };
};
