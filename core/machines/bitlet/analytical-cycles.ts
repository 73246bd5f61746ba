import type { PlaneDensities } from "../../bit-interleaving/expected-scan.ts";
import { expectedLargest, type IntervalSum, plus, times } from "../../bit-interleaving/interval-sum.ts";
import { sequenceTail } from "../../bit-interleaving/timing.ts";
import { batched } from "../../workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../workloads/layer.ts";
import type { ComputeCycles } from "../machine.ts";
import { type Round, rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";
import { type ExpectedIntervals, expectedIntervals } from "./expected-intervals.ts";

/**
 * Cycles of a layer from the densities of its bit planes and their variance between filters; it never sees a weight
 * word. The lanes of a plane are taken as independent, planes as independent but for a common factor a filter, the
 * processing elements of a round as independent draws: `expectedIntervals`. Position sets share their weights: in fixed
 * point they take equal time, in float different activations shift the weights apart, and sets are draws of their own
 * with the factor in common. The last group of a filter is shorter and counted as such. FIFOs: `fifoRound`. Left out:
 * that `independent` waits for the processing element with the most work.
 */
export const analyticalCycles = (
  configuration: BitletConfiguration,
  layer: LayerShape,
  densities: PlaneDensities,
): ComputeCycles => {
  const { laneWidth, pipeline, timing, pes, spread, packing, sync } = configuration;
  const length = reductionLength(layer);
  const { positions, repeats } = batched(layer, configuration.batch);
  const filters = layer.filters / layer.groups;
  let cycles = 0;
  let busy = 0;
  for (const round of rounds(filters, positions, pes, spread, packing)) {
    const intervals = expectedIntervals(configuration, densities, length, round, filters);
    const work: RoundWork = {
      round,
      intervals,
      whole: Math.floor(length / laneWidth),
      short: length % laneWidth > 0 ? 1 : 0,
      copies: movesWithPosition(configuration) ? round.positionSets : 1,
    };
    const alone = passOfGroups(work, 1, 1);
    busy += positions * round.pesOfSet * alone;
    if (sync === "independent") cycles += round.positionSteps * alone;
    else if (sync === "fifo") cycles += fifoRound(configuration, work);
    else cycles += round.positionSteps * passOfGroups(work, round.pesOfSet, work.copies);
  }
  return {
    cycles: repeats * (layer.groups * cycles + sequenceTail(pipeline, timing)),
    busyCycles: repeats * layer.groups * busy,
  };
};

/** Whether the interval of a group differs from position to position. */
const movesWithPosition = ({ format, activationExponents, distillation }: BitletConfiguration): boolean =>
  distillation && format.kind === "float" && activationExponents === "distribution";

/** What the processing elements of a round have to do for each position. */
interface RoundWork {
  readonly round: Round;
  readonly intervals: ExpectedIntervals;
  /** Whole groups of a filter, and shorter ones: none or one. */
  readonly whole: number;
  readonly short: number;
  /** Draws a processing element: the position sets, where these take unequal time. */
  readonly copies: number;
}

/** Expected cycles of all groups of one position, each as long as the slowest of `pes` · `copies` draws. */
const passOfGroups = ({ intervals, whole, short }: RoundWork, pes: number, copies: number): number => {
  const { shares } = intervals;
  return (
    (whole > 0 ? whole * expectedLargest(intervals.whole, shares, pes, copies) : 0) +
    (short > 0 ? short * expectedLargest(intervals.short, shares, pes, copies) : 0)
  );
};

/** Draws that are summed at most: the mean of a longer run is taken to deviate as one of so many draws. */
const mostDraws = 256;

/**
 * Expected cycles of a round behind FIFOs, from below. Its duration is the longest path through the recurrence of
 * `FifoArray`: a path stays with one processing element for a run of groups, all of whose intervals it adds up, and may
 * then go on with another, for which the broadcast lets it skip `fifoDepth` groups. Paths of equal runs are compared:
 * with r steps a run and n steps in all, (n + depth) / (r + depth) runs, each of them the largest of the processing
 * elements' sums. Runs of one step without FIFOs are lockstep, and a single run is the processing element with the most
 * work; in between, real paths choose where to change, so that they are longer. Groups are independent draws but for
 * the filter's factor; a group of a filter takes the same time at each position, unless activations shift the weights:
 * then positions, too, are independent draws, although a group that is slow at one position tends to be at others: in
 * float the estimate is low by that. The beats of the broadcast are left out, since no interval is shorter.
 */
const fifoRound = (configuration: BitletConfiguration, work: RoundWork): number => {
  const { round, intervals, whole, short, copies } = work;
  const { fifoDepth } = configuration;
  const groups = whole + short;
  const steps = groups * round.positionSteps;
  const moves = movesWithPosition(configuration);
  // Steps that one draw lasts while its filter's next group is not reached, and draws until all were seen.
  const stepsOfDraw = !moves && configuration.dataflow === "weight-stationary" ? round.positionSteps : 1;
  const draws = moves ? steps : groups;
  const alone = passOfGroups(work, 1, 1) / groups;
  const { pesOfSet } = round;
  let slowest = alone + runExcess(intervals, Math.min(draws, mostDraws), whole / groups, pesOfSet, copies);
  // The slowest of longer runs is the slower in the mean, so that the run before bounds the next.
  let mean = passOfGroups(work, pesOfSet, copies) / groups;
  for (let run = 1; run < draws; run *= 2) {
    const runSteps = run * stepsOfDraw;
    const taken = Math.min(1, ((steps + fifoDepth) * runSteps) / ((runSteps + fifoDepth) * steps));
    if (mean * taken <= slowest) continue;
    if (run > 1) {
      mean = alone + runExcess(intervals, Math.min(run, mostDraws), whole / groups, pesOfSet, copies);
    }
    slowest = Math.max(slowest, mean * taken);
  }
  return steps * slowest;
};

const sumsOfRuns = new WeakMap<readonly IntervalSum[], Map<string, IntervalSum[]>>();

/** By how much the mean interval of the slowest processing element exceeds that of any, over a run of `draws` groups. */
const runExcess = (
  { whole, short, shares }: ExpectedIntervals,
  draws: number,
  wholeShare: number,
  pes: number,
  copies: number,
): number => {
  const wholeDraws = Math.round(draws * wholeShare);
  const shortDraws = draws - wholeDraws;
  // Sums are many products, and configurations that differ in processing elements alone share them.
  const parts = wholeDraws > 0 ? whole : short;
  const known = sumsOfRuns.get(parts) ?? new Map<string, IntervalSum[]>();
  sumsOfRuns.set(parts, known);
  const key = `${wholeDraws}/${shortDraws}`;
  let sums = known.get(key);
  if (sums === undefined) {
    sums = shares.map((_, node) => plus(times(whole[node], wholeDraws), times(short[node], shortDraws)));
    known.set(key, sums);
  }
  return (expectedLargest(sums, shares, pes, copies) - expectedLargest(sums, shares, 1, 1)) / draws;
};
