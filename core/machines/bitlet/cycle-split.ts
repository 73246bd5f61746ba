import type { GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { batched } from "../../workloads/batch.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import type { CycleSplit } from "../machine.ts";
import type { Round } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/** What the rounds of a layer came to: cycles of the array, in its `tail` none works, and of processing elements at work. */
export interface RoundsCycles {
  readonly cycles: number;
  readonly busyCycles: number;
  readonly tail: number;
}

/**
 * Splits the cycles of a layer by cause. The scans of all groups are known by cause from their statistics; what else a
 * busy processing element does is its front end, and, with packing, waiting for the slowest of its filters. An array that
 * is not filled pads: on the mean over position steps, `pes` less those with work. The rest waits. Where processing
 * elements run ahead of one another, padding is at most what is idle.
 */
export const cycleSplit = (
  configuration: BitletConfiguration,
  layer: LayerShape,
  { cycleParts, filters, groups, reductionLength, cycles: scans, vectors }: GroupStatistics,
  plan: readonly Round[],
  { cycles, busyCycles, tail }: RoundsCycles,
  /** Interval of a group by its scan. */
  intervals: Uint16Array,
): CycleSplit => {
  const { pes, packing, distillation, laneWidth } = configuration;
  const { positions, repeats } = batched(layer, configuration.batch);
  const share = (repeats * positions) / pes;
  // Filters that share a processing element take its time together.
  const ofFilter = share / packing;
  const { essential, imbalance, emptyWindows, padding } = cycleParts;
  // Without distillation a group takes all its lanes, and those behind the weights are padding.
  const behind = filters * (groups * laneWidth - reductionLength);
  const fullest = essential + imbalance;
  const zeros = distillation ? emptyWindows : filters * groups * laneWidth - fullest - behind;
  const lanePadding = distillation ? padding : behind;
  let frontEnd = 0;
  for (let index = 0; index < scans.length; index++) {
    const scan = distillation ? scans[index] : laneWidth;
    frontEnd += intervals[scan] - scan;
  }
  const ideal = essential * ofFilter;
  const window = zeros * ofFilter;
  const padded = lanePadding * ofFilter;
  const front = (frontEnd / vectors) * ofFilter + tail;
  let steps = 0;
  let filled = 0;
  for (const { pesOfSet, positionSteps } of plan) {
    steps += positionSteps;
    filled += pesOfSet * positions;
  }
  const idle = Math.max(0, cycles - tail - busyCycles / pes);
  const unfilled = Math.min(idle, (cycles - tail) * (1 - filled / (steps * pes)));
  return {
    ideal,
    window,
    frontEnd: front,
    padding: padded + unfilled,
    imbalance: cycles - ideal - window - front - padded - unfilled,
  };
};
