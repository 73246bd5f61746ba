import type { Seconds } from "../units.ts";
import type { LayerDemand } from "./layer-demand.ts";

/**
 * No schedule of the layer can be faster: every resource is as busy as it must be and all overlap. `compute` of the
 * demand must itself be optimistic.
 */
export const optimisticSeconds = (demand: LayerDemand): Seconds =>
  Math.max(demand.compute, demand.buffers, demand.weightLoads, demand.activationLoads + demand.stores);

/** The schedule of the cycle model is never slower: nothing overlaps. `compute` must itself be pessimistic. */
export const pessimisticSeconds = (demand: LayerDemand): Seconds =>
  Math.max(demand.compute, demand.buffers) + (demand.weightLoads + demand.activationLoads + demand.stores);
