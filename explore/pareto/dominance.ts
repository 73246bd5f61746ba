import type { Direction } from "./objectives.ts";

/**
 * Whether point `left` dominates point `right`: it is at least as good in every objective and better in one. Equal
 * points do not dominate each other; −0 equals 0. Assumes vectors of the same length, without NaN.
 */
export const dominates = (
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  directions: readonly Direction[],
): boolean => {
  let better = false;
  for (const [objective, direction] of directions.entries()) {
    const [least, other] =
      direction === "minimize"
        ? [left[objective]!, right[objective]!]
        : [right[objective]!, left[objective]!];
    if (least > other) return false;
    if (least < other) better = true;
  }
  return better;
};
