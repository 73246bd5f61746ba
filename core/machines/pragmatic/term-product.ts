import type { Recoding } from "../../numerics/recoding.ts";
import { recodedDigits } from "../../numerics/recoding.ts";

/**
 * The dot product as a Pragmatic inner-product unit takes it, exact: per step of `laneWidth` pairs, cycle by cycle, each
 * lane whose lowest term is in reach of the first stage adds its weight, shifted by the term's significance above o, to a
 * tree, and the second stage shifts the sum by o.
 */
export const termProduct = (
  activations: Int32Array,
  weights: Int32Array,
  bits: number,
  { laneWidth, firstStageBits, recoding }: { laneWidth: number; firstStageBits: number; recoding: Recoding },
): number => {
  const { positive, negative } = recodedDigits(activations, bits, recoding);
  const left = positive.map((word, index) => word | negative[index]);
  let sum = 0;
  for (let first = 0; first < weights.length; first += laneWidth) {
    const end = Math.min(first + laneWidth, weights.length);
    for (;;) {
      let any = 0;
      for (let lane = first; lane < end; lane++) any |= left[lane];
      if (any === 0) break;
      const offset = 31 - Math.clz32(any & -any);
      let tree = 0;
      for (let lane = first; lane < end; lane++) {
        const place = 31 - Math.clz32(left[lane] & -left[lane]);
        if (left[lane] === 0 || place >= offset + 2 ** firstStageBits) continue;
        const sign = (negative[lane] >>> place) & 1 ? -1 : 1;
        tree += sign * weights[lane] * 2 ** (place - offset);
        left[lane] &= left[lane] - 1;
      }
      sum += tree * 2 ** offset;
    }
  }
  return sum;
};
