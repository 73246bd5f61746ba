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
  const { tiles } = demand;
  const compute = Math.max(demand.compute, demand.buffers) / tiles;
  const fill = Math.max(demand.weightLoads, demand.activationLoads) / tiles;
  const drain = demand.stores / tiles;
  const stage = Math.max(
    compute,
    demand.weightLoads / tiles,
    (demand.activationLoads + demand.stores) / tiles,
  );
  const steady = compute + (tiles - 1) * stage;
  return {
    seconds: fill + steady + drain,
    fill,
    drain,
    stall: steady - demand.compute,
  };
};
