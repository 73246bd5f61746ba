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
import { type Configuration, type ParameterDescriptor, withDefaults } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { quantizationParameters } from "../quantized-weights.ts";
import { activeSerialElements } from "../staggered-columns.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledSourceParameter } from "../tabled-components.ts";
import { recodingParameter } from "../term-words.ts";
import { tileMachine } from "../tile-machine.ts";
import { tileParameters, tileScheduleParameters, windowsParameter } from "../tile-organisation.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import {
  type ColumnRequest,
  type ColumnStatistics,
  columnStatistics,
  staggeredWaits,
} from "./term-columns.ts";
import { blindIntervals } from "./term-intervals.ts";
import { termProduct } from "./term-product.ts";
import { tracedCycles } from "./traced-cycles.ts";

const products: readonly Product[] = ["forward"];

const columnParameters: readonly ParameterDescriptor[] = [
  {
    name: "firstStageBits",
    kind: "integer",
    minimum: 0,
    maximum: 4,
    default: 2,
    description:
      "Bits of the first shifter stage: a lane waits while its lowest term lies 2^bits places or more above the lowest of its column. Four are no limit.",
  },
  {
    name: "columnRegisters",
    kind: "integer",
    minimum: 0,
    maximum: 16,
    default: 0,
    description:
      "Steps that a column may be ahead of the slowest one, each with a register for its weights; without any all columns wait for each other after every step.",
  },
];

const statisticsParameters = [
  ...quantizationParameters,
  ...activationParameterNames,
  ...tileScheduleParameters,
  "firstStageBits",
  "columnRegisters",
  "recoding",
] as const;

const settingsOf = (
  configuration: Configuration,
): Pick<ColumnRequest, "laneWidth" | "firstStageBits" | "recoding"> => ({
  laneWidth: Number(configuration.laneWidth),
  firstStageBits: Number(configuration.firstStageBits),
  recoding: configuration.recoding as Recoding,
});

/**
 * Pragmatic (MICRO 2017): weights whole, activations one essential bit a cycle behind a shifter in two stages. A step lasts
 * as long as the slowest of the windows side by side; all tiles share activations, so weights decide no cycle.
 */
export const pragmatic: Machine<ColumnStatistics, ColumnRequest> = {
  ...tileMachine("pragmatic"),
  name: "pragmatic",
  title: "Pragmatic",
  citation:
    "J. Albericio et al., Bit-Pragmatic Deep Neural Network Computing, MICRO 2017, doi 10.1145/3123939.3123982",
  parameters: [
    ...tileParameters,
    windowsParameter,
    ...columnParameters,
    recodingParameter,
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    // Four sets of 16 windows that have no vector in common.
    ...withDefaults(activationParameters, { activationVectors: 64 }),
    tabledSourceParameter,
    // Staggered columns ask for the weights of a step, 8 KiB in fixed16, and 32 B of activations each cycle.
    ...systemParametersWith({
      clock: 0.98,
      bufferBandwidth: 8192,
      weightBuffer: 1024,
      activationBuffer: 1024,
      outputBuffer: 1024,
    }),
  ],
  skips: [{ operand: "activations", what: "zero bits" }],
  leavesOut: [
    "The eDRAM banks of the tiles and the network between them: weights come from the weight buffer of the common memory model, whose default size and bandwidth are what the steps ask for, not what was published.",
    "That the windows of a set lie side by side and have inputs in common: activation vectors that were drawn, or captured at any position, stand for them. Fewer vectors than windows stand for too few, and the longest of them is too short.",
    "Trimming activations to a precision of their own for each layer, by software, before they are taken bit by bit.",
    "The border between one set of windows and an incomplete one, which column registers would smooth too; and with column registers that a layer ends: its sets count as a stretch of an endless row of them, so that a layer of few sets comes out somewhat too fast.",
    "A batch of a layer with one position runs in windows, of which few inputs fill few; the published machine runs them one after another.",
    "Making terms of activations, pooling and activation units, and fill and drain of a tile's pipeline, which are some cycles a layer.",
  ],
  caveats: ({ activations, activationVectors, windows }) =>
    activations === "distribution" && Number(activationVectors) < Number(windows)
      ? [
          `${activationVectors} activation vectors stand for ${windows} windows: the longest column is that of ${activationVectors}, too short.`,
        ]
      : [],
  products,
  accelerates: products,
  dotProduct: (configuration, weights, activations) =>
    termProduct(
      activations,
      weights,
      parseFormat(String(configuration.precision)).bits,
      settingsOf(configuration),
    ),
  processingElement: "the serial inner-product unit of one filter and one window",
  activePes: activeSerialElements,
  statisticsRule: columnStatistics,
  statisticsParameters,
  statistics: (configuration, seed, stream) => ({
    format: String(configuration.precision),
    quantization: configuration.quantization as QuantizationScheme,
    ...settingsOf(configuration),
    windows: Number(configuration.windows),
    batch: Number(configuration.batch),
    filtersAtOnce: staggeredWaits(Number(configuration.windows))
      ? Number(configuration.tiles) * Number(configuration.filtersPerTile)
      : 0,
    columnRegisters: Number(configuration.columnRegisters),
    ...activationRequest(configuration, seed, stream),
  }),
  computeParameters: statisticsParameters,
  analyticalCycles,
  tracedCycles,
  /** As if each magnitude occurred as often as any other. */
  dataBlind: (statistics) => {
    const [bits, recoding] = statistics.word;
    return { ...statistics, intervals: blindIntervals(bits, recodings[recoding]) };
  },
};
