import { parseFormat } from "../../numerics/formats.ts";
import type { QuantizationScheme } from "../../numerics/quantize.ts";
import { type Recoding, recodings } from "../../numerics/recoding.ts";
import type { Product } from "../../workloads/layer.ts";
import {
  activationParameterNames,
  activationParameters,
  activationRequest,
} from "../activation-parameters.ts";
import type { Machine } from "../machine.ts";
import { withDefaults } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { quantizationParameters } from "../quantized-weights.ts";
import { activeSerialElements } from "../staggered-columns.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledSourceParameter } from "../tabled-components.ts";
import { recodingParameter } from "../term-words.ts";
import { tileMachine } from "../tile-machine.ts";
import { tileParameters, tileScheduleParameters, windowsParameter } from "../tile-organisation.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { termPairProduct } from "./term-pair-product.ts";
import { blindTerms } from "./term-shares.ts";
import { type StepRequest, type StepStatistics, stepStatistics } from "./term-steps.ts";
import { tracedCycles } from "./traced-cycles.ts";

const products: readonly Product[] = ["forward"];

const statisticsParameters = [
  ...quantizationParameters,
  ...activationParameterNames,
  ...tileScheduleParameters,
  "recoding",
] as const;

/**
 * Laconic (ISCA 2019): a lane multiplies the terms of a weight by those of an activation,
 * a pair a cycle. All filters, windows and lanes of all tiles wait for the lane with most pairs.
 */
export const laconic: Machine<StepStatistics, StepRequest> = {
  ...tileMachine("laconic"),
  name: "laconic",
  title: "Laconic",
  citation:
    "S. Sharify et al., Laconic Deep Learning Inference Acceleration, ISCA 2019, doi 10.1145/3307650.3322255",
  parameters: [
    // 192 processing elements; how they are arranged was not published [our decision].
    ...withDefaults(tileParameters, { tiles: 1, filtersPerTile: 12 }),
    windowsParameter,
    recodingParameter,
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    // Four sets of 16 windows that have no vector in common.
    ...withDefaults(activationParameters, { activationVectors: 64 }),
    tabledSourceParameter,
    // Staggered columns ask for the weights of a step, 384 B in fixed16, and 32 B of activations each cycle.
    ...systemParametersWith({
      clock: 1,
      bufferBandwidth: 512,
      weightBuffer: 128,
      activationBuffer: 128,
      outputBuffer: 128,
    }),
  ],
  skips: [
    { operand: "weights", what: "zero bits" },
    { operand: "activations", what: "zero bits" },
  ],
  leavesOut: [
    "How the published processing elements are arranged, and their memory: the shape is ours, and the default buffers have the size and bandwidth that the steps ask for.",
    "Power: what the published operations per watt count as operations is not said, so that no power follows from them and energy is absent.",
    "That the windows of a set lie side by side and have inputs in common: activation vectors that were drawn, or captured at any position, stand for them. Fewer vectors than windows stand for too few, and the longest step is too short.",
    "Trimming operands to a precision of their own for each layer, by software, before they are taken term by term.",
    "A batch of a layer with one position runs in windows, of which few inputs fill few; the published machine runs them one after another.",
    "Making terms of operands, pooling and activation units, and fill and drain of the pipeline, which are some cycles a layer.",
  ],
  caveats: ({ activations, activationVectors, windows }) =>
    activations === "distribution" && Number(activationVectors) < Number(windows)
      ? [
          `${activationVectors} activation vectors stand for ${windows} windows: the longest step is that of ${activationVectors}, too short.`,
        ]
      : [],
  products,
  accelerates: products,
  dotProduct: ({ precision, recoding }, weights, activations) =>
    termPairProduct(weights, activations, parseFormat(String(precision)).bits, recoding as Recoding),
  processingElement: "the lanes of one filter and one window",
  activePes: activeSerialElements,
  statisticsRule: stepStatistics,
  statisticsParameters,
  statistics: (configuration, seed, stream) => ({
    format: String(configuration.precision),
    quantization: configuration.quantization as QuantizationScheme,
    laneWidth: Number(configuration.laneWidth),
    windows: Number(configuration.windows),
    batch: Number(configuration.batch),
    filtersAtOnce: Number(configuration.tiles) * Number(configuration.filtersPerTile),
    recoding: configuration.recoding as Recoding,
    ...activationRequest(configuration, seed, stream),
  }),
  computeParameters: statisticsParameters,
  analyticalCycles,
  tracedCycles,
  /** As if each magnitude occurred as often as any other, in weights and activations. */
  dataBlind: (statistics) => {
    const [bits, recoding] = statistics.word;
    const terms = blindTerms(bits, recodings[recoding]);
    return { ...statistics, weightTerms: terms, activationTerms: terms };
  },
};
