import type { BufferTraffic } from "../machines/machine.ts";
import type { Bytes, Seconds } from "../units.ts";
import type { DesignCosts } from "./costs.ts";

/**
 * Time that one layer asks of each resource, were it alone: the processing elements, the path from the buffers to
 * them, the DRAM channel of the weights, and that of activations, outputs and spilled partial sums (loads and stores
 * apart). `tiles` is into how many equal parts the layer's work is cut.
 */
export interface LayerDemand {
  readonly compute: Seconds;
  readonly buffers: Seconds;
  readonly weightLoads: Seconds;
  readonly activationLoads: Seconds;
  readonly stores: Seconds;
  readonly tiles: number;
}

/** What can bound a layer, in the order of `bounds`. */
export const boundNames = ["compute", "buffer bandwidth", "DRAM weights", "DRAM activations"] as const;

/** The resource a layer asks most of, as an index into `boundNames`; the first on a tie. */
export const boundOf = (demand: LayerDemand): number => {
  const activations = demand.activationLoads + demand.stores;
  const most = Math.max(demand.compute, demand.buffers, demand.weightLoads, activations);
  if (demand.compute === most) return 0;
  if (demand.buffers === most) return 1;
  return demand.weightLoads === most ? 2 : 3;
};

/**
 * What a layer moves between the buffers and the processing elements on the path they share, with one pass over the
 * weights; further ones add `weightRereads` each.
 */
export const peBytes = (traffic: BufferTraffic): Bytes =>
  traffic.weightReads + traffic.activationReads + traffic.partialSumReads + traffic.partialSumWrites;

/** Time that one byte takes. Demands are products with it, so that what is divided is divided once a design. */
export const secondsPerByte = (bandwidth_GBs: number): Seconds => 1 / (bandwidth_GBs * 1e9);

/** What the operations without multiply–accumulates move to and from DRAM; nothing where activations stay on the chip. */
export const movementBytes = (
  elements: number,
  { activationBits, chained }: Pick<DesignCosts, "activationBits" | "chained">,
  batch: number,
): Bytes => (chained ? 0 : elements * ((activationBits * batch) / 8));
