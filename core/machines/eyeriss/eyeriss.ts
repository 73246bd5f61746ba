import type { Product } from "../../workloads/layer.ts";
import { arrayOf, arrayParameters } from "../array-parameters.ts";
import { leastBuffersOf } from "../least-buffers.ts";
import type { Machine } from "../machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "../operand-widths.ts";
import type { Configuration } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "../quantized-weights.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledClock_GHz, tabledComponentParameters, tabledSourceParameter } from "../tabled-components.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { components } from "./components.ts";
import { activeElements, rowStationary } from "./mapping.ts";
import { tracedCycles } from "./traced-cycles.ts";
import { bufferTraffic } from "./traffic.ts";

const products: readonly Product[] = ["forward"];

const elements = (configuration: Configuration): number => {
  const { height, width } = arrayOf(configuration);
  return height * width;
};

/** Eyeriss (ISSCC and ISCA 2016, JSSC 2017): a row-stationary array of single multipliers. No operand decides its cycles. */
export const eyeriss: Machine = {
  name: "eyeriss",
  title: "Eyeriss",
  citation:
    "Y.-H. Chen et al., Eyeriss: An Energy-Efficient Reconfigurable Accelerator for Deep Convolutional Neural Networks, JSSC 52(1), 2017, doi 10.1109/JSSC.2016.2616357",
  parameters: [
    ...arrayParameters(12, 14),
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    tabledSourceParameter,
    // The 108 KiB of the global buffer: 8 for weights, and what activations and sums share in halves [our decision].
    ...systemParametersWith({
      clock: 0.2,
      bufferBandwidth: 25.6,
      weightBuffer: 8,
      activationBuffer: 50,
      outputBuffer: 50,
    }),
  ],
  skips: [],
  leavesOut: [
    "Filling and draining the array at each processing pass, and configuring it for a layer. With DRAM that the silicon does not overlap they make AlexNet's convolutions 44.3 frames/s at 200 MHz against a measured 34.7, VGG-16's 2.19 against 0.7.",
    "How the chip shares 100 KiB between activations and partial sums by layer: here each has half.",
    "Rows of the input that two strips of output rows share are read from the global buffer once; inputs that a stride passes over are read.",
    "Zero activations gate the multiplier and the reading of the filter, which saves energy and no cycle: the published power has that gating at the zeros of AlexNet, and no other share of zeros changes it.",
    "Run-length coding of activations in DRAM.",
    "Partial sums of 16 bits: sums are exact here, and take 32 bits in the global buffer as in every machine.",
    "What the published power and area have beyond processing elements: global buffer, clock network and control are in them, so that buffers count twice. Divided by all elements in all cycles, that power is what a busy one takes.",
    "Kernels of more than 12 columns, which the scratchpads do not hold: they run as if one channel and one filter did fit.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  /** An element multiplies a pair a cycle and adds it to its sum. */
  dotProduct: (_, weights, activations) =>
    weights.reduce((sum, weight, index) => sum + weight * activations[index], 0),
  processingElement: "a multiplier with its register files",
  sizeParameter: "arrayWidth",
  sizeParameters: ["arrayHeight", "arrayWidth"],
  processingElements: elements,
  lanes: elements,
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, "arrayHeight", "arrayWidth", "batch"],
  analyticalCycles,
  tracedCycles,
  activePes: (configuration, layer) => activeElements(rowStationary(configuration, layer)),
  trafficParameters: ["precision", "arrayHeight", "arrayWidth", "batch"],
  bufferTraffic,
  /** Operands stream through the global buffer: weights one by one, the rows of a channel under an output row, a row of sums. */
  leastBuffers: (configuration, layer) => leastBuffersOf(layer, 1, 1, bytesOfPrecision(configuration)),
  operandParameters: ["precision"],
  operandWidths: widthsOfPrecision,
  componentParameters: tabledComponentParameters,
  components,
  clockParameters: ["precision", "costSource"],
  nominalClock_GHz: (configuration, technology) => tabledClock_GHz("eyeriss", configuration, technology),
};
