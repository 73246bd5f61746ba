import type { Seconds } from "../units.ts";
import type { LayerDemand } from "./layer-demand.ts";

/**
 * Roofline time of a layer: its largest demand on one resource, everything else overlapped. Leaves out the fill and
 * drain of the tile pipeline.
 */
export const rooflineSeconds = (demand: LayerDemand): Seconds =>
  Math.max(demand.compute, demand.buffers, demand.weightLoads, demand.activationLoads + demand.stores);
