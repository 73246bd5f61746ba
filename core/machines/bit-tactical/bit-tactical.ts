import { activationParameterNames, activationRequest } from "../activation-parameters.ts";
import type { Machine, OperandWidths } from "../machine.ts";
import { widthsOfPrecision } from "../operand-widths.ts";
import type { Configuration } from "../parameter.ts";
import { quantizationParameters, quantizationRequest } from "../quantized-weights.ts";
import { activeSerialElements } from "../staggered-columns.ts";
import { tileMachine } from "../tile-machine.ts";
import {
  tileLeastBuffers,
  tileOrganisation,
  tileScheduleParameters,
  tileTraffic,
} from "../tile-organisation.ts";
import { analyticalCycles, dataBlind } from "./analytical-cycles.ts";
import { tacticalConfiguration } from "./configuration.ts";
import { bitTacticalParameters } from "./parameters.ts";
import { scheduledProduct } from "./scheduled-product.ts";
import { metadataBits } from "./search-map.ts";
import { type TacticalRequest, type TacticalStatistics, tacticalRule } from "./tactical-statistics.ts";
import { tracedCycles } from "./traced-cycles.ts";

/** Weights carry the choice of their multiplexer. */
const operandWidths = (configuration: Configuration): OperandWidths => {
  const { weight, activation } = widthsOfPrecision(configuration);
  return { weight: weight + metadataBits(tacticalConfiguration(configuration).search), activation };
};

const operandBytes = (configuration: Configuration): { weight: number; activation: number } => {
  const { weight, activation } = operandWidths(configuration);
  return { weight: weight / 8, activation: activation / 8 };
};

const statisticsParameters = [
  ...quantizationParameters,
  ...activationParameterNames,
  "searchShape",
  "lookahead",
  "lookaside",
  "backEnd",
  "firstStageBits",
  "recoding",
  "tiles",
  "filtersPerTile",
  "laneWidth",
  "windows",
];

/**
 * Bit-Tactical (ASPLOS 2019): weights are scheduled in advance so that zeros among them cost little, and what remains meets
 * activations that are taken term by term or bit by bit.
 */
export const bitTactical: Machine<TacticalStatistics, TacticalRequest> = {
  ...tileMachine("bit-tactical"),
  name: "bit-tactical",
  title: "Bit-Tactical",
  citation:
    "A. Delmas Lascorz et al., Bit-Tactical: A Software/Hardware Approach to Exploiting Value and Bit Sparsity in Neural Networks, ASPLOS 2019, doi 10.1145/3297858.3304041",
  parameters: bitTacticalParameters,
  skips: [
    { operand: "weights", what: "zero values" },
    { operand: "activations", what: "zero bits" },
  ],
  leavesOut: [
    "The on-chip memory of the published machine: weights come from the weight buffer of the common memory model, whose default size and bandwidth are what steps of a single cycle ask for.",
    "What the schedule saves in traffic: every weight of a filter is moved with its metadata, zeros and rows that no step needs too.",
    "How many rows each step goes ahead, which takes some bits a row.",
    "The multiplexers in front of the lanes are in what was published of area and power, or in nothing.",
    "Scheduling where weights are known at run time only: products of two activations (attention) run as they stand, with a lane for each zero.",
    "Registers that let columns run ahead of each other.",
    "Output windows are the drawn or captured activation vectors, any of them side by side: that neighbouring windows resemble each other, and more windows than there are vectors, are left out.",
    "Pooling and activation units, and fill and drain of a tile's pipeline, which are some cycles a layer.",
  ],
  caveats: (configuration) =>
    configuration.activations === "distribution" &&
    Number(configuration.windows) > Number(configuration.activationVectors)
      ? [
          `windows ${configuration.windows} with activationVectors ${configuration.activationVectors}: a step lasts as long as the slowest of the vectors, fewer than there are windows.`,
        ]
      : [],
  products: ["forward"],
  accelerates: ["forward"],
  dotProduct: (configuration, weights, activations) =>
    scheduledProduct(tacticalConfiguration(configuration), weights, activations),
  processingElement: "the serial inner-product unit of one filter and one window",
  activePes: activeSerialElements,
  statisticsRule: tacticalRule,
  statisticsParameters,
  statistics: (configuration, seed, stream) => {
    const { organisation, search, backEnd, firstStageBits, recoding } = tacticalConfiguration(configuration);
    const { tiles, filtersPerTile, laneWidth, windows } = organisation;
    return {
      ...quantizationRequest(configuration),
      ...activationRequest(configuration, seed, stream),
      ...search,
      backEnd,
      firstStageBits,
      recoding,
      tiles,
      filtersPerTile,
      laneWidth,
      windows,
    };
  },
  computeParameters: [...statisticsParameters, "batch"],
  analyticalCycles: (configuration, layer, statistics) =>
    analyticalCycles(tacticalConfiguration(configuration), layer, statistics),
  tracedCycles: (configuration, layer, statistics) =>
    tracedCycles(tacticalConfiguration(configuration), layer, statistics),
  dataBlind,
  trafficParameters: ["precision", "lookahead", "lookaside", ...tileScheduleParameters],
  bufferTraffic: (configuration, layer) =>
    tileTraffic(layer, tileOrganisation(configuration), operandBytes(configuration)),
  leastBuffers: (configuration, layer) =>
    tileLeastBuffers(layer, tileOrganisation(configuration), operandBytes(configuration)),
  operandParameters: ["precision", "lookahead", "lookaside"],
  operandWidths,
};
