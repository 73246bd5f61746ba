import type { Direction } from "./objectives.ts";
import { asFrontAndReference } from "./reference-front.ts";

/**
 * The modified inverted generational distance, IGD+ (H. Ishibuchi et al., EMO 2015): the mean over the points of the
 * reference front of the distance to the nearest point of the front, where only objectives in which that point is worse
 * count. 0 if the front covers the reference front. All objectives count in one unit: scale them before if theirs
 * differ. Infeasible rows are left out. O(front · reference). Throws an ObjectiveError as `paretoFront` does, and where
 * a side has no feasible point.
 *
 * @example
 * igdPlus([Float64Array.of(1, 3), Float64Array.of(3, 1)], [Float64Array.of(1), Float64Array.of(1)], ["minimize", "minimize"]); // 2
 */
export const igdPlus = (
  front: readonly Float64Array[],
  reference: readonly Float64Array[],
  directions: readonly Direction[],
): number => {
  const [points, targets] = asFrontAndReference(front, reference, directions);
  let sum = 0;
  for (const target of targets) {
    let nearest = Infinity;
    for (const point of points) {
      let squares = 0;
      for (let cost = 0; cost < target.length; cost++) {
        const worse = point[cost]! - target[cost]!;
        if (worse > 0) squares += worse * worse;
      }
      if (squares < nearest) nearest = squares;
    }
    sum += Math.sqrt(nearest);
  }
  return sum / targets.length;
};
