import type { GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { broadcastBeats, groupInterval, sequenceTail } from "../../bit-interleaving/timing.ts";
import { batched } from "../../workloads/batch.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import { FifoArray } from "../fifo.ts";
import type { TracedCycles } from "../machine.ts";
import { type Round, rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";
import { cycleSplit } from "./cycle-split.ts";
import { orderedFilters } from "./filter-order.ts";

/**
 * Cycles of a layer from the scan of each of its groups: rounds of filters, one after another, convolution
 * groups one after another. A processing element takes as long for a step as the slowest of the filters packed on it.
 * `lockstep`: every step lasts as long as its slowest processing element. `independent`: the largest sum of a
 * processing element's own groups, no barrier between rounds. `fifo`: processing elements run ahead within a round as
 * far as `FifoArray` lets them; loop order inside a round (the dataflow) matters here only. Where the scan depends on
 * activations, position step i of position set s has activation vector i + s, counted around [our decision], and the
 * result is the mean over the vector that step 0 of set 0 starts with. `statistics` are those of the configuration's
 * request.
 */
export const tracedCycles = (
  configuration: BitletConfiguration,
  layer: LayerShape,
  statistics: GroupStatistics,
): TracedCycles => {
  const { pes, spread, packing, sync, pipeline, timing } = configuration;
  const { groups, vectors } = statistics;
  const filtersOfGroup = layer.filters / layer.groups;
  const { positions, repeats } = batched(layer, configuration.batch);
  const plan = rounds(filtersOfGroup, positions, pes, spread, packing);
  const intervals = intervalTable(configuration);

  let lockstep = 0;
  let fifo = 0;
  let slowest = 0;
  let busy = 0;
  const own = new Float64Array(pes);
  // Slowest processing element at one group, by activation vector.
  const longest = new Float64Array(vectors);
  for (let convolutionGroup = 0; convolutionGroup < layer.groups; convolutionGroup++) {
    const base = convolutionGroup * filtersOfGroup;
    const members = orderedFilters(configuration.order, statistics, base, filtersOfGroup);
    // Every filter of the group, as if packed on one processing element.
    const any = stepIntervals(configuration, statistics, intervals, members, filtersOfGroup);
    let slowestShared = 0;
    let slowestAny = 0;
    for (let group = 0; group < groups; group++) {
      const steps = any.subarray(group * vectors, (group + 1) * vectors);
      slowestShared += sumOfWindows(steps, 1);
      slowestAny += sumOfWindows(steps, vectors);
    }
    for (const round of plan) {
      const { positionSets, pesOfSet } = round;
      slowest += round.positionSteps * (positionSets === 1 ? slowestShared : slowestAny);
      const here = members.slice(round.firstFilter, round.firstFilter + round.filters);
      const steps = stepIntervals(configuration, statistics, intervals, here, packing);
      const wholeSteps = Math.floor(positions / positionSets);
      const rest = positions % positionSets;
      for (let group = 0; group < groups; group++) {
        for (let vector = 0; vector < vectors; vector++) {
          const row = (group * vectors + vector) * pesOfSet;
          let largest = 0;
          for (let pe = 0; pe < pesOfSet; pe++) {
            const length = steps[row + pe];
            if (length > largest) largest = length;
            busy += length;
            for (let set = 0; set < positionSets; set++) {
              // Set s has the positions s, s + positionSets, …: the last step may find no position for it.
              own[set * pesOfSet + pe] += (wholeSteps + (set < rest ? 1 : 0)) * length;
            }
          }
          longest[vector] = largest;
        }
        lockstep += wholeSteps * sumOfWindows(longest, positionSets);
        if (rest > 0) lockstep += sumOfWindows(longest, rest);
      }
      if (sync === "fifo") fifo += fifoRound(configuration, round, positions, steps, groups, vectors);
    }
  }
  const independent = own.reduce((most, sum) => Math.max(most, sum), 0);
  const tail = sequenceTail(pipeline, timing);
  const total = (sum: number): number => repeats * (sum / vectors + tail);
  const cycles = total({ lockstep, independent, fifo }[sync]);
  const busyCycles = (repeats * positions * busy) / vectors;
  const found = { cycles, busyCycles, tail: repeats * tail };
  return {
    cycles,
    busyCycles,
    split: cycleSplit(configuration, layer, statistics, plan, found, intervals),
    optimisticCycles: total(independent),
    pessimisticCycles: total(slowest),
  };
};

/**
 * Intervals of the processing elements of one position set that hold the filters `members`, `packing` each: shape
 * [groups, vectors, elements].
 */
const stepIntervals = (
  { distillation, laneWidth }: BitletConfiguration,
  { filters, groups, vectors, cycles }: GroupStatistics,
  intervals: Uint16Array,
  members: readonly number[],
  packing: number,
): Uint16Array => {
  const pes = Math.ceil(members.length / packing);
  const result = new Uint16Array(groups * vectors * pes);
  members.forEach((filter, index) => {
    const pe = Math.floor(index / packing);
    for (let vector = 0; vector < vectors; vector++) {
      const row = (vector * filters + filter) * groups;
      for (let group = 0; group < groups; group++) {
        const interval = intervals[distillation ? cycles[row + group] : laneWidth];
        const place = (group * vectors + vector) * pes + pe;
        if (interval > result[place]) result[place] = interval;
      }
    }
  });
  return result;
};

/**
 * Cycles of a round behind FIFOs, summed over the vectors that it may start with. Position sets that are a multiple
 * of the number of vectors apart have the same intervals and the later one no more positions, so that it never is
 * behind the earlier one: one of each kind is run.
 */
const fifoRound = (
  { dataflow, fifoDepth, pipeline, timing }: BitletConfiguration,
  { pesOfSet, positionSets }: Round,
  positions: number,
  steps: Uint16Array,
  groups: number,
  vectors: number,
): number => {
  const sets = Math.min(positionSets, vectors);
  const pes = sets * pesOfSet;
  const stationary = dataflow === "weight-stationary";
  // In loop order: rows of vectors for each group, or rows of groups for each vector.
  const rows = new Uint16Array(groups * vectors * pes);
  for (let group = 0; group < groups; group++) {
    for (let vector = 0; vector < vectors; vector++) {
      const row = stationary ? group * vectors + vector : vector * groups + group;
      for (let set = 0; set < sets; set++) {
        const from = (group * vectors + ((vector + set) % vectors)) * pesOfSet;
        rows.set(steps.subarray(from, from + pesOfSet), row * pes + set * pesOfSet);
      }
    }
  }
  const rest = positions % positionSets;
  const wholeSteps = Math.floor(positions / positionSets);
  const array = new FifoArray(pes, fifoDepth, broadcastBeats(pipeline, timing));
  const lastWorking = Math.min(sets, rest) * pesOfSet;
  let sum = 0;
  for (let start = 0; start < vectors; start++) {
    const last = (start + wholeSteps) % vectors;
    array.reset();
    if (stationary) {
      for (let group = 0; group < groups; group++) {
        const ofGroup = rows.subarray(group * vectors * pes, (group + 1) * vectors * pes);
        array.run(ofGroup, start, wholeSteps, pes);
        if (rest > 0) array.run(ofGroup, last, 1, lastWorking);
      }
    } else {
      array.run(rows, start * groups, wholeSteps * groups, pes);
      if (rest > 0) array.run(rows, last * groups, groups, lastWorking);
    }
    sum += array.finished;
  }
  return sum;
};

/** Σ over positions i of the largest of `size` values from i on, around the end; all of them if there are fewer. */
const sumOfWindows = (values: ArrayLike<number>, size: number): number => {
  let sum = 0;
  for (let start = 0; start < values.length; start++) {
    let largest = 0;
    for (let offset = 0; offset < Math.min(size, values.length); offset++) {
      largest = Math.max(largest, values[(start + offset) % values.length]);
    }
    sum += largest;
  }
  return sum;
};

/** Interval of a group by its scan, 0 … 511. */
const intervalTable = ({ pipeline, timing }: BitletConfiguration): Uint16Array => {
  const intervals = new Uint16Array(512);
  for (let scan = 0; scan < intervals.length; scan++) intervals[scan] = groupInterval(pipeline, timing, scan);
  return intervals;
};
