import type { Product } from "../../workloads/layer.ts";
import {
  bbsArray,
  bbsArrayParameters,
  bbsLeavesOut,
  bbsMachine,
  bbsParameters,
  bbsScheduleParameters,
  bbsWeightBits,
} from "../bbs-machine.ts";
import type { LayerStatistics } from "../layer-statistics.ts";
import type { Machine, OperandWidths } from "../machine.ts";
import { arrayLeastBuffers, arrayTraffic } from "../output-stationary-array.ts";
import type { Configuration, ParameterDescriptor } from "../parameter.ts";
import { quantizationParameters, quantizationRequest } from "../quantized-weights.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import type { Pruning } from "./binary-pruning.ts";
import { meanColumns } from "./channels.ts";
import { elementWeights, invertedProduct } from "./inverted-product.ts";
import { type PruningRequest, prunedWeights } from "./pruned-weights.ts";
import { tracedCycles } from "./traced-cycles.ts";

const products: readonly Product[] = ["forward"];

const pruningParameter: ParameterDescriptor = {
  name: "pruning",
  kind: "choice",
  choices: ["none", "conservative", "moderate"],
  default: "none",
  description:
    "Bit columns that are pruned: none; two of 90 % of the channels, by rounded averaging; or four of 80 % of them, by zero-point shifting. The signal-to-noise ratio says what that loses.",
};

/** Weights have the columns that are left, on average over the channels; activations eight bits. */
const operandWidths = ({ pruning }: Configuration): OperandWidths => ({
  weight: meanColumns(pruning as Pruning, bbsWeightBits),
  activation: bbsWeightBits,
});

const bytes = (configuration: Configuration): OperandWidths => {
  const { weight, activation } = operandWidths(configuration);
  return { weight: weight / 8, activation: activation / 8 };
};

const statisticsParameters = [...quantizationParameters, "pruning", "columns"];

/**
 * BitVert (BBS, MICRO 2024): a column of eight weights has at most four ones, or else at most four zeros, so that four
 * multipliers take it in a cycle; columns that are pruned take none. No operand decides its cycles.
 */
export const bitvert: Machine<LayerStatistics, PruningRequest> = {
  ...bbsMachine("bitvert", elementWeights),
  name: "bitvert",
  title: "BitVert",
  citation:
    "Y. Chen et al., BBS: Bi-directional Bit-level Sparsity for Deep Learning Acceleration, MICRO 2024, arXiv 2409.05227",
  parameters: [pruningParameter, ...bbsArrayParameters, ...bbsParameters],
  skips: [{ operand: "weights", what: "pruned bit columns" }],
  leavesOut: [
    "What pruned columns cost in accuracy: the arithmetic of pruned weights is approximate, and only their signal-to-noise ratio is modelled.",
    "Sensitive channels by their rank in the whole network: every layer has its own share of them, in whole sets of the filters that run at once, so that a layer of few filters may have none.",
    "The eight bits that the encoding adds to each group of 32 pruned weights; weights move with the columns that are left on average over the channels, in every layer.",
    "The order of the filters, which puts sensitive ones together: outputs are written as if it cost nothing.",
    ...bbsLeavesOut,
  ],
  caveats: ({ pruning }) =>
    pruning === "none"
      ? []
      : [
          `pruning ${pruning} changes weights; what that does to accuracy is not modelled, only its signal-to-noise ratio.`,
        ],
  products,
  accelerates: products,
  dotProduct: ({ pruning }, weights, activations) =>
    invertedProduct(weights, activations, pruning as Pruning),
  processingElement: "two sub-groups of eight weights with four bit-serial multipliers each",
  statisticsRule: prunedWeights,
  statisticsParameters,
  statistics: (configuration) => ({
    ...quantizationRequest(configuration),
    pruning: configuration.pruning as Pruning,
    columns: Number(configuration.columns),
  }),
  computeParameters: [...statisticsParameters, ...bbsScheduleParameters.filter((name) => name !== "columns")],
  analyticalCycles,
  tracedCycles,
  trafficParameters: ["pruning", ...bbsScheduleParameters],
  bufferTraffic: (configuration, layer) =>
    arrayTraffic(layer, bbsArray(elementWeights, configuration), bytes(configuration)),
  leastBuffers: (configuration, layer) =>
    arrayLeastBuffers(layer, bbsArray(elementWeights, configuration), bytes(configuration)),
  operandParameters: ["pruning"],
  operandWidths,
};
