import { parseFormat } from "../numerics/formats.ts";
import type { Bits } from "../units.ts";
import { batched } from "../workloads/batch.ts";
import { kernelElements, type LayerShape, macs, type Product } from "../workloads/layer.ts";
import { activationBits, activationBitsParameter } from "./activation-bits.ts";
import { arrayOf, arrayParameters } from "./array-parameters.ts";
import { leastBuffersOf } from "./least-buffers.ts";
import type { BufferTraffic, ComputeCycles, Machine, OperandWidths, TracedCycles } from "./machine.ts";
import type { Configuration } from "./parameter.ts";
import { formatNames, precisionParameters } from "./precision-parameters.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "./quantized-weights.ts";
import { settledCycles } from "./settled-cycles.ts";
import { systemParametersWith } from "./system-parameters.ts";
import {
  tabledClock_GHz,
  tabledComponentParameters,
  tabledComponents,
  tabledLayoutParameter,
  tabledSourceParameter,
} from "./tabled-components.ts";

const products: readonly Product[] = ["forward"];

/** Width of a digit: a BitBrick multiplies two digits, signed or unsigned. */
const brickBits = 2;
/** Widest operand that a fusion unit takes in one pass; 4 × 4 BitBricks. */
const unitBits = 8;

/** Bits that an operand takes in the fusion units: the next of 2, 4, 8 and 16. */
const slotBits = (bits: Bits): Bits => {
  let slot = brickBits;
  while (slot < bits) slot *= 2;
  return slot;
};

/** How a fusion unit takes an operand: `sharing` of them side by side, or one in several passes. */
const fusionOf = (bits: Bits): { readonly sharing: number; readonly passes: number } => {
  const slot = slotBits(bits);
  return { sharing: Math.max(1, unitBits / slot), passes: Math.max(1, slot / unitBits) };
};

/** The array as a precision composes it. */
interface Fusion {
  readonly height: number;
  readonly width: number;
  /** Pairs that a fusion unit multiplies side by side: f = (8 / pa)(8 / pw). */
  readonly pairs: number;
  /** Passes over each operand; both together for every pair. */
  readonly weightPasses: number;
  readonly activationPasses: number;
  readonly batch: number;
}

const widthsOf = (configuration: Configuration): OperandWidths => ({
  weight: parseFormat(String(configuration.precision)).bits,
  activation: activationBits(configuration),
});

const bytesOf = (configuration: Configuration): { readonly weight: number; readonly activation: number } => {
  const { weight, activation } = widthsOf(configuration);
  return { weight: weight / 8, activation: activation / 8 };
};

const fusion = (configuration: Configuration): Fusion => {
  const widths = widthsOf(configuration);
  const weight = fusionOf(widths.weight);
  const activation = fusionOf(widths.activation);
  return {
    ...arrayOf(configuration),
    pairs: weight.sharing * activation.sharing,
    weightPasses: weight.passes,
    activationPasses: activation.passes,
    batch: Number(configuration.batch),
  };
};

/** Channels of a convolution group that the rows take at once, and how many such blocks there are. */
const blocksOf = (layer: LayerShape, { height, pairs }: Fusion): number =>
  Math.ceil(layer.channels / layer.groups / (height * pairs));

/** Fusion units with work while the rows hold `channels` channels: a row without one has none. */
const rowsFor = (channels: number, { height, pairs }: Fusion): number =>
  Math.min(height, Math.ceil(channels / pairs));

/** Closed form: batch · G · ⌈(M/G) / width⌉ · P·Q · R·S · ⌈(C/G) / (height · f)⌉ · passes. */
const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const array = fusion(configuration);
  const { positions, repeats } = batched(layer, array.batch);
  const passes = array.weightPasses * array.activationPasses;
  const steps = repeats * layer.groups * positions * kernelElements(layer) * passes;
  const filters = layer.filters / layer.groups;
  const rows = Math.ceil(layer.channels / layer.groups / array.pairs);
  return {
    cycles: steps * Math.ceil(filters / array.width) * blocksOf(layer, array),
    busyCycles: steps * filters * rows,
  };
};

/** Block by block of filters and channels: at every output position and kernel element, each pass is a cycle. */
const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const array = fusion(configuration);
  const { height, width, pairs, weightPasses, activationPasses, batch } = array;
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  let blocks = 0;
  let units = 0;
  for (let filter = 0; filter < filters; filter += width) {
    const columns = Math.min(width, filters - filter);
    for (let channel = 0; channel < channels; channel += height * pairs) {
      blocks++;
      units += columns * rowsFor(channels - channel, array);
    }
  }
  const passes = weightPasses * activationPasses;
  const times = repeats * layer.groups * positions * kernelElements(layer) * passes;
  const ideal = (passes * batch * macs(layer)) / (height * width * pairs);
  return settledCycles(times * blocks, times * units, { ideal, padding: times * blocks - ideal });
};

/**
 * Traffic between buffers and fusion units. A cycle's activations serve all columns, and sums run down a column into an
 * accumulator: output-stationary, which at 16 rows and operands of up to 16 bits is the cheapest of three orders by the
 * formula of the authors' simulator. Every unit reads its own weights in every step; the lanes of an incomplete block are
 * read as well [our decision]. An operand that comes in two passes is read half a pass, once for each pass over the other.
 */
const bufferTraffic = (configuration: Configuration, layer: LayerShape): BufferTraffic => {
  const array = fusion(configuration);
  const bytes = bytesOf(configuration);
  const { positions, repeats } = batched(layer, array.batch);
  const filters = layer.filters / layer.groups;
  const steps = repeats * layer.groups * positions * kernelElements(layer) * blocksOf(layer, array);
  const lanes = steps * array.height * array.pairs;
  return {
    weightReads: lanes * filters * array.activationPasses * bytes.weight,
    // Positions read again in any case what a further pass would.
    weightRereads: 0,
    activationReads: lanes * Math.ceil(filters / array.width) * array.weightPasses * bytes.activation,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: repeats * layer.filters * positions * bytes.activation,
  };
};

/** The digits of a two's complement code of `bits` bits, lowest first: 0 … 3, the highest −2 … 1. */
const digits = (code: number, bits: Bits): number[] => {
  const all: number[] = [];
  for (let place = 0; place < bits; place += brickBits) {
    const isHighest = place + brickBits >= bits;
    all.push(isHighest ? code >> place : (code >> place) & 3);
  }
  return all;
};

/** Σ over pairs of digits, each product of a BitBrick shifted to its place. */
const dotProduct = (configuration: Configuration, weights: Int32Array, activations: Int32Array): number => {
  const widths = widthsOf(configuration);
  const bits = { weight: slotBits(widths.weight), activation: slotBits(widths.activation) };
  let sum = 0;
  weights.forEach((weight, index) => {
    const ofActivation = digits(activations[index], bits.activation);
    digits(weight, bits.weight).forEach((left, high) => {
      ofActivation.forEach((right, low) => {
        sum += left * right * 2 ** (brickBits * (high + low));
      });
    });
  });
  return sum;
};

/**
 * Bit Fusion (ISCA 2018): 2-bit multipliers that fuse into wider ones, so that narrow operands run more pairs side by side.
 * Only their widths decide its cycles, no operand does.
 */
export const bitFusion: Machine = {
  name: "bit-fusion",
  title: "Bit Fusion",
  citation:
    "H. Sharma et al., Bit Fusion: Bit-Level Dynamically Composable Architecture for Accelerating Deep Neural Networks, ISCA 2018, doi 10.1109/ISCA.2018.00069",
  parameters: [
    ...arrayParameters(16, 32),
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed8",
    ),
    activationBitsParameter,
    tabledSourceParameter,
    tabledLayoutParameter,
    // At 0.5 GHz, 512 units read 4 B of weights and 16 rows 4 B of activations a cycle at 2 bits: 1,056 GB/s, and outputs.
    ...systemParametersWith({
      clock: 0.5,
      bufferBandwidth: 1088,
      weightBuffer: 136,
      activationBuffer: 136,
      outputBuffer: 136,
    }),
  ],
  skips: [],
  leavesOut: [
    "The published weight buffer is 64 KiB in 512 banks of 32 bits, one in each fusion unit, beside 32 KiB for activations and 16 KiB for outputs. The common memory model has no banks below 1 KiB: default bandwidth is what the units ask for at 2 bits, and default capacities are the least that come in so many banks.",
    "The published interface to memory, 192 bits a cycle at 500 MHz (12 GB/s in all): DRAM is that of the common memory model.",
    "Fill and drain of the array, which are some cycles a block.",
    "Pooling and activation units.",
    "Area and power of the accumulators below the columns and of control.",
    "Rounding activations to activationBits: the signal-to-noise ratio is that of the weights.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct,
  processingElement: "a fusion unit of 16 BitBricks",
  sizeParameter: "arrayWidth",
  sizeParameters: ["arrayHeight", "arrayWidth", "precision", "activationBits"],
  processingElements: (configuration) => {
    const { height, width } = arrayOf(configuration);
    return height * width;
  },
  lanes: (configuration) => {
    const { height, width, pairs } = fusion(configuration);
    return height * width * pairs;
  },
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, "activationBits", "arrayHeight", "arrayWidth", "batch"],
  analyticalCycles,
  tracedCycles,
  activePes: (configuration, layer) => {
    const array = fusion(configuration);
    return (
      Math.min(array.width, layer.filters / layer.groups) * rowsFor(layer.channels / layer.groups, array)
    );
  },
  trafficParameters: ["precision", "activationBits", "arrayHeight", "arrayWidth", "batch"],
  bufferTraffic,
  leastBuffers: (configuration, layer) => {
    const { height, width, pairs } = fusion(configuration);
    return leastBuffersOf(layer, width, height * pairs, bytesOf(configuration));
  },
  operandParameters: ["precision", "activationBits"],
  operandWidths: widthsOf,
  componentParameters: tabledComponentParameters,
  components: (configuration, technology) => tabledComponents("bit-fusion", configuration, 1, technology),
  clockParameters: ["precision", "costSource"],
  nominalClock_GHz: (configuration, technology) => tabledClock_GHz("bit-fusion", configuration, technology),
};
