import type { Product } from "../../workloads/layer.ts";
import {
  bbsArrayParameters,
  bbsLeavesOut,
  bbsMachine,
  bbsParameters,
  bbsScheduleParameters,
} from "../bbs-machine.ts";
import type { Machine } from "../machine.ts";
import {
  type QuantizationRequest,
  quantizationParameters,
  quantizationRequest,
} from "../quantized-weights.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { distilledPlanes } from "./distilled-planes.ts";
import { groupWeights, type PlaneStatistics, planeStatistics } from "./plane-statistics.ts";
import { tracedCycles } from "./traced-cycles.ts";

const products: readonly Product[] = ["forward"];

/**
 * Bitlet as the BBS authors take it for their comparison (MICRO 2024): essential bits of int8 weights in two's complement,
 * the sign plane among them, of 32 weights a group; filters in lockstep.
 */
export const bitletBbs: Machine<PlaneStatistics, QuantizationRequest> = {
  ...bbsMachine("bitlet-bbs", groupWeights),
  name: "bitlet-bbs",
  title: "Bitlet (BBS)",
  citation:
    "Y. Chen et al., BBS: Bi-directional Bit-level Sparsity for Deep Learning Acceleration, MICRO 2024, arXiv 2409.05227; after H. Lu et al., Bitlet, MICRO 2021",
  parameters: [...bbsArrayParameters, ...bbsParameters],
  skips: [{ operand: "weights", what: "zero bits" }],
  leavesOut: [
    "The check window, the preprocessing and the pipeline of Bitlet's published processing element: the comparison gives every plane an essential bit a cycle, and a group no other cycle.",
    "Sign–magnitude weights, as Bitlet has them: in two's complement a small negative weight has ones in all its upper planes.",
    ...bbsLeavesOut,
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct: (_, weights, activations) => distilledPlanes(weights, activations),
  processingElement: "eight bit-serial multipliers, one a plane, that share a group of 32 weights",
  statisticsRule: planeStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, ...bbsScheduleParameters],
  analyticalCycles,
  tracedCycles,
  dataBlind: (statistics) => ({
    ...statistics,
    negative: Float64Array.of(0.5),
    negativeVariance: Float64Array.of(0),
    densityOfNegative: statistics.densityOfNegative.slice().fill(0.5),
    densityOfOthers: statistics.densityOfOthers.slice().fill(0.5),
  }),
};
