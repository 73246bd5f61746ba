import type { Direction } from "./objectives.ts";
import { asFrontAndReference } from "./reference-front.ts";

/**
 * The additive epsilon indicator (E. Zitzler et al., IEEE Trans. Evolutionary Computation 7(2), 2003): the least number
 * by which every objective of every point of the front must be improved for each point of the reference front to be
 * covered. 0 or less if the front covers the reference front already. All objectives count in one unit: scale them
 * before if theirs differ. Infeasible rows are left out. O(front · reference). Throws an ObjectiveError as `paretoFront`
 * does, and where a side has no feasible point.
 *
 * @example
 * epsilonIndicator([Float64Array.of(1, 3), Float64Array.of(3, 1)], [Float64Array.of(1), Float64Array.of(1)], ["minimize", "minimize"]); // 2
 */
export const epsilonIndicator = (
  front: readonly Float64Array[],
  reference: readonly Float64Array[],
  directions: readonly Direction[],
): number => {
  const [points, targets] = asFrontAndReference(front, reference, directions);
  let worst = -Infinity;
  for (const target of targets) {
    let nearest = Infinity;
    // A target that some point covers within `worst` cannot raise it.
    for (let index = 0; index < points.length && nearest > worst; index++) {
      const point = points[index]!;
      let distance = -Infinity;
      for (let cost = 0; cost < target.length && distance < nearest; cost++) {
        distance = Math.max(distance, point[cost]! - target[cost]!);
      }
      nearest = Math.min(nearest, distance);
    }
    worst = Math.max(worst, nearest);
  }
  return worst;
};
