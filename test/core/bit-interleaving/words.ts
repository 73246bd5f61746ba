import fc from "fast-check";
import { addPlaneTotals } from "../../../core/bit-interleaving/sliced-counts.ts";

const word = fc.integer({ min: 0, max: 0xffffff });

/** 24-bit words of varied density, 1 … 256 of them: uniform words, and the AND of up to five. */
export const words = fc
  .tuple(
    fc.array(word, { minLength: 1, maxLength: 256 }),
    fc.integer({ min: 0, max: 4 }),
    fc.infiniteStream(word),
  )
  .map(([values, sparseness, more]) =>
    values.map((value) => {
      let result = value;
      for (let round = 0; round < sparseness; round++) result &= more.next().value as number;
      return result;
    }),
  );

/** Words as kernels take them: zeros up to the next multiple of eight. */
export const padded = (values: readonly number[], lanes: number): Int32Array => {
  const result = new Int32Array(Math.ceil(lanes / 8) * 8);
  result.set(values);
  return result;
};

/** Bit-sliced counts as numbers, index = significance. */
export const planeTotals = (slices: Int32Array): Float64Array => {
  const counts = new Float64Array(24);
  addPlaneTotals(slices, counts, 0);
  return counts;
};
