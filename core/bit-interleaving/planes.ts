import { gridPlanes } from "../numerics/formats.ts";

/**
 * Essential bits of each significance among `words` (24-bit magnitudes): entry b counts the words whose bit b is 1.
 * This is the plain form; `countOnes` is the fast one.
 */
export const planeCounts = (words: ArrayLike<number>): Int32Array => {
  const counts = new Int32Array(gridPlanes);
  for (let index = 0; index < words.length; index++) {
    for (let plane = 0; plane < gridPlanes; plane++) counts[plane] += (words[index] >>> plane) & 1;
  }
  return counts;
};

/**
 * Mask of the planes that stay enabled when the `activePlanes` most significant of a format's `planes` are kept.
 * Fixed formats occupy the planes below `planes`; float magnitudes occupy the whole grid.
 */
export const planeMask = (planes: number, activePlanes: number): number => {
  const kept = Math.min(planes, activePlanes);
  return ((1 << planes) - 1) & ~((1 << (planes - kept)) - 1);
};
