import {
  filterShares,
  groupDistributions,
  type PlaneDensities,
  type ScanTable,
  scanTable,
  sharesOfRanks,
} from "../../bit-interleaving/expected-scan.ts";
import { type IntervalSum, intervalOf, noInterval } from "../../bit-interleaving/interval-sum.ts";
import { planeMask } from "../../bit-interleaving/planes.ts";
import { groupInterval } from "../../bit-interleaving/timing.ts";
import type { Round } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/** Distributions of a processing element's interval, one for each node of the common factor of a filter's planes. */
export interface ExpectedIntervals {
  /** Shares of the round's processing elements at each node. */
  readonly shares: readonly number[];
  /** Of a group of laneWidth weights, and of the shorter last one; no interval where there is none. */
  readonly whole: readonly IntervalSum[];
  readonly short: readonly IntervalSum[];
}

/**
 * Intervals of the processing elements of a round. Its filters are spread evenly over them. With `order: index` filters
 * are draws from all nodes, and a processing element with several stands at the node of its densest. With
 * `order: load` they come from the part of the factor's distribution that has the round's ranks, as if the factor alone
 * decided the order, and those that share a processing element, neighbours in that order, have the same node. The order
 * sorts what chance adds to a filter's work, too, so that filters are more alike than they are taken to be.
 */
export const expectedIntervals = (
  configuration: BitletConfiguration,
  densities: PlaneDensities,
  reductionLength: number,
  round: Round,
  filters: number,
): ExpectedIntervals => {
  const { laneWidth, order } = configuration;
  const packed = round.filters / round.pesOfSet;
  const at = (lanes: number): IntervalSum[] =>
    lanes === 0 ? filterShares.map(() => noInterval) : intervalsOf(configuration, densities, lanes, packed);
  const upTo = cumulative(filterShares);
  return {
    shares:
      order === "load"
        ? sharesOfRanks(round.firstFilter / filters, (round.firstFilter + round.filters) / filters)
        : differences(upTo.map((share) => share ** packed)),
    whole: at(reductionLength < laneWidth ? 0 : laneWidth),
    short: at(reductionLength % laneWidth),
  };
};

const tables = new Map<string, ScanTable>();
const distributions = new WeakMap<PlaneDensities, Map<string, IntervalSum[]>>();

/**
 * Interval of a group with `lanes` real lanes for the slowest of `packed` filters. Tables are pure functions of the
 * sizes, and a distribution of the densities too, while configurations that share both are many: so they are kept.
 */
const intervalsOf = (
  { format, activePlanes, laneWidth, pipeline, timing, distillation, order }: BitletConfiguration,
  densities: PlaneDensities,
  lanes: number,
  packed: number,
): IntervalSum[] => {
  const interval = (scan: number): number => groupInterval(pipeline, timing, scan);
  if (!distillation)
    return filterShares.map(() => ({ first: interval(laneWidth), masses: Float64Array.of(1) }));
  const mask = planeMask(format.planes, activePlanes);
  const sizes = `${lanes}/${laneWidth}/${timing.window}`;
  const key = `${sizes}/${mask}/${pipeline}/${timing.kind}/${timing.inputPorts}/${packed}/${order}`;
  const known = distributions.get(densities) ?? new Map<string, IntervalSum[]>();
  distributions.set(densities, known);
  let intervals = known.get(key);
  if (intervals === undefined) {
    const table = tables.get(sizes) ?? scanTable(lanes, laneWidth, timing.window);
    tables.set(sizes, table);
    const atNodes = groupDistributions(densities, mask, table);
    intervals = (order === "load" ? packedAlike(atNodes, packed) : packedAtRandom(atNodes, packed)).map(
      (distribution) => intervalOf(distribution, interval),
    );
    known.set(key, intervals);
  }
  return intervals;
};

/** The largest of `packed` filters that stand at the same node. */
const packedAlike = (atNodes: readonly Float64Array[], packed: number): Float64Array[] =>
  atNodes.map((distribution) => distribution.map((probability) => probability ** packed));

/** The largest of `packed` filters at any nodes, by the highest of these: exact for one group. */
const packedAtRandom = (atNodes: readonly Float64Array[], packed: number): Float64Array[] => {
  const nodeShares = differences(cumulative(filterShares).map((share) => share ** packed));
  const result = atNodes.map((distribution) => new Float64Array(distribution.length));
  for (let count = 0; count < atNodes[0].length; count++) {
    // Probability of at most `count` cycles and of no filter above the node.
    const joint = cumulative(filterShares.map((share, node) => share * atNodes[node][count]));
    differences(joint.map((probability) => probability ** packed)).forEach((probability, node) => {
      result[node][count] = probability / nodeShares[node];
    });
  }
  return result;
};

const cumulative = (values: readonly number[]): number[] => {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
};

const differences = (values: readonly number[]): number[] =>
  values.map((value, index) => value - (index === 0 ? 0 : values[index - 1]));
