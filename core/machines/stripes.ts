import { parseFormat } from "../numerics/formats.ts";
import type { Product } from "../workloads/layer.ts";
import { activationBits, activationBitsParameter } from "./activation-bits.ts";
import type { Machine, OperandWidths } from "./machine.ts";
import type { Configuration } from "./parameter.ts";
import { formatNames, precisionParameters } from "./precision-parameters.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "./quantized-weights.ts";
import { serialCycles } from "./serial-cycles.ts";
import { serialProduct } from "./serial-product.ts";
import { serialWalk } from "./serial-walk.ts";
import { activeSerialElements } from "./staggered-columns.ts";
import { systemParametersWith } from "./system-parameters.ts";
import { tabledCostParameters } from "./tabled-components.ts";
import { tileMachine } from "./tile-machine.ts";
import {
  tileLeastBuffers,
  tileOrganisation,
  tileParameters,
  tileScheduleParameters,
  tileTraffic,
  windowsParameter,
} from "./tile-organisation.ts";

const products: readonly Product[] = ["forward", "inputGradient", "weightGradient"];

/** Weights as wide as the precision, activations as they are taken. */
const operandWidths = (configuration: Configuration): OperandWidths => ({
  weight: parseFormat(String(configuration.precision)).bits,
  activation: activationBits(configuration),
});

const operandBytes = (configuration: Configuration): { weight: number; activation: number } => {
  const { weight, activation } = operandWidths(configuration);
  return { weight: weight / 8, activation: activation / 8 };
};

/**
 * Stripes (MICRO 2016): weights whole, activations bit by bit, and 16 windows in exchange, so that a step takes as many
 * cycles as activations have bits. It skips nothing: a layer gains what its activations are narrower than 16 bits.
 */
export const stripes: Machine = {
  ...tileMachine("stripes"),
  name: "stripes",
  title: "Stripes",
  citation:
    "P. Judd et al., Stripes: Bit-Serial Deep Neural Network Computing, MICRO 2016, doi 10.1109/MICRO.2016.7783722",
  parameters: [
    ...tileParameters,
    windowsParameter,
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    activationBitsParameter,
    ...tabledCostParameters,
    // Staggered columns ask for the weights of a step, 8 KiB in fixed16, and 32 B of activations each cycle.
    ...systemParametersWith({
      clock: 0.98,
      bufferBandwidth: 8192,
      weightBuffer: 1024,
      activationBuffer: 1024,
      outputBuffer: 1024,
    }),
  ],
  skips: [],
  leavesOut: [
    "The eDRAM banks of the tiles and the network between them: weights come from the weight buffer of the common memory model, whose default size and bandwidth are what the steps ask for, not what was published.",
    "How narrow activations may be: their width is given, by layer through `precision`, which narrows weights with them; in the published machine these keep 16 bits. The cycles are the same.",
    "Transposing activations into bits and reducing the precision of outputs, which the published machine does beside the sums.",
    "A batch of a layer with one position runs in windows, of which few inputs fill few: inputs one after another on staggered columns would be faster for fewer of them than activations have bits.",
    "Pooling and activation units, and fill and drain of a tile's pipeline, which are some cycles a layer.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct: (configuration, weights, activations) =>
    serialProduct(
      activations,
      weights,
      activationBits(configuration),
      tileOrganisation(configuration).laneWidth,
    ),
  processingElement: "the serial inner-product unit of one filter and one window",
  activePes: activeSerialElements,
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, "activationBits", ...tileScheduleParameters],
  analyticalCycles: (configuration, layer) =>
    serialCycles(layer, tileOrganisation(configuration), activationBits(configuration)),
  tracedCycles: (configuration, layer) =>
    serialWalk(layer, tileOrganisation(configuration), activationBits(configuration)),
  trafficParameters: ["precision", "activationBits", ...tileScheduleParameters],
  bufferTraffic: (configuration, layer) =>
    tileTraffic(layer, tileOrganisation(configuration), operandBytes(configuration)),
  leastBuffers: (configuration, layer) =>
    tileLeastBuffers(layer, tileOrganisation(configuration), operandBytes(configuration)),
  operandParameters: ["precision", "activationBits"],
  operandWidths,
};
