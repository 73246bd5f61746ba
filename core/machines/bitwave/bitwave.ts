import type { Product } from "../../workloads/layer.ts";
import { bbsComponentParameters, bbsLeavesOut, bbsParameters } from "../bbs-machine.ts";
import type { Machine } from "../machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "../operand-widths.ts";
import { activePlaces, arrayLeastBuffers, arraySchedule, arrayTraffic } from "../output-stationary-array.ts";
import type { ParameterDescriptor } from "../parameter.ts";
import { quantizationParameters, quantizationRequest } from "../quantized-weights.ts";
import { tabledClock_GHz, tabledComponents } from "../tabled-components.ts";
import { analyticalCycles } from "./analytical-cycles.ts";
import { columnProduct } from "./column-product.ts";
import { type ColumnRequest, type ColumnStatistics, columnStatistics } from "./column-statistics.ts";
import { tracedCycles } from "./traced-cycles.ts";
import {
  arrayElements,
  elementLanes,
  elementsOf,
  productGroup,
  unrolledArray,
  unrollingParameterNames,
  unrollingParameters,
  unrollingRequest,
} from "./unrolling.ts";

const products: readonly Product[] = ["forward"];

const bitFlipParameter: ParameterDescriptor = {
  name: "bitFlip",
  kind: "integer",
  minimum: 0,
  maximum: 6,
  default: 0,
  description:
    "Magnitude columns that are zero in every group at least, if need be by changing weights; the signal-to-noise ratio says by how much.",
};

const statisticsParameters = [...quantizationParameters, "bitFlip", ...unrollingParameterNames];

/**
 * BitWave (HPCA 2024) as the BBS authors model it: sign–magnitude weights column by column, a bit of every weight of a group
 * in a cycle; columns that are zero in the whole group are skipped.
 */
export const bitwave: Machine<ColumnStatistics, ColumnRequest> = {
  name: "bitwave",
  title: "BitWave",
  citation:
    "M. Shi et al., BitWave: Exploiting Column-Based Bit-Level Sparsity for Deep Learning Acceleration, HPCA 2024, arXiv 2507.12444; unrollings as in the simulator of Y. Chen et al., BBS, MICRO 2024, arXiv 2409.05227",
  parameters: [bitFlipParameter, ...unrollingParameters, ...bbsParameters],
  skips: [{ operand: "weights", what: "zero bit columns" }],
  leavesOut: [
    "The unrolling with the fewest cycles: `best` takes the one with the fewest steps, by the shape of the layer, since traffic has to be known before the weights are.",
    "Zero columns in memory: BitWave stores and moves the columns that are left and an index, here every weight takes its eight bits.",
    "What bit flips cost in accuracy, and a number of flipped columns for each layer, by which BitWave bounds that: `bitFlip` holds for all layers with trained weights.",
    "Memory and clock of the published chip: they are those of the comparison of the BBS authors.",
    ...bbsLeavesOut,
  ],
  caveats: ({ bitFlip }) =>
    Number(bitFlip) === 0
      ? []
      : [
          `bitFlip ${bitFlip} changes weights so that ${bitFlip} columns of each group are zero; what that does to accuracy is not modelled, only its signal-to-noise ratio.`,
        ],
  products,
  accelerates: products,
  dotProduct: (configuration, weights, activations) =>
    columnProduct(weights, activations, productGroup(configuration), Number(configuration.bitFlip)),
  processingElement: "eight bit-serial multipliers, whose weights share their bit columns",
  sizeParameter: "arrays",
  sizeParameters: ["arrays"],
  processingElements: ({ arrays }) => Number(arrays) * arrayElements,
  lanes: ({ arrays }) => Number(arrays) * arrayElements * elementLanes,
  statisticsRule: columnStatistics,
  statisticsParameters,
  statistics: (configuration) => ({
    ...quantizationRequest(configuration),
    ...unrollingRequest(configuration),
    bitFlip: Number(configuration.bitFlip),
  }),
  computeParameters: statisticsParameters,
  analyticalCycles,
  tracedCycles,
  activePes: (configuration, layer) => {
    const array = unrolledArray(layer, unrollingRequest(configuration));
    const schedule = arraySchedule(layer, array);
    const { groups, lastLanes } = schedule;
    return activePlaces(schedule, array) * elementsOf(groups === 1 ? lastLanes : array.group);
  },
  dataBlind: (statistics) => ({
    ...statistics,
    density: statistics.density.slice().fill(0.5),
    densityVariance: statistics.densityVariance.slice().fill(0),
  }),
  trafficParameters: ["precision", ...unrollingParameterNames],
  bufferTraffic: (configuration, layer) =>
    arrayTraffic(
      layer,
      unrolledArray(layer, unrollingRequest(configuration)),
      bytesOfPrecision(configuration),
    ),
  leastBuffers: (configuration, layer) =>
    arrayLeastBuffers(
      layer,
      unrolledArray(layer, unrollingRequest(configuration)),
      bytesOfPrecision(configuration),
    ),
  operandParameters: ["precision"],
  operandWidths: widthsOfPrecision,
  componentParameters: bbsComponentParameters,
  components: (configuration, technology) =>
    tabledComponents("bitwave", configuration, elementLanes, technology),
  clockParameters: ["precision", "costSource"],
  nominalClock_GHz: (configuration, technology) => tabledClock_GHz("bitwave", configuration, technology),
};
