import type { LayerShape } from "../../workloads/layer.ts";
import { bbsArray } from "../bbs-machine.ts";
import type { TracedCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import { groupWeights, type PlaneStatistics, planes } from "./plane-statistics.ts";

/**
 * Cycles of a layer from the planes of its groups: each step as long as the fullest plane of its filters. Without
 * lockstep each column would run its own groups; at worst each step takes the slowest filter of its convolution group.
 */
export const tracedCycles = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: PlaneStatistics,
): TracedCycles => {
  const array = bbsArray(groupWeights, configuration);
  const { positions, filterSets, positionSets, repeats } = arraySchedule(layer, array);
  const at = array.columns - 1;
  const passes = repeats * positionSets;
  const share = (repeats * positions) / array.positions;
  const cycles = passes * statistics.lockstep[at];
  const ideal = (share * statistics.essentialBits[0]) / (planes * array.columns);
  const padding = cycles - share * statistics.filled[at];
  return {
    cycles,
    busyCycles: repeats * positions * statistics.own[0],
    split: { ideal, imbalance: cycles - ideal - padding, window: 0, padding, frontEnd: 0 },
    optimisticCycles: passes * statistics.independent[at],
    pessimisticCycles: passes * filterSets * statistics.slowest[0],
  };
};
