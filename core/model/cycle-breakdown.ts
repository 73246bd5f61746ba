import type { CycleSplit } from "../machines/machine.ts";
import type { Cycles } from "../units.ts";
import { scheduleLayer } from "./cycle.ts";
import type { LayerResult, NetworkResult } from "./evaluate.ts";

/**
 * Where the run time goes, in clock cycles: first the compute cycles by cause (`CycleSplit`), then what memory adds to
 * them: loading the first tile and storing the last of each layer, waiting between these for the resource that the layer
 * asks most of, and the operations without multiply–accumulates.
 */
export const cycleCauses = [
  "ideal",
  "imbalance",
  "window",
  "padding",
  "frontEnd",
  "fill",
  "drain",
  "stallBuffers",
  "stallWeights",
  "stallActivations",
  "movements",
] as const;
export type CycleCause = (typeof cycleCauses)[number];
export type CycleBreakdown = Readonly<Record<CycleCause, Cycles>>;

const stalls = ["stallBuffers", "stallWeights", "stallActivations"] as const;

/** The cycles of a layer in the cycle model by cause: they add up to its seconds times the clock. */
export const layerCycles = (
  { demand, bound }: Pick<LayerResult, "demand" | "bound">,
  split: CycleSplit,
  clock_Hz: number,
): CycleBreakdown => {
  const { fill, drain, stall } = scheduleLayer(demand);
  const waiting = (resource: number): Cycles => (bound === resource + 1 ? stall * clock_Hz : 0);
  const [stallBuffers, stallWeights, stallActivations] = stalls.map((_, resource) => waiting(resource));
  return {
    ...split,
    fill: fill * clock_Hz,
    drain: drain * clock_Hz,
    stallBuffers,
    stallWeights,
    stallActivations,
    movements: 0,
  };
};

/** The cycles of a network in the cycle model by cause: they add up to its latency times the clock. */
export const networkCycles = (
  { layers, movementSeconds }: NetworkResult,
  splits: readonly CycleSplit[],
  clock_Hz: number,
): CycleBreakdown => {
  const byLayer = layers.map((layer, index) => layerCycles(layer, splits[index], clock_Hz));
  const sums = cycleCauses.map((cause) => [
    cause,
    byLayer.reduce(
      (sum, cycles) => sum + cycles[cause],
      cause === "movements" ? movementSeconds * clock_Hz : 0,
    ),
  ]);
  return Object.fromEntries(sums) as Record<CycleCause, Cycles>;
};
