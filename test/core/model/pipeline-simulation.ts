import type { LayerDemand } from "../../../core/model/layer-demand.ts";

/**
 * Plays a layer's tile pipeline event by event and returns the time of the last store. Two buffers an operand: tile i
 * may be loaded once tile i − 2 is computed, and computed once it is loaded and tile i − 2 is stored. Weights have a
 * channel; activation loads and stores share the other one, which serves whatever became ready first, and of two that
 * are ready the load (or the store, as asked).
 */
export const simulatePipeline = (demand: LayerDemand, first: "load" | "store"): number => {
  const { tiles } = demand;
  const compute = Math.max(demand.compute, demand.buffers) / tiles;
  const weightLoad = demand.weightLoads / tiles;
  const activationLoad = demand.activationLoads / tiles;
  const store = demand.stores / tiles;
  const computed: number[] = [];
  const stored: number[] = [];
  const weightsIn: number[] = [];
  const activationsIn: number[] = [];
  const at = (times: number[], tile: number): number => (tile < 0 ? 0 : times[tile]);
  let channelFree = 0;
  let loads = 0;
  // Computes every tile whose inputs are there; what it needs from later events is not there yet.
  const advance = (): void => {
    while (
      computed.length < tiles &&
      activationsIn.length > computed.length &&
      (computed.length < 2 || stored.length > computed.length - 2)
    ) {
      const tile = computed.length;
      weightsIn.push(Math.max(at(weightsIn, tile - 1), at(computed, tile - 2)) + weightLoad);
      const start = Math.max(
        weightsIn[tile],
        activationsIn[tile],
        at(computed, tile - 1),
        at(stored, tile - 2),
      );
      computed.push(start + compute);
    }
  };
  while (stored.length < tiles) {
    const canLoad = loads < tiles && (loads < 2 || computed.length > loads - 2);
    const loadReady = canLoad ? at(computed, loads - 2) : Number.POSITIVE_INFINITY;
    const canStore = computed.length > stored.length;
    const storeReady = canStore ? computed[stored.length] : Number.POSITIVE_INFINITY;
    if (loadReady < storeReady || (loadReady === storeReady && first === "load")) {
      channelFree = Math.max(channelFree, loadReady) + activationLoad;
      activationsIn.push(channelFree);
      loads++;
    } else {
      channelFree = Math.max(channelFree, storeReady) + store;
      stored.push(channelFree);
    }
    advance();
  }
  return stored[tiles - 1];
};
