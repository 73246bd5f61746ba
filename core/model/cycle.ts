import type { Seconds } from "../units.ts";
import type { LayerDemand } from "./layer-demand.ts";

/** Where the time of a layer goes in the cycle model. */
export interface LayerSchedule {
  readonly seconds: Seconds;
  /** Loading the first tile, and storing the last: nothing overlaps them. */
  readonly fill: Seconds;
  readonly drain: Seconds;
  /** Time in which the processing elements wait for transfers between fill and drain. */
  readonly stall: Seconds;
}

/**
 * Tile-by-tile schedule of a layer with double-buffered transfers: tile i + 1 is loaded and tile i − 1 stored while
 * tile i is computed; weights have a DRAM channel, activation loads and stores share one; computing a tile lasts no
 * less than its buffer traffic. Tiles are taken as equal parts of the layer [our decision], so that the schedule has a
 * closed form: fill + tile + (tiles − 1) · slowest stage + drain. Layers follow one another without overlap.
 */
export const scheduleLayer = (demand: LayerDemand): LayerSchedule => {
  const share = 1 / demand.tiles;
  const fill = Math.max(demand.weightLoads, demand.activationLoads) * share;
  const drain = demand.stores * share;
  const transfer = Math.max(demand.weightLoads * share, (demand.activationLoads + demand.stores) * share);
  const compute = Math.max(demand.compute, demand.buffers) * share;
  const steady = compute + (demand.tiles - 1) * Math.max(compute, transfer);
  return {
    seconds: fill + drain + steady,
    fill,
    drain,
    stall: steady - demand.compute,
  };
};
