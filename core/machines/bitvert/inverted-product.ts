import { ModelError } from "../../errors.ts";
import { bbsWeightBits } from "../bbs-machine.ts";
import { type PrunedGroup, type Pruning, pruneGroup, pruningGroup } from "./binary-pruning.ts";

/** Weights of a processing element, and of its two sub-groups, which have four multipliers each. */
export const elementWeights = 16;
const subGroup = 8;

/**
 * The sum of the activations whose weights have a one in a column of a sub-group, added with at most four additions: where
 * more than half of the column are ones, the sum of all activations less those of its zeros. (BBS, equations 2 and 3.)
 */
export const columnSum = (column: readonly boolean[], activations: readonly number[]): number => {
  const ones = column.reduce((count, one) => count + (one ? 1 : 0), 0);
  const inverted = 2 * ones > column.length;
  let added = 0;
  column.forEach((one, lane) => {
    if (one !== inverted) added += activations[lane];
  });
  return inverted ? activations.reduce((sum, activation) => sum + activation, 0) - added : added;
};

/** Significances of the columns that a pruned group has left, the sign column first. */
export const columnsLeft = ({ redundant, low }: Pick<PrunedGroup, "redundant" | "low">): number[] => {
  const sign = bbsWeightBits - 1 - redundant;
  return Array.from({ length: sign - low + 1 }, (_, index) => sign - index);
};

/**
 * The dot product of int8 weights as the processing element makes it: column by column, each sub-group from its ones or
 * from its zeros, and at the end of a group the constant times the sum of its activations. Exact without pruning. Throws
 * ModelError `code-range` for a weight beyond −128 … 127.
 */
export const invertedProduct = (weights: Int32Array, activations: Int32Array, pruning: Pruning): number => {
  const beyond = weights.find((code) => code < -128 || code > 127);
  if (beyond !== undefined) {
    throw new ModelError("code-range", `code ${beyond}: expected −128 … 127 for ${bbsWeightBits} bits`);
  }
  let sum = 0;
  for (let first = 0; first < weights.length; first += pruningGroup) {
    const group = pruneGroup(weights.subarray(first, first + pruningGroup), pruning);
    const inputs = Array.from(activations.subarray(first, first + pruningGroup));
    for (let start = 0; start < group.codes.length; start += subGroup) {
      const codes = Array.from(group.codes.subarray(start, start + subGroup));
      const here = inputs.slice(start, start + subGroup);
      columnsLeft(group).forEach((significance, index) => {
        const column = codes.map((code) => ((code >> significance) & 1) === 1);
        sum += (index === 0 ? -1 : 1) * 2 ** significance * columnSum(column, here);
      });
    }
    sum += group.constant * inputs.reduce((total, activation) => total + activation, 0);
  }
  return sum;
};
