import type { Product } from "../../workloads/layer.ts";
import type { Machine } from "../machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "../operand-widths.ts";
import { tabledClock_GHz, tabledComponentParameters, tabledComponents } from "../tabled-components.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { multipliers, scnnConfiguration, scnnParameters } from "./configuration.ts";
import { mostPairs } from "./convolution-work.ts";
import { nonZeroProduct } from "./product.ts";
import { activeElements, tracedCycles } from "./traced-cycles.ts";
import { bufferTraffic, leastBuffers } from "./traffic.ts";
import { type WorkRequest, type WorkStatistics, workRule } from "./work-rule.ts";

const products: readonly Product[] = ["forward"];

const statisticsParameters = [
  "precision",
  "quantization",
  "zeroSkipping",
  "arrayHeight",
  "arrayWidth",
  "kcMax",
  "activationZeros",
] as const;

/**
 * SCNN (ISCA 2017): each processing element keeps a tile of the input plane and multiplies its non-zero activations with
 * the non-zero weights of a group of filters, every one with every one, 4 × 4 a cycle; products are scattered to banks of
 * accumulators. Cycles follow DNNsim (github isakedo/DNNsim), but for the barrier, which is the paper's.
 */
export const scnn: Machine<WorkStatistics, WorkRequest> = {
  name: "scnn",
  title: "SCNN",
  citation:
    "A. Parashar et al., SCNN: An Accelerator for Compressed-sparse Convolutional Neural Networks, ISCA 2017, doi 10.1145/3079856.3080254",
  parameters: scnnParameters,
  skips: [
    { operand: "weights", what: "zero values" },
    { operand: "activations", what: "zero values" },
  ],
  leavesOut: [
    "Real zeros of activations: zeros are drawn independently at the share activationZeros, while those behind a ReLU lie in patches; captured activations have no positions in the plane, so that they are not used.",
    "Compression: DRAM and buffers hold values of full width, zeros and all; what moves to the processing elements is full width without indices, and every weight is taken as non-zero there.",
    "The memories inside a processing element, of 20 KiB for activations and a FIFO for weights: activations come from the buffers of the common memory model once for every group of filters, whose default sizes and bandwidth are what the array asks for, not what was published.",
    "Queues in front of the banks: a pair of vectors waits until the fullest bank has taken its products.",
    "The post-processing unit that compresses outputs, and its time, but for the exchange of halos.",
    "Energy, unless a source of costs has it: its power was not published.",
    "The dense twin's own silicon and buffers: it costs and moves what SCNN does.",
    "Differences between the inputs of a batch: one plane of activations is drawn.",
    "Convolutions with a depth, which are refused.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct: (_, weights, activations) => nonZeroProduct(weights, activations),
  processingElement: "a processing element of 4 × 4 multipliers with 32 banks of accumulators",
  sizeParameter: "arrayHeight",
  sizeParameters: ["arrayHeight", "arrayWidth"],
  processingElements: (configuration) => {
    const { height, width } = scnnConfiguration(configuration).array;
    return height * width;
  },
  lanes: (configuration) => {
    const { height, width } = scnnConfiguration(configuration).array;
    return height * width * multipliers;
  },
  statisticsRule: workRule,
  statisticsParameters,
  statistics: (configuration, seed, stream) => {
    const { format, quantization, zeroSkipping, array, kcMax, activationZeros } =
      scnnConfiguration(configuration);
    return {
      format,
      quantization,
      ...(zeroSkipping && { skipping: { array, kcMax, mostPairs, activationZeros, seed, stream } }),
    };
  },
  computeParameters: [...statisticsParameters, "barrier", "batch"],
  analyticalCycles: (configuration, layer, statistics) =>
    analyticalCycles(scnnConfiguration(configuration), layer, statistics),
  tracedCycles: (configuration, layer, statistics) =>
    tracedCycles(scnnConfiguration(configuration), layer, statistics),
  activePes: (configuration, layer) => activeElements(scnnConfiguration(configuration), layer),
  /** No weight is known to be zero. */
  dataBlind: (statistics) => {
    const [, inputs] = statistics.densities;
    const [, dense] = statistics.pairCycles;
    return {
      ...statistics,
      densities: Float64Array.of(1, inputs),
      pairCycles: Float64Array.of(dense, dense),
    };
  },
  trafficParameters: [
    "precision",
    "zeroSkipping",
    "arrayHeight",
    "arrayWidth",
    "kcMax",
    "activationZeros",
    "batch",
  ],
  bufferTraffic: (configuration, layer) =>
    bufferTraffic(scnnConfiguration(configuration), layer, bytesOfPrecision(configuration)),
  leastBuffers: (configuration, layer) =>
    leastBuffers(scnnConfiguration(configuration), layer, bytesOfPrecision(configuration)),
  operandParameters: ["precision"],
  operandWidths: widthsOfPrecision,
  componentParameters: [...tabledComponentParameters],
  components: (configuration, technology) => tabledComponents("scnn", configuration, multipliers, technology),
  clockParameters: ["precision", "costSource"],
  nominalClock_GHz: (configuration, technology) => tabledClock_GHz("scnn", configuration, technology),
};
