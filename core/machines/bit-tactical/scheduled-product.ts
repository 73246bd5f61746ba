import { recodedDigits } from "../../numerics/recoding.ts";
import { serialProduct } from "../serial-product.ts";
import type { TacticalConfiguration } from "./configuration.ts";
import { schedule } from "./schedule.ts";
import { searchMap } from "./search-map.ts";

/**
 * The dot product of integer codes as the machine makes it, with the codes as one filter of a tile of its own: step by step
 * of the schedule, each lane multiplies its weight with the activation of the weight's own place. TCLe adds the weight,
 * shifted and signed, for every term of the activation; TCLp takes the activation's bits from the top in two's complement.
 * Exact.
 */
export const scheduledProduct = (
  { format, organisation, search, backEnd, recoding }: TacticalConfiguration,
  weights: Int32Array,
  activations: Int32Array,
): number => {
  const lanes = organisation.laneWidth;
  const rows = Math.ceil(weights.length / lanes);
  const nonZero = new Uint8Array(rows * lanes);
  weights.forEach((weight, place) => {
    nonZero[place] = weight === 0 ? 0 : 1;
  });
  const { places } = schedule({ nonZero, filters: 1, rows, lanes }, searchMap(search), search.lookahead);
  const { positive, negative } = recodedDigits(activations, format.bits, recoding);
  let sum = 0;
  for (let step = 0; step < places.length; step += lanes) {
    const taken = places.subarray(step, step + lanes).filter((place) => place >= 0);
    const stepWeights = Int32Array.from(taken, (place) => weights[place]);
    if (backEnd === "TCLp") {
      const own = Int32Array.from(taken, (place) => activations[place]);
      sum += serialProduct(own, stepWeights, format.bits, lanes);
      continue;
    }
    taken.forEach((place, lane) => {
      for (let significance = 0; significance < format.bits; significance++) {
        const digit = ((positive[place] >>> significance) & 1) - ((negative[place] >>> significance) & 1);
        if (digit !== 0) sum += digit * stepWeights[lane] * 2 ** significance;
      }
    });
  }
  return sum;
};
