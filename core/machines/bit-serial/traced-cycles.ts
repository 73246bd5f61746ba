import { type LayerShape, macs } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { settledCycles } from "../settled-cycles.ts";
import { isStaggered } from "../staggered-columns.ts";
import { type TileOrganisation, tileSchedule } from "../tile-organisation.ts";
import type { StepStatistics } from "./step-statistics.ts";

/**
 * Cycles of a layer whose steps last as long as the operand with the most essential bits among all that share a step, at
 * least one cycle, from the real operands. A processing element is busy for as long as its own lanes need, and waits for
 * the others. Essential bits spread evenly are ideal; lanes and elements without work pad, also while staggered columns
 * wait for their turn; the rest is imbalance: lanes that wait for the fullest operand of the step.
 */
export const tracedCycles = (
  layer: LayerShape,
  organisation: TileOrganisation,
  { essentialBits, stepCycles, stepOfOperand, ownCycles, staggered }: StepStatistics,
): TracedCycles => {
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const schedule = tileSchedule(layer, organisation);
  const { filters, positions, filterPasses, kernelSteps, groups, repeats } = schedule;
  // Sets with all windows, and the windows of the last one.
  const full = Math.floor(positions / windows);
  const rest = positions % windows;
  const setCycles = full * stepCycles[windows] + (rest > 0 ? stepCycles[rest] : 0);
  const cycles =
    repeats * (isStaggered(schedule) ? staggered[0] : groups * filterPasses * kernelSteps * setCycles);
  const pairs = (batch * macs(layer)) / (tiles * filtersPerTile * windows * laneWidth);
  const ideal = pairs * essentialBits[0];
  const worked =
    (pairs / positions) *
    (full * windows * stepOfOperand[windows] + (rest > 0 ? rest * stepOfOperand[rest] : 0));
  const busy = repeats * groups * filters * positions * kernelSteps * ownCycles[0];
  return settledCycles(cycles, busy, { ideal, padding: cycles - worked });
};
