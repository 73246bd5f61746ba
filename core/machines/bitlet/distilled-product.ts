import { accumulate } from "../../bit-interleaving/accumulate.ts";

/**
 * The dot product of fixed-point codes as the processing element makes it: groups of `laneWidth`, in each group every
 * essential bit of an enabled plane adds its signed activation, shifted by the plane's significance. Exact with all
 * planes enabled.
 */
export const distilledProduct = (
  weights: Int32Array,
  activations: Int32Array,
  laneWidth: number,
  mask: number,
): number => {
  let sum = 0n;
  for (let first = 0; first < weights.length; first += laneWidth) {
    const group = weights.subarray(first, first + laneWidth);
    const signs = Uint8Array.from(group, (code) => (code < 0 ? 1 : 0));
    const magnitudes = Int32Array.from(group, Math.abs);
    sum += accumulate(magnitudes, signs, activations.subarray(first, first + laneWidth), mask);
  }
  return Number(sum);
};
