import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { settledCycles } from "../settled-cycles.ts";
import { isStaggered } from "../staggered-columns.ts";
import { tileSchedule } from "../tile-organisation.ts";
import type { TacticalConfiguration } from "./configuration.ts";
import type { TacticalStatistics } from "./tactical-statistics.ts";

/**
 * Cycles of the scheduled steps, from the statistics of the operands: sets of windows, the last of which may have fewer, or
 * steps on staggered columns. Ideal is one term (TCLe) or bit (TCLp) a cycle in every lane of the array. Padding is what
 * tiles without a filter and columns without a window cost. All the rest is imbalance: waiting for slower filters, windows
 * and tiles, and lanes that the schedule leaves empty.
 */
export const tracedCycles = (
  { organisation }: TacticalConfiguration,
  layer: LayerShape,
  { windowCycles, usedCycles, staggered, busyCycles, essential }: TacticalStatistics,
): TracedCycles => {
  const { tiles, filtersPerTile, laneWidth, windows } = organisation;
  const schedule = tileSchedule(layer, organisation);
  const { positions, repeats } = schedule;
  const busy = repeats * positions * busyCycles[0];
  const ideal = (repeats * positions * essential[0]) / (tiles * filtersPerTile * windows * laneWidth);
  if (isStaggered(schedule)) {
    const cycles = repeats * staggered[0];
    return settledCycles(cycles, busy, { ideal, padding: cycles * (1 - usedCycles[0] / windowCycles[0]) });
  }
  const sets = Math.floor(positions / windows);
  const rest = positions % windows;
  let cycles = sets * windowCycles[windows - 1];
  let used = sets * usedCycles[windows - 1];
  if (rest > 0) {
    cycles += windowCycles[rest - 1];
    used += (usedCycles[rest - 1] * rest) / windows;
  }
  return settledCycles(repeats * cycles, busy, { ideal, padding: repeats * (cycles - used) });
};
