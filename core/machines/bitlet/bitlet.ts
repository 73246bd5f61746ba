import type { GroupRequest, GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { planeMask } from "../../bit-interleaving/planes.ts";
import { batched } from "../../workloads/batch.ts";
import type { Product } from "../../workloads/layer.ts";
import type { Machine } from "../machine.ts";
import { widthsOfPrecision } from "../operand-widths.ts";
import { activePes, rounds } from "../rounds.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { caveats } from "./caveats.ts";
import { components, nominalClock_GHz } from "./components.ts";
import { accelerated, bitletConfiguration } from "./configuration.ts";
import { distilledProduct } from "./distilled-product.ts";
import { groupRule } from "./group-rule.ts";
import { bitletParameters } from "./parameters.ts";
import { tracedCycles } from "./traced-cycles.ts";
import { bufferTraffic, leastBuffers } from "./traffic.ts";

const products: readonly Product[] = ["forward", "inputGradient", "weightGradient"];

const statisticsParameters = [
  "precision",
  "quantization",
  "activationExponents",
  "activationVectors",
  "activationZeros",
  "activePlanes",
  "laneWidth",
  "pipeline",
  "distillation",
  "window",
] as const;

/** Bitlet (MICRO 2021): essential bits of equal significance are distilled from a group of weights and served in parallel. */
export const bitlet: Machine<GroupStatistics, GroupRequest> = {
  name: "bitlet",
  title: "Bitlet",
  citation:
    "H. Lu et al., Distilling Bit-level Sparsity Parallelism for General Purpose Deep Learning Acceleration, MICRO 2021, doi 10.1145/3466752.3480123",
  parameters: bitletParameters,
  skips: [{ operand: "weights", what: "zero bits" }],
  leavesOut: [
    "Area and power of the network on chip, the controller and the pads.",
    "The adder that accumulates groups outside the processing element: its traffic is counted, its logic is not.",
    "What a processing element for a single format would save: area is that of the published one, which runs all formats.",
    "What distributes accesses to the banks of a buffer, and conflicts between accesses to one bank.",
    "Tiles smaller than what the processing elements take at once: a tile decides what DRAM moves, not how rounds run.",
    "The clock of other nodes: it is that of the nearest node with a cost table.",
    "Gradients of training: MICRO 2021 accelerates the forward product alone, so they run without distillation, every group in laneWidth cycles.",
    "Activation sparsity: the machine does not skip zero activations.",
    "Real activations, unless they were captured: float timing takes their exponents from a seeded half-normal distribution, and the run-time operand of an attention product is drawn from a normal one.",
  ],
  products,
  accelerates: accelerated,
  caveats: (configuration) => caveats(bitletConfiguration(configuration)),
  dotProduct: (configuration, weights, activations) => {
    const { laneWidth, format, activePlanes } = bitletConfiguration(configuration);
    return distilledProduct(weights, activations, laneWidth, planeMask(format.planes, activePlanes));
  },
  processingElement: "a processing element of 24 channels",
  sizeParameter: "pes",
  sizeParameters: ["pes", "laneWidth", "packing", "precision"],
  processingElements: ({ pes }) => Number(pes),
  lanes: (configuration) => {
    const { pes, laneWidth, packing } = bitletConfiguration(configuration);
    return pes * laneWidth * packing;
  },
  statisticsRule: groupRule,
  statisticsParameters,
  statistics: (configuration, seed, stream) => {
    const settings = bitletConfiguration(configuration);
    return {
      format: settings.format.name,
      quantization: settings.quantization,
      laneWidth: settings.laneWidth,
      window: settings.timing.window,
      activePlanes: settings.activePlanes,
      activationExponents: settings.activationExponents,
      activationVectors: settings.activationVectors,
      activationZeros: settings.activationZeros,
      seed,
      stream,
    };
  },
  computeParameters: [
    ...statisticsParameters,
    "inputPorts",
    "pes",
    "sync",
    "fifoDepth",
    "order",
    "packing",
    "spread",
    "dataflow",
    "batch",
  ],
  analyticalCycles: (configuration, layer, statistics) =>
    analyticalCycles(bitletConfiguration(configuration, layer), layer, statistics),
  tracedCycles: (configuration, layer, statistics) =>
    tracedCycles(bitletConfiguration(configuration, layer), layer, statistics),
  activePes: (configuration, layer) => {
    const { pes, spread, packing, batch } = bitletConfiguration(configuration);
    const { positions } = batched(layer, batch);
    return activePes(rounds(layer.filters / layer.groups, positions, pes, spread, packing));
  },
  dataBlind: (statistics) => ({
    ...statistics,
    planeDensity: statistics.planeDensity.slice().fill(0.5),
    planeVariance: statistics.planeVariance.slice().fill(0),
  }),
  trafficParameters: ["precision", "laneWidth", "pes", "packing", "spread", "dataflow", "batch"],
  bufferTraffic: (configuration, layer) => bufferTraffic(bitletConfiguration(configuration), layer),
  leastBuffers: (configuration, layer) => leastBuffers(bitletConfiguration(configuration), layer),
  operandParameters: ["precision"],
  operandWidths: widthsOfPrecision,
  componentParameters: [
    "precision",
    "activePlanes",
    "laneWidth",
    "inputPorts",
    "window",
    "packing",
    "node",
    "costSource",
    "layout",
  ],
  components: (configuration, technology) => components(bitletConfiguration(configuration), technology),
  clockParameters: ["laneWidth", "node", "costSource"],
  nominalClock_GHz: (configuration, technology) =>
    nominalClock_GHz(bitletConfiguration(configuration), technology),
};
