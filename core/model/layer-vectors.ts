/** The terms of a network as vectors over its layers and their totals, as the fast evaluation takes them. */
import type { BufferTraffic, LeastBuffers } from "../machines/machine.ts";
import type { Bytes, Cycles } from "../units.ts";
import { peBytes } from "./layer-demand.ts";
import { finiteSqnr } from "./metrics.ts";
import type { ComputeTerm } from "./terms.ts";
import type { Tiling } from "./tiling.ts";

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
}

/** Bytes between the buffers and the processing elements: of each layer on their common path, and totals. */
export interface TrafficVectors {
  readonly peBytes: Float64Array;
  readonly weightReads: Bytes;
  readonly activationReads: Bytes;
  readonly partialSumReads: Bytes;
  readonly partialSumWrites: Bytes;
  readonly outputWrites: Bytes;
}

/** Bytes to and from DRAM: of each layer by channel and direction, and totals; and the tiles of each layer. */
export interface TilingVectors {
  readonly weightLoads: Float64Array;
  readonly activationLoads: Float64Array;
  readonly stores: Float64Array;
  /** One tile's share of the layer, and the tiles behind the first. */
  readonly share: Float64Array;
  readonly moreTiles: Float64Array;
  readonly weightBytes: Bytes;
  readonly activationBytes: Bytes;
  readonly outputBytes: Bytes;
  /** Partial sums that are written; as many are read. */
  readonly spilledBytes: Bytes;
  /** All of these, spilled ones both ways. */
  readonly dramBytes: Bytes;
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
});

export const trafficVectors = (traffic: readonly BufferTraffic[]): TrafficVectors => ({
  peBytes: Float64Array.from(traffic, peBytes),
  weightReads: sum(traffic.map(({ weightReads }) => weightReads)),
  activationReads: sum(traffic.map(({ activationReads }) => activationReads)),
  partialSumReads: sum(traffic.map(({ partialSumReads }) => partialSumReads)),
  partialSumWrites: sum(traffic.map(({ partialSumWrites }) => partialSumWrites)),
  outputWrites: sum(traffic.map(({ outputWrites }) => outputWrites)),
});

export const tilingVectors = (tilings: readonly Tiling[]): TilingVectors => {
  const weightBytes = sum(tilings.map((tiling) => tiling.weightBytes));
  const activationBytes = sum(tilings.map((tiling) => tiling.activationBytes));
  const outputBytes = sum(tilings.map((tiling) => tiling.outputBytes));
  const spilledBytes = sum(tilings.map((tiling) => tiling.spilledBytes));
  return {
    weightLoads: Float64Array.from(tilings, (tiling) => tiling.weightBytes),
    activationLoads: Float64Array.from(tilings, (tiling) => tiling.activationBytes + tiling.spilledBytes),
    stores: Float64Array.from(tilings, (tiling) => tiling.outputBytes + tiling.spilledBytes),
    share: Float64Array.from(tilings, ({ tiles }) => 1 / tiles),
    moreTiles: Float64Array.from(tilings, ({ tiles }) => tiles - 1),
    weightBytes,
    activationBytes,
    outputBytes,
    spilledBytes,
    dramBytes: weightBytes + activationBytes + outputBytes + 2 * spilledBytes,
  };
};

/** The sum in order, as the plain evaluation adds it up. */
const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
};
