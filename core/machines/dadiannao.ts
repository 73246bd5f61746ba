import { type LayerShape, macs, type Product } from "../workloads/layer.ts";
import type { ComputeCycles, Machine, TracedCycles } from "./machine.ts";
import type { Configuration } from "./parameter.ts";
import { formatNames, precisionParameters } from "./precision-parameters.ts";
import { quantizationParameters, quantizationRequest, quantizationStatistics } from "./quantized-weights.ts";
import { settledCycles } from "./settled-cycles.ts";
import { systemParametersWith } from "./system-parameters.ts";
import { tabledCostParameters } from "./tabled-components.ts";
import { tileMachine } from "./tile-machine.ts";
import {
  laneIndices,
  tileOrganisation,
  tileParameters,
  tileSchedule,
  tileScheduleParameters,
} from "./tile-organisation.ts";

const products: readonly Product[] = ["forward", "inputGradient", "weightGradient"];

/** Closed form: a cycle a step. */
const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const schedule = tileSchedule(layer, tileOrganisation(configuration));
  const { steps, repeats, groups, filters, positions, kernelSteps } = schedule;
  return { cycles: steps, busyCycles: repeats * groups * filters * positions * kernelSteps };
};

/** Pass by pass: as many filters as the tiles hold, and for these every step of the lanes at every position. */
const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const organisation = tileOrganisation(configuration);
  const { tiles, filtersPerTile, laneWidth, batch } = organisation;
  const { filters, positions, groups, repeats } = tileSchedule(layer, organisation);
  const steps = laneIndices(layer, laneWidth).length / laneWidth;
  let cycles = 0;
  let busy = 0;
  for (let first = 0; first < filters; first += tiles * filtersPerTile) {
    const here = Math.min(tiles * filtersPerTile, filters - first);
    cycles += steps * positions;
    busy += here * steps * positions;
  }
  const times = repeats * groups;
  const ideal = (batch * macs(layer)) / (tiles * filtersPerTile * laneWidth);
  return settledCycles(times * cycles, times * busy, { ideal, padding: times * cycles - ideal });
};

/** DaDianNao (MICRO 2014): bit-parallel multipliers in tiles. It skips nothing, so that no operand decides its cycles. */
export const dadiannao: Machine = {
  ...tileMachine("dadiannao"),
  name: "dadiannao",
  title: "DaDianNao",
  citation:
    "Y. Chen et al., DaDianNao: A Machine-Learning Supercomputer, MICRO 2014, doi 10.1109/MICRO.2014.58",
  parameters: [
    ...tileParameters,
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    ...tabledCostParameters,
    ...systemParametersWith({
      clock: 0.606,
      bufferBandwidth: 5120,
      weightBuffer: 1024,
      activationBuffer: 1024,
      outputBuffer: 1024,
    }),
  ],
  skips: [],
  leavesOut: [
    "The eDRAM banks of the tiles and the fat tree between them: weights come from the weight buffer of the common memory model, whose default size and bandwidth are what the steps ask for, not what was published.",
    "Pooling and activation units.",
    "Fill and drain of a tile's pipeline, which are some cycles a layer.",
  ],
  caveats: () => [],
  products,
  accelerates: products,
  /** A step multiplies as many pairs as there are lanes and adds them up in a tree; steps are accumulated. */
  dotProduct: (configuration, weights, activations) => {
    const { laneWidth } = tileOrganisation(configuration);
    let sum = 0;
    for (let first = 0; first < weights.length; first += laneWidth) {
      let step = 0;
      for (let lane = first; lane < Math.min(first + laneWidth, weights.length); lane++) {
        step += weights[lane] * activations[lane];
      }
      sum += step;
    }
    return sum;
  },
  processingElement: "the multipliers of one filter in a tile, with their adder tree",
  statisticsRule: quantizationStatistics,
  statisticsParameters: quantizationParameters,
  statistics: quantizationRequest,
  computeParameters: [...quantizationParameters, ...tileScheduleParameters],
  analyticalCycles,
  tracedCycles,
};
