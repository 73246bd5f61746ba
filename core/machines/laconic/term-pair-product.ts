import { type Recoding, recodedDigits } from "../../numerics/recoding.ts";

/**
 * The dot product as Laconic makes it, exact: every term of a weight meets every term of its activation, a pair adds their
 * significances, a counter for each sum of significances counts pairs up or down by their signs, and the counters, shifted,
 * are added at the end.
 */
export const termPairProduct = (
  weights: Int32Array,
  activations: Int32Array,
  bits: number,
  recoding: Recoding,
): number => {
  const ofWeights = recodedDigits(weights, bits, recoding);
  const ofActivations = recodedDigits(activations, bits, recoding);
  const counters = new Float64Array(2 * bits - 1);
  for (let index = 0; index < weights.length; index++) {
    for (let place = 0; place < bits; place++) {
      const sign = digitAt(ofWeights, index, place);
      if (sign === 0) continue;
      for (let other = 0; other < bits; other++) {
        counters[place + other] += sign * digitAt(ofActivations, index, other);
      }
    }
  }
  return counters.reduce((sum, count, place) => sum + count * 2 ** place, 0);
};

const digitAt = (
  { positive, negative }: { readonly positive: Int32Array; readonly negative: Int32Array },
  index: number,
  place: number,
): number => ((positive[index] >>> place) & 1) - ((negative[index] >>> place) & 1);
