import { type LayerShape, macs } from "../workloads/layer.ts";
import type { TracedCycles } from "./machine.ts";
import { settledCycles } from "./settled-cycles.ts";
import { isStaggered, staggeredCycles } from "./staggered-columns.ts";
import { laneIndices, type TileOrganisation, tileSchedule } from "./tile-organisation.ts";

/**
 * Walk of a layer over tiles that take every bit of an operand of `bits` bits: pass by pass of as many filters as the tiles
 * hold, and in it every step of the lanes for every set of windows; on staggered columns step by step. Every bit counts as
 * ideal, zeros too, since none is skipped; the rest is padding: lanes without a channel, elements without a filter or a
 * position, among them the columns that wait for their turn.
 */
export const serialWalk = (layer: LayerShape, organisation: TileOrganisation, bits: number): TracedCycles => {
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const schedule = tileSchedule(layer, organisation);
  const { filters, positions, groups, repeats } = schedule;
  const kernelSteps = laneIndices(layer, laneWidth).length / laneWidth;
  const windowSets = Math.floor(positions / windows) + (positions % windows > 0 ? 1 : 0);
  let steps = 0;
  let busy = 0;
  for (let group = 0; group < groups; group++) {
    for (let first = 0; first < filters; first += tiles * filtersPerTile) {
      const here = Math.min(tiles * filtersPerTile, filters - first);
      steps += kernelSteps * windowSets;
      busy += here * kernelSteps * positions * bits;
    }
  }
  const once = isStaggered(schedule) ? staggeredCycles(windows, steps, () => bits) : steps * bits;
  const cycles = repeats * once;
  const ideal = (batch * macs(layer) * bits) / (tiles * filtersPerTile * windows * laneWidth);
  return settledCycles(cycles, repeats * busy, { ideal, padding: cycles - ideal });
};
