import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { settledCycles } from "../settled-cycles.ts";
import { tileOrganisation, tileSchedule } from "../tile-organisation.ts";
import { windowPlan } from "../window-sets.ts";
import type { StepStatistics } from "./term-steps.ts";

/** Cycles from the steps of the operands at hand; lanes without a channel are padding for as long as their step lasts. */
export const tracedCycles = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: StepStatistics,
): TracedCycles => {
  const organisation = tileOrganisation(configuration);
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const { repeats, positions } = tileSchedule(layer, organisation);
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  const [full, last, staggered] = statistics.cycles;
  const cycles = repeats * (fullSets * full + last + staggered);
  /** A quantity of the filters of one window, over all windows of the layer. */
  const overWindows = ([inFull, inLast, inStaggered]: Float64Array): number =>
    repeats * (fullSets * windows * inFull + lastColumns * inLast + inStaggered);
  const elements = tiles * filtersPerTile * windows;
  return settledCycles(cycles, overWindows(statistics.busyCycles), {
    ideal: (repeats * positions * statistics.products[0]) / (elements * laneWidth),
    padding: cycles - overWindows(statistics.filterWork) / elements,
  });
};
