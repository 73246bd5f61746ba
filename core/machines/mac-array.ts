import { parseFormat } from "../numerics/formats.ts";
import { batched } from "../workloads/batch.ts";
import { type LayerShape, macs, type Product, reductionLength } from "../workloads/layer.ts";
import { dataflowParameter, groupParameter, pesParameter, spreadParameter } from "./grouped-parameters.ts";
import { type Dataflow, type GroupedArray, groupedTraffic } from "./grouped-traffic.ts";
import { leastBuffersOf } from "./least-buffers.ts";
import type { ComputeCycles, Machine, TracedCycles } from "./machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "./operand-widths.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";
import { formatNames, precisionParameters } from "./precision-parameters.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "./quantized-weights.ts";
import { activePes, rounds, type Spread } from "./rounds.ts";
import { settledCycles } from "./settled-cycles.ts";
import { systemParametersWith } from "./system-parameters.ts";
import {
  tabledClock_GHz,
  tabledComponentParameters,
  tabledComponents,
  tabledCostParameters,
} from "./tabled-components.ts";

const products: readonly Product[] = ["forward", "inputGradient", "weightGradient"];

/** Sizes and ranges are those of Bitlet, so that the two compare [our decision]. */
const arrayParameters: readonly ParameterDescriptor[] = [
  pesParameter,
  groupParameter,
  ...precisionParameters(
    formatNames(({ kind, bits }) => kind === "float" || (bits > 1 && bits <= 16)),
    "float32",
  ),
  spreadParameter,
  dataflowParameter,
];

const macArrayOf = (configuration: Configuration): GroupedArray => ({
  pes: Number(configuration.pes),
  laneWidth: Number(configuration.laneWidth),
  spread: configuration.spread as Spread,
  packing: 1,
  dataflow: configuration.dataflow as Dataflow,
  batch: Number(configuration.batch),
});

/** Closed form: rounds that all elements have filters for take a cycle a group and position; the last one spreads. */
const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const { pes, laneWidth, spread, batch } = macArrayOf(configuration);
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  const atOnce = Math.min(pes, filters);
  const steps = (held: number): number =>
    held === 0
      ? 0
      : Math.ceil(positions / (spread === "filters" ? 1 : Math.min(positions, Math.floor(pes / held))));
  const groups = repeats * layer.groups * Math.ceil(reductionLength(layer) / laneWidth);
  return {
    cycles: groups * (Math.floor(filters / atOnce) * steps(atOnce) + steps(filters % atOnce)),
    busyCycles: groups * filters * positions,
  };
};

/** Round by round: in each step every element with a filter and a position works for a cycle a group. */
const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const { pes, laneWidth, spread, batch } = macArrayOf(configuration);
  const { positions, repeats } = batched(layer, batch);
  const groups = Math.ceil(reductionLength(layer) / laneWidth);
  let cycles = 0;
  let busy = 0;
  for (const { filters, positionSets } of rounds(layer.filters / layer.groups, positions, pes, spread)) {
    const full = Math.floor(positions / positionSets);
    const rest = positions % positionSets;
    cycles += groups * (rest > 0 ? full + 1 : full);
    busy += groups * filters * (full * positionSets + rest);
  }
  const times = repeats * layer.groups;
  const ideal = (batch * macs(layer)) / (pes * laneWidth);
  return settledCycles(times * cycles, times * busy, { ideal, padding: times * cycles - ideal });
};

/**
 * The dot product of a processing element: `laneWidth` products, added in pairs, these sums in pairs, and so on; groups are
 * accumulated. Fixed formats are exact. In float formats every product, every sum of the tree and every accumulation is
 * rounded to float32, half to even [our decision: float16 and bfloat16 are multiplied and added in float32].
 */
const dotProduct = (configuration: Configuration, weights: Int32Array, activations: Int32Array): number => {
  const { laneWidth } = macArrayOf(configuration);
  const isFloat = parseFormat(String(configuration.precision)).kind === "float";
  const rounded = isFloat ? Math.fround : (exact: number): number => exact;
  let total = 0;
  for (let first = 0; first < weights.length; first += laneWidth) {
    const sums = new Float64Array(laneWidth);
    weights.subarray(first, first + laneWidth).forEach((weight, lane) => {
      sums[lane] = rounded(weight * activations[first + lane]);
    });
    for (let width = laneWidth; width > 1; width = Math.ceil(width / 2)) {
      for (let pair = 0; 2 * pair < width; pair++) {
        const right = 2 * pair + 1 < width ? sums[2 * pair + 1] : 0;
        sums[pair] = rounded(sums[2 * pair] + right);
      }
    }
    total = rounded(total + sums[0]);
  }
  return total;
};

/**
 * Plain multipliers and adders, organised as Bitlet is: the yardstick of what the same lanes do without any bit sparsity. A
 * processing element multiplies a group of `laneWidth` weight–activation pairs in a cycle and adds them up in a tree; no
 * operand decides its cycles.
 */
export const macArray: Machine = {
  name: "mac-array",
  title: "MAC array",
  citation:
    "No publication: plain multiply–accumulate units in the organisation of Bitlet (H. Lu et al., MICRO 2021), their gates counted by synthesis",
  parameters: [
    ...arrayParameters,
    ...tabledCostParameters,
    // Weight-stationary float32 asks for 512 B a cycle: a group of activations, 32 partial sums read and as many written.
    ...systemParametersWith({ bufferBandwidth: 512 }),
  ],
  skips: [],
  leavesOut: [
    "Area and power of the network on chip and of control.",
    "Fill and drain of the pipeline, which are some cycles a layer.",
    "The adder that accumulates groups under a weight-stationary dataflow lies in the processing element; that it adds to a partial sum from a buffer takes no time of its own.",
    "Buffers of a published design: the default bandwidth is what 32 processing elements of 64 lanes ask for in a weight-stationary float32 convolution, 20 times that of MICRO 2021. Layers with one output position use each weight once and ask for more.",
    "What multipliers of another width than those synthesized (fixed8, fixed16, float32) would save: narrower formats cost what the next wider of these does.",
    "Exact sums in float formats: every product, every sum of the adder tree and every accumulation is rounded to float32. Infinities and NaN do not occur.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  dotProduct,
  processingElement: "a group of multipliers with their adder tree",
  sizeParameter: "pes",
  sizeParameters: ["pes", "laneWidth"],
  processingElements: ({ pes }) => Number(pes),
  lanes: (configuration) => {
    const { pes, laneWidth } = macArrayOf(configuration);
    return pes * laneWidth;
  },
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, "pes", "laneWidth", "spread", "batch"],
  analyticalCycles,
  tracedCycles,
  activePes: (configuration, layer) => {
    const { pes, spread, batch } = macArrayOf(configuration);
    const { positions } = batched(layer, batch);
    return activePes(rounds(layer.filters / layer.groups, positions, pes, spread));
  },
  trafficParameters: ["precision", "pes", "laneWidth", "spread", "dataflow", "batch"],
  bufferTraffic: (configuration, layer) =>
    groupedTraffic(macArrayOf(configuration), layer, bytesOfPrecision(configuration)),
  leastBuffers: (configuration, layer) => {
    const { pes, laneWidth } = macArrayOf(configuration);
    return leastBuffersOf(layer, pes, laneWidth, bytesOfPrecision(configuration));
  },
  operandParameters: ["precision"],
  operandWidths: widthsOfPrecision,
  componentParameters: ["laneWidth", ...tabledComponentParameters],
  components: (configuration, technology) =>
    tabledComponents("mac-array", configuration, Number(configuration.laneWidth), technology),
  clockParameters: ["precision", "costSource"],
  nominalClock_GHz: (configuration, technology) => tabledClock_GHz("mac-array", configuration, technology),
};
