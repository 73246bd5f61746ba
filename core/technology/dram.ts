import type { Quantity } from "./component.ts";

/**
 * One channel of a memory type. Left out: row-buffer hits and misses, refresh beside the background power, the order
 * of accesses, and turning the bus around between reads and writes.
 */
export interface DramType {
  /** GB/s */
  readonly bandwidth: Quantity;
  /** pJ/bit that is read or written. */
  readonly energy: Quantity;
  /** W for as long as the run takes. */
  readonly background: Quantity;
  /** B that a transfer moves at least; it moves whole bursts. */
  readonly burst: Quantity;
}

/** Channels of every design: one for the weights, one for activations, outputs and partial sums. */
export const dramChannels = 2;
