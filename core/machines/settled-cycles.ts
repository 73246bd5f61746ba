import type { Cycles } from "../units.ts";
import type { CycleSplit, TracedCycles } from "./machine.ts";

/**
 * What the cycle model finds for a machine whose rule has a single answer, whatever is assumed of synchronisation: both
 * bounds are the cycles themselves. `parts` are shares of the whole array's time as in `CycleSplit`; what they leave is
 * imbalance.
 */
export const settledCycles = (
  cycles: Cycles,
  busyCycles: Cycles,
  parts: Partial<Omit<CycleSplit, "imbalance">>,
): TracedCycles => {
  const { ideal = 0, window = 0, padding = 0, frontEnd = 0 } = parts;
  return {
    cycles,
    busyCycles,
    split: { ideal, imbalance: cycles - ideal - window - padding - frontEnd, window, padding, frontEnd },
    optimisticCycles: cycles,
    pessimisticCycles: cycles,
  };
};
