import { distinctPoints } from "./distinct-points.ts";
import { forget, leastUpTo, lower, minimaTree } from "./minima-tree.ts";

/** Up to so many points, and so many pairs of points, every pair is compared. */
const comparedPoints = 24;
const comparedPairs = 512;

/**
 * Marks, with 1, the rows that some row below `dominators` dominates, for four costs and more. The points, in
 * lexicographic order, are halved: what dominates a point of the left half lies there too, and a left point that is no
 * worse in all costs but the first dominates a right one. That crossing is halved on the range of one cost after
 * another, until three costs are left for a sweep with a tree of minima (H. T. Kung, F. Luccio, F. P. Preparata, JACM
 * 22(4), 1975). Assumes finite costs without −0. O(n log² n) for four costs, a factor log n more for each further one.
 */
export const markByDivision = (costs: readonly Float64Array[], dominators: number): Uint8Array => {
  const { pointOf, rowOf, ranks, distinct } = distinctPoints(costs);
  /** Whether one of a point's rows may dominate. */
  const acts = new Uint8Array(rowOf.length);
  for (let row = 0; row < dominators; row++) acts[pointOf[row]!] = 1;
  const last = costs.length - 1;
  const [swept, placed, least] = [ranks[last - 2]!, ranks[last - 1]!, ranks[last]!];
  const dominated = new Uint8Array(acts.length);
  const tree = minimaTree(distinct[last - 1]!);

  /** Whether a point is no worse than another from an objective on. */
  const covers = (left: number, right: number, from: number): boolean => {
    for (let objective = last; objective >= from; objective--) {
      const column = ranks[objective]!;
      if (column[left]! > column[right]!) return false;
    }
    return true;
  };

  /** Marks what is covered in the last three costs; both lists rise in the first of them. */
  const sweep = (left: Int32Array, right: Int32Array): void => {
    let entered = 0;
    for (const point of right) {
      for (; entered < left.length && swept[left[entered]!]! <= swept[point]!; entered++) {
        lower(tree, placed[left[entered]!]!, least[left[entered]!]!);
      }
      if (leastUpTo(tree, placed[point]!) <= least[point]!) dominated[point] = 1;
    }
    for (let position = 0; position < entered; position++) forget(tree, placed[left[position]!]!);
  };

  /** Marks the right points that a left one covers from an objective on, where it is no worse in all before. */
  const cross = (left: Int32Array, right: Int32Array, objective: number): void => {
    if (left.length * right.length <= comparedPairs) {
      for (const point of right) {
        if (left.some((other) => covers(other, point, objective))) dominated[point] = 1;
      }
      return;
    }
    if (objective === last - 2) {
      sweep(left, right);
      return;
    }
    const column = ranks[objective]!;
    const [leftLow, leftHigh] = rangeOf(column, left);
    const [rightLow, rightHigh] = rangeOf(column, right);
    if (leftLow > rightHigh) return;
    if (leftHigh <= rightLow) {
      cross(left, right, objective + 1);
      return;
    }
    const middle = (Math.min(leftLow, rightLow) + Math.max(leftHigh, rightHigh)) >> 1;
    const low = (point: number): boolean => column[point]! <= middle;
    const high = (point: number): boolean => column[point]! > middle;
    const lowLeft = left.filter(low);
    const highRight = right.filter(high);
    cross(lowLeft, right.filter(low), objective);
    cross(lowLeft, highRight, objective + 1);
    cross(left.filter(high), highRight.filter(open), objective);
  };
  const open = (point: number): boolean => dominated[point] === 0;
  const acting = (point: number): boolean => acts[point] === 1 && dominated[point] === 0;

  /** Marks what points from `start` up to `end` dominate among each other, and returns them by the swept cost. */
  const divide = (start: number, end: number): Int32Array => {
    if (end - start <= comparedPoints) {
      const points = Int32Array.from({ length: end - start }, (_, position) => start + position);
      for (const right of points) {
        for (let left = start; left < right && dominated[right] === 0; left++) {
          if (acting(left) && covers(left, right, 1)) dominated[right] = 1;
        }
      }
      return points.sort((one, other) => swept[one]! - swept[other]!);
    }
    const middle = (start + end) >> 1;
    const left = divide(start, middle);
    const right = divide(middle, end);
    cross(left.filter(acting), right.filter(open), 1);
    return merge(swept, left, right);
  };

  divide(0, acts.length);
  const marks = new Uint8Array(pointOf.length);
  for (let row = 0; row < marks.length; row++) marks[row] = dominated[pointOf[row]!]!;
  return marks;
};

/** The least and the greatest rank among points; there is one at least. */
const rangeOf = (ranks: Int32Array, points: Int32Array): [least: number, greatest: number] => {
  let least = ranks[points[0]!]!;
  let greatest = least;
  for (const point of points) {
    const rank = ranks[point]!;
    if (rank < least) least = rank;
    else if (rank > greatest) greatest = rank;
  }
  return [least, greatest];
};

/** Two lists that rise in rank as one. */
const merge = (ranks: Int32Array, left: Int32Array, right: Int32Array): Int32Array => {
  const merged = new Int32Array(left.length + right.length);
  let [fromLeft, fromRight] = [0, 0];
  for (let to = 0; to < merged.length; to++) {
    const takesLeft =
      fromRight === right.length ||
      (fromLeft < left.length && ranks[left[fromLeft]!]! <= ranks[right[fromRight]!]!);
    merged[to] = takesLeft ? left[fromLeft++]! : right[fromRight++]!;
  }
  return merged;
};
