import { signedDigits } from "../../numerics/encodings.ts";
import { groupWeights, planes } from "./plane-statistics.ts";

/**
 * The dot product of int8 weights as the processing element makes it: of each group every plane hands out its essential
 * bits one after another, each adds its activation, and at the end of the group the sums of the planes are weighed with
 * their significance, that of the sign plane −128. Exact. Throws ModelError `code-range` for a weight beyond eight bits.
 */
export const distilledPlanes = (weights: Int32Array, activations: Int32Array): number => {
  const { positive, negative } = signedDigits(weights, planes, "twosComplement");
  let sum = 0;
  for (let first = 0; first < weights.length; first += groupWeights) {
    const end = Math.min(first + groupWeights, weights.length);
    for (let plane = 0; plane < planes; plane++) {
      const sign = plane === planes - 1;
      const words = sign ? negative : positive;
      let distilled = 0;
      for (let lane = first; lane < end; lane++) {
        if ((words[lane] >>> plane) & 1) distilled += activations[lane];
      }
      sum += (sign ? -1 : 1) * distilled * 2 ** plane;
    }
  }
  return sum;
};
