import { sameExponentProbability } from "../../bit-interleaving/activation-exponents.ts";
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
  distillation && format.kind === "float" && activationExponents !== "ignore";

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
 * `FifoArray`: a path stays with one processing element for a run of steps, all of whose intervals it adds up, and may
 * then go on with another, for which the broadcast lets it skip `fifoDepth` steps. Paths of equal runs are compared:
 * with r steps a run and n steps in all, (n + depth) / (r + depth) runs, each of them the largest of the processing
 * elements' sums. Runs of one step without FIFOs are lockstep, and a single run is the processing element with the most
 * work; in between, real paths choose where to change, so that they are longer. Position sets of a filter are taken to
 * need the same time in a run of several steps, and the beats of the broadcast are left out, since no interval is
 * shorter.
 */
const fifoRound = (configuration: BitletConfiguration, work: RoundWork): number => {
  const { round, whole, short, copies } = work;
  const { pesOfSet, positionSteps } = round;
  const { fifoDepth } = configuration;
  const groups = whole + short;
  const steps = groups * positionSteps;
  const stationary = configuration.dataflow === "weight-stationary";
  const alike = movesWithPosition(configuration) ? sameExponent : 1;
  const alone = passOfGroups(work, 1, 1) / groups;
  const meanOfRun = (run: number): number => {
    const groupsOfRun = stationary ? Math.max(1, run / positionSteps) : Math.min(run, groups);
    const draws = independentDraws(groupsOfRun, run / groupsOfRun, alike);
    return alone + runExcess(work, Math.min(mostDraws, Math.max(1, Math.round(draws))));
  };
  // The slowest of longer runs is the faster in the mean: rounding alone could make it slower.
  let mean = passOfGroups(work, pesOfSet, copies) / groups;
  let slowest = 0;
  const shortest = stationary && alike === 1 ? positionSteps : 1;
  for (let run = shortest; run < steps; run *= 2) {
    const taken = Math.min(1, ((steps + fifoDepth) * run) / ((run + fifoDepth) * steps));
    if (run > shortest) mean = Math.min(mean, meanOfRun(run));
    slowest = Math.max(slowest, mean * taken);
  }
  return steps * Math.max(slowest, Math.min(mean, meanOfRun(steps)));
};

/**
 * Independent draws whose mean has the variance of that of `groups` · `positions` intervals, where the intervals of a
 * group at two positions have the correlation `alike`. It is 1 where activations do not move the weights. Where they do,
 * two counts of a plane have those lanes in common whose activations have the same exponent at both positions, and it
 * is taken as the probability of that for half-normal magnitudes, 0.21, also where activations have zeros or were
 * captured; three layers of trained networks show 0.15 to 0.19.
 */
const independentDraws = (groups: number, positions: number, alike: number): number =>
  (groups * positions) / (positions * alike + 1 - alike);

const sameExponent = sameExponentProbability();

const sumsOfRuns = new WeakMap<readonly IntervalSum[], Map<string, IntervalSum[]>>();

/** By how much the mean interval of the slowest processing element exceeds that of any, over a run of `draws` groups. */
const runExcess = ({ intervals, round, whole, short }: RoundWork, draws: number): number => {
  const { shares } = intervals;
  const wholeDraws = Math.round((draws * whole) / (whole + short));
  const shortDraws = draws - wholeDraws;
  // Sums are many products, and configurations that differ in processing elements alone share them.
  const parts = wholeDraws > 0 ? intervals.whole : intervals.short;
  const known = sumsOfRuns.get(parts) ?? new Map<string, IntervalSum[]>();
  sumsOfRuns.set(parts, known);
  const key = `${wholeDraws}/${shortDraws}`;
  let sums = known.get(key);
  if (sums === undefined) {
    sums = shares.map((_, node) =>
      plus(times(intervals.whole[node], wholeDraws), times(intervals.short[node], shortDraws)),
    );
    known.set(key, sums);
  }
  return (expectedLargest(sums, shares, round.pesOfSet, 1) - expectedLargest(sums, shares, 1, 1)) / draws;
};
