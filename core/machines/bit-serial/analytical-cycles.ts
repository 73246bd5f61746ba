import type { LayerShape } from "../../workloads/layer.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import { serialCycles } from "../serial-cycles.ts";
import { isStaggered } from "../staggered-columns.ts";
import { type TileOrganisation, tileSchedule } from "../tile-organisation.ts";
import type { StepStatistics } from "./step-statistics.ts";

/**
 * Cycles of a layer from the histogram of its serial operands' essential bits alone: the operands that share a step are
 * taken as independent draws. Left out: that filters, channels and windows differ from each other; that a layer of few steps
 * draws from few operands; and on staggered columns that steps of different length wait for each other's columns, where
 * these are about as many as a step has cycles: up to 8 % too few then.
 */
export const analyticalCycles = (
  layer: LayerShape,
  organisation: TileOrganisation,
  serial: "weights" | "activations",
  { histogram, lanesInUse, magnitudeBits }: StepStatistics,
): ComputeCycles => {
  const { tiles, filtersPerTile, windows } = organisation;
  const schedule = tileSchedule(layer, organisation);
  const { filters, positions, filterPasses, kernelSteps, groups, repeats } = schedule;
  // A step takes a cycle also where no operand has a bit.
  const cyclesOf = Float64Array.from(histogram);
  cyclesOf[1] += cyclesOf[0];
  cyclesOf[0] = 0;
  /** Mean cycles of a step of so many windows or filters. */
  const step = (operandsOfLane: number): number => {
    let sum = 0;
    for (let lanes = 1; lanes < lanesInUse.length; lanes++) {
      if (lanesInUse[lanes] > 0) sum += lanesInUse[lanes] * expectedMaximum(cyclesOf, lanes * operandsOfLane);
    }
    return sum / kernelSteps;
  };
  const atOnce = tiles * filtersPerTile;
  /** Mean cycles of a step over passes, with so many windows. */
  const meanStep = (columns: number): number => {
    if (serial === "activations") return step(columns);
    const full = Math.floor(filters / atOnce);
    const rest = filters % atOnce;
    return ((full > 0 ? full * step(atOnce) : 0) + (rest > 0 ? step(rest) : 0)) / filterPasses;
  };
  const steps = groups * filterPasses * kernelSteps;
  const busyCycles = repeats * groups * filters * positions * kernelSteps * step(1);
  if (isStaggered(schedule)) {
    const cycles = meanStep(1);
    const paced = repeats * ((steps - 1) * Math.max(1, cycles / windows) + cycles);
    // No step lasts longer than one with all bits.
    const most = serialCycles(layer, organisation, magnitudeBits[0]).cycles;
    return { cycles: Math.min(paced, most), busyCycles };
  }
  const full = Math.floor(positions / windows);
  const rest = positions % windows;
  const ofSets = (full > 0 ? full * meanStep(windows) : 0) + (rest > 0 ? meanStep(rest) : 0);
  return { cycles: repeats * steps * ofSets, busyCycles };
};

/** The row of Pascal's triangle with count + 1 entries: how many words of so many bits have 0, 1, … ones. */
const binomials = (count: number): Float64Array => {
  const row = new Float64Array(count + 1);
  row[0] = 1;
  for (let bit = 1; bit <= count; bit++) for (let ones = bit; ones > 0; ones--) row[ones] += row[ones - 1];
  return row;
};

/** The same with every magnitude bit a fair coin. */
export const blindSteps = (statistics: StepStatistics): StepStatistics => {
  const histogram = new Float64Array(statistics.histogram.length);
  histogram.set(binomials(statistics.magnitudeBits[0]));
  return { ...statistics, histogram };
};
