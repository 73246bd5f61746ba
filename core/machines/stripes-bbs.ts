import { type LayerShape, macs, type Product } from "../workloads/layer.ts";
import {
  bbsArray,
  bbsArrayParameters,
  bbsLeavesOut,
  bbsMachine,
  bbsParameters,
  bbsScheduleParameters,
  bbsWeightBits,
} from "./bbs-machine.ts";
import type { ComputeCycles, Machine, TracedCycles } from "./machine.ts";
import { arraySchedule } from "./output-stationary-array.ts";
import type { Configuration } from "./parameter.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "./quantized-weights.ts";
import { serialProduct } from "./serial-product.ts";
import { settledCycles } from "./settled-cycles.ts";

const products: readonly Product[] = ["forward", "inputGradient", "weightGradient"];

/** Bit-serial multipliers of a processing element, each with a weight of its own. */
const multipliers = 8;

/** Closed form: eight weights of every filter in eight cycles. */
const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const schedule = arraySchedule(layer, bbsArray(multipliers, configuration));
  const { filters, positions, groups, filterSets, positionSets, convolutionGroups, repeats } = schedule;
  const times = repeats * convolutionGroups * groups * bbsWeightBits;
  return { cycles: times * filterSets * positionSets, busyCycles: times * filters * positions };
};

/** Set by set of filters and positions: a cycle for each bit of each group, in which every filter with a position works. */
const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const array = bbsArray(multipliers, configuration);
  const { filters, positions, groups, convolutionGroups, repeats } = arraySchedule(layer, array);
  let cycles = 0;
  let busy = 0;
  for (let filter = 0; filter < filters; filter += array.columns) {
    for (let position = 0; position < positions; position += array.positions) {
      const working =
        Math.min(array.columns, filters - filter) * Math.min(array.positions, positions - position);
      cycles += groups * bbsWeightBits;
      busy += working * groups * bbsWeightBits;
    }
  }
  const times = repeats * convolutionGroups;
  const work = array.batch * macs(layer) * bbsWeightBits;
  const ideal = work / (array.columns * array.positions * multipliers);
  return settledCycles(times * cycles, times * busy, { ideal, padding: times * cycles - ideal });
};

/**
 * Stripes as the BBS authors take it for their comparison (MICRO 2024): weights bit by bit, eight of a filter side by side,
 * so that no operand decides its cycles.
 */
export const stripesBbs: Machine = {
  ...bbsMachine("stripes-bbs", multipliers),
  name: "stripes-bbs",
  title: "Stripes (BBS)",
  citation:
    "Y. Chen et al., BBS: Bi-directional Bit-level Sparsity for Deep Learning Acceleration, MICRO 2024, arXiv 2409.05227; after P. Judd et al., Stripes, MICRO 2016",
  parameters: [...bbsArrayParameters, ...bbsParameters],
  skips: [],
  leavesOut: [
    "Weights of fewer than eight bits, for which Stripes would need fewer cycles: the comparison has none.",
    ...bbsLeavesOut,
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct: (_, weights, activations) => serialProduct(weights, activations, bbsWeightBits, multipliers),
  processingElement: "eight bit-serial multipliers with their adder tree",
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, ...bbsScheduleParameters],
  analyticalCycles,
  tracedCycles,
};
