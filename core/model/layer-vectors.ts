/** The terms of a network as vectors over its layers and their totals, as the fast evaluation takes them. */
import type { BufferTraffic, LeastBuffers } from "../machines/machine.ts";
import type { Bytes, Cycles } from "../units.ts";
import { peBytes } from "./layer-demand.ts";
import { finiteSqnr } from "./metrics.ts";
import type { ComputeTerm } from "./terms.ts";
import { activationLoads, type LayerTransfers, stores } from "./transfers.ts";

/** Compute cycles of each layer by view, and busy cycles in all. */
export interface ComputeVectors {
  readonly analytical: Float64Array;
  readonly cycle: Float64Array;
  readonly optimistic: Float64Array;
  readonly pessimistic: Float64Array;
  readonly activePes: Float64Array;
  /** Of the analytical view, and of the three others. */
  readonly analyticalBusyCycles: Cycles;
  readonly busyCycles: Cycles;
  readonly sqnr_dB: number;
  readonly accuracy: number;
}

/** Bytes between the buffers and the processing elements: of each layer on their common path and of its weights, and totals. */
export interface TrafficVectors {
  readonly peBytes: Float64Array;
  readonly weightReads: Float64Array;
  readonly weightRereads: Float64Array;
  readonly activationReads: Bytes;
  readonly partialSumReads: Bytes;
  readonly partialSumWrites: Bytes;
  readonly outputWrites: Bytes;
}

/**
 * Bytes to and from DRAM, in whole bursts: of each layer by channel and direction, and totals; the tiles of each layer;
 * and what the buffers are filled with.
 */
export interface TransferVectors {
  readonly weightLoads: Float64Array;
  readonly activationLoads: Float64Array;
  readonly stores: Float64Array;
  /** One tile's share of the layer, and the tiles behind the first. */
  readonly share: Float64Array;
  readonly moreTiles: Float64Array;
  /** Passes over the weights behind the first. */
  readonly morePasses: Float64Array;
  /** All that DRAM reads and writes. */
  readonly dramBytes: Bytes;
  readonly bufferWeightBytes: Bytes;
  readonly bufferActivationBytes: Bytes;
  readonly bufferOutputBytes: Bytes;
  /** Partial sums that leave the output buffer; as many come back. */
  readonly spilledBytes: Bytes;
}

/** The largest of the least capacities, of any layer. */
export const largestLeast = (least: readonly LeastBuffers[]): LeastBuffers => ({
  weight: least.reduce((most, { weight }) => Math.max(most, weight), 0),
  activation: least.reduce((most, { activation }) => Math.max(most, activation), 0),
  output: least.reduce((most, { output }) => Math.max(most, output), 0),
});

export const computeVectors = (term: ComputeTerm): ComputeVectors => ({
  analytical: term.analyticalCycles,
  cycle: term.tracedCycles,
  optimistic: term.optimisticCycles,
  pessimistic: term.pessimisticCycles,
  activePes: term.activePes,
  analyticalBusyCycles: sum(term.analyticalBusyCycles),
  busyCycles: sum(term.busyCycles),
  sqnr_dB: finiteSqnr(term.signalPower, term.noisePower),
  accuracy: term.accuracy,
});

export const trafficVectors = (traffic: readonly BufferTraffic[]): TrafficVectors => ({
  peBytes: Float64Array.from(traffic, peBytes),
  weightReads: Float64Array.from(traffic, ({ weightReads }) => weightReads),
  weightRereads: Float64Array.from(traffic, ({ weightRereads }) => weightRereads),
  activationReads: sum(traffic.map(({ activationReads }) => activationReads)),
  partialSumReads: sum(traffic.map(({ partialSumReads }) => partialSumReads)),
  partialSumWrites: sum(traffic.map(({ partialSumWrites }) => partialSumWrites)),
  outputWrites: sum(traffic.map(({ outputWrites }) => outputWrites)),
});

export const transferVectors = (transfers: readonly LayerTransfers[]): TransferVectors => {
  const total = (bytes: (layer: LayerTransfers) => Bytes): Bytes => sum(transfers.map(bytes));
  return {
    weightLoads: Float64Array.from(transfers, ({ weightBytes }) => weightBytes),
    activationLoads: Float64Array.from(transfers, activationLoads),
    stores: Float64Array.from(transfers, stores),
    share: Float64Array.from(transfers, ({ tiling }) => 1 / tiling.tiles),
    moreTiles: Float64Array.from(transfers, ({ tiling }) => tiling.tiles - 1),
    morePasses: Float64Array.from(transfers, ({ tiling }) => tiling.weightPasses - 1),
    dramBytes:
      total(({ weightBytes }) => weightBytes) +
      total(({ activationBytes }) => activationBytes) +
      total(({ outputBytes }) => outputBytes) +
      2 * total(({ spilledBytes }) => spilledBytes),
    bufferWeightBytes: total(({ tiling }) => tiling.weightBytes),
    bufferActivationBytes: total(({ tiling }) => tiling.activationBytes),
    bufferOutputBytes: total(({ tiling }) => tiling.outputBytes),
    spilledBytes: total(({ tiling }) => tiling.spilledBytes),
  };
};

/** The sum in order, as the plain evaluation adds it up. */
const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
};
