/**
 * A count for each of the 24 planes, bit-sliced: word j of the array holds bit j of all counts, so that one word
 * operation serves all planes.
 */
import { gridPlanes } from "../numerics/formats.ts";

/** Zero counts of a group: as many words as counts up to its lanes need, since no scan takes more cycles than lanes. */
export const groupCounts = (lanes: number): Int32Array => new Int32Array(32 - Math.clz32(lanes));

/** Words of a total over many groups: counts up to 2³² − 1. */
export const totalLevels = 32;

/** The planes of `mask` whose count is the largest among them, as a mask: found from the top bit of the counts down. */
export const largestPlanes = (slices: Int32Array, mask: number): number => {
  let candidates = mask;
  for (let level = slices.length - 1; level >= 0; level--) {
    const set = slices[level] & candidates;
    if (set !== 0) candidates = set;
  }
  return candidates;
};

/** The most significant plane of a mask that is not empty. */
export const topPlane = (mask: number): number => 31 - Math.clz32(mask);

/** The count of one plane. */
export const countAt = (slices: Int32Array, plane: number): number => {
  let count = 0;
  for (let level = 0; level < slices.length; level++) count |= ((slices[level] >>> plane) & 1) << level;
  return count;
};

/** target = first + second, plane by plane, for counts of a group. */
export const sumCounts = (first: Int32Array, second: Int32Array, target: Int32Array): void => {
  let carry = 0;
  for (let level = 0; level < target.length; level++) {
    const one = first[level];
    const other = second[level];
    const either = one ^ other;
    target[level] = either ^ carry;
    carry = (one & other) | (either & carry);
  }
};

/** Adds the counts of a group to a total, plane by plane. */
export const addCounts = (total: Int32Array, slices: Int32Array): void => {
  let carry = 0;
  for (let level = 0; level < slices.length; level++) {
    const own = total[level];
    const added = slices[level];
    const either = own ^ added;
    total[level] = either ^ carry;
    carry = (own & added) | (either & carry);
  }
  for (let level = slices.length; carry !== 0; level++) {
    const own = total[level];
    total[level] = own ^ carry;
    carry &= own;
  }
};

/** Adds the counts as numbers to the 24 entries of `target` from `offset` on, index = significance. */
export const addPlaneTotals = (slices: Int32Array, target: Float64Array, offset: number): void => {
  let weight = 1;
  for (let level = 0; level < slices.length; level++) {
    const slice = slices[level];
    if (slice !== 0) {
      for (let plane = 0; plane < gridPlanes; plane++) {
        target[offset + plane] += ((slice >>> plane) & 1) * weight;
      }
    }
    weight *= 2;
  }
};
