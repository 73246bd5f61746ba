import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import type { ColumnStatistics } from "./column-statistics.ts";
import { arrayElements, elementLanes, unrolledArray, unrollingRequest } from "./unrolling.ts";

/**
 * Cycles of a layer from the bit columns of its groups: each step as long as the filter with most of them. Without
 * lockstep each filter would run its own groups; at worst each step takes the slowest filter of its convolution group.
 */
export const tracedCycles = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: ColumnStatistics,
): TracedCycles => {
  const request = unrollingRequest(configuration);
  const array = unrolledArray(layer, request);
  const { positions, filterSets, positionSets, repeats } = arraySchedule(layer, array);
  const passes = repeats * positionSets;
  // Multipliers of all arrays, whatever part of them the unrolling uses.
  const share = (repeats * positions) / (request.arrays * arrayElements * elementLanes);
  const cycles = passes * statistics.lockstep[0];
  const ideal = share * statistics.essentialBits[0];
  const padding = cycles - share * array.group * array.columns * statistics.filled[0];
  return {
    cycles,
    busyCycles: repeats * positions * statistics.own[0],
    split: { ideal, imbalance: cycles - ideal - padding, window: 0, padding, frontEnd: 0 },
    optimisticCycles: passes * statistics.independent[0],
    pessimisticCycles: passes * filterSets * statistics.slowest[0],
  };
};
