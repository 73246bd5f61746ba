import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { settledCycles } from "../settled-cycles.ts";
import { isStaggered } from "../staggered-columns.ts";
import { tileOrganisation, tileSchedule } from "../tile-organisation.ts";
import { windowPlan } from "../window-sets.ts";
import { type ColumnStatistics, staggeredWaits } from "./term-columns.ts";

/** Cycles from the steps of the activations at hand: every pass over the filters takes as long as any other. */
export const tracedCycles = (
  configuration: Configuration,
  layer: LayerShape,
  { setCycles, staggeredCycles, column }: ColumnStatistics,
): TracedCycles => {
  const organisation = tileOrganisation(configuration);
  const schedule = tileSchedule(layer, organisation);
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const { repeats, groups, filters, positions, filterPasses, kernelSteps } = schedule;
  const elements = tiles * filtersPerTile * windows;
  const [busy, work, terms] = column;
  const busyCycles = repeats * filters * positions * busy;
  const ideal = (repeats * filters * positions * terms) / (elements * laneWidth);
  // Of the busy cycles those of lanes without a channel, and beside them all of elements without a filter or position.
  const emptyLanes = repeats * filters * positions * (busy - work);
  if (isStaggered(schedule)) {
    const furtherPasses = staggeredWaits(windows) ? 0 : filterPasses - 1;
    const cycles = repeats * (staggeredCycles[0] + furtherPasses * groups * kernelSteps);
    return settledCycles(cycles, busyCycles, {
      ideal,
      padding: cycles - (busyCycles - emptyLanes) / elements,
    });
  }
  const [fullSet, lastSet] = setCycles;
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  const cycles = repeats * filterPasses * (fullSets * fullSet + lastSet);
  const occupied = repeats * filters * (fullSets * fullSet * windows + lastSet * lastColumns);
  return settledCycles(cycles, busyCycles, { ideal, padding: cycles - (occupied - emptyLanes) / elements });
};
