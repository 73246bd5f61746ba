import { filterShares, hermiteNodes } from "../../bit-interleaving/expected-scan.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import { reductionLength } from "../../workloads/layer.ts";
import { bbsArray } from "../bbs-machine.ts";
import { binomial } from "../binomial.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import { groupWeights, type PlaneStatistics } from "./plane-statistics.ts";

/**
 * Cycles of a layer from densities alone. In two's complement the planes above a magnitude repeat the sign, so that they
 * are not independent: here they are given the signs, the density of each plane among the negative weights and among the
 * others. The share of negative weights differs between filters as the measured variance says.
 */
export const analyticalCycles = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: PlaneStatistics,
): ComputeCycles => {
  const array = bbsArray(groupWeights, configuration);
  const schedule = arraySchedule(layer, array);
  const { filters, positions, groups, lastLanes, positionSets, convolutionGroups, repeats } = schedule;
  const whole = fullestPlane(statistics, groupWeights, reductionLength(layer));
  const last = fullestPlane(statistics, lastLanes, reductionLength(layer));
  const filterCycles = (atOnce: number): number =>
    (groups - 1) * expectedMaximum(whole, atOnce) + expectedMaximum(last, atOnce);
  const full = Math.floor(filters / array.columns);
  const rest = filters % array.columns;
  const times = repeats * convolutionGroups;
  return {
    cycles: times * positionSets * (full * filterCycles(array.columns) + filterCycles(rest)),
    busyCycles: times * positions * filters * filterCycles(1),
  };
};

/** Probabilities that the fullest plane of a group of `lanes` weights has 0, 1, … ones; none counts as one. */
const fullestPlane = (
  { negative, negativeVariance, densityOfNegative, densityOfOthers }: PlaneStatistics,
  lanes: number,
  length: number,
): Float64Array => {
  const noise = (negative[0] * (1 - negative[0])) / length;
  const spread = Math.sqrt(Math.max(0, negativeVariance[0] - noise));
  const signs = new Float64Array(lanes + 1);
  hermiteNodes.forEach((deviation, node) => {
    const share = Math.min(1, Math.max(0, negative[0] + deviation * spread));
    binomial(lanes, share).forEach((probability, count) => {
      signs[count] += filterShares[node] * probability;
    });
  });
  const atMost = new Float64Array(lanes + 1);
  for (let negatives = 0; negatives <= lanes; negatives++) {
    const others = lanes - negatives;
    const all = new Float64Array(lanes + 1).fill(signs[negatives]);
    all.fill(0, 0, negatives);
    densityOfNegative.forEach((density, plane) => {
      const first = binomial(negatives, density);
      const second = binomial(others, densityOfOthers[plane]);
      const sums = new Float64Array(lanes + 1);
      first.forEach((left, one) => {
        second.forEach((right, other) => {
          sums[one + other] += left * right;
        });
      });
      let upTo = 0;
      sums.forEach((probability, count) => {
        upTo += probability;
        all[count] *= upTo;
      });
    });
    all.forEach((probability, count) => {
      atMost[count] += probability;
    });
  }
  const masses = atMost.map((probability, count) => probability - (count === 0 ? 0 : atMost[count - 1]));
  masses[1] += masses[0];
  masses[0] = 0;
  return masses;
};
