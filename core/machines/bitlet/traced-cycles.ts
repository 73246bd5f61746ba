import type { GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { groupInterval, sequenceTail } from "../../bit-interleaving/timing.ts";
import { batched } from "../../workloads/batch.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/**
 * Cycles of a layer from the scan of each of its groups: rounds of filters, one after another, convolution
 * groups one after another. `lockstep`: every step lasts as long as its slowest processing element. `independent`:
 * the largest sum of a processing element's own groups, no barrier between rounds. Loop order inside a round (the
 * dataflow) changes neither. Where the scan depends on activations, the mean over the activation vectors: the filters
 * of a position share one, and position sets have different ones, set s the vector s places on [our decision].
 * `statistics` are those of the configuration's request.
 */
export const tracedCycles = (
  configuration: BitletConfiguration,
  layer: LayerShape,
  statistics: GroupStatistics,
): TracedCycles => {
  const { pes, spread, laneWidth, pipeline, timing } = configuration;
  const { groups, vectors, cycles } = statistics;
  const filtersOfGroup = layer.filters / layer.groups;
  const { positions, repeats } = batched(layer, configuration.batch);
  const plan = rounds(filtersOfGroup, positions, pes, spread);
  const intervals = intervalTable(configuration);
  const interval = (vector: number, filter: number, group: number): number =>
    intervals[
      configuration.distillation ? cycles[(vector * layer.filters + filter) * groups + group] : laneWidth
    ];

  let lockstep = 0;
  let slowest = 0;
  let busy = 0;
  const own = new Float64Array(pes);
  // Slowest filter at one group, by activation vector.
  const longest = new Float64Array(vectors);
  for (let convolutionGroup = 0; convolutionGroup < layer.groups; convolutionGroup++) {
    const base = convolutionGroup * filtersOfGroup;
    let slowestShared = 0;
    let slowestAny = 0;
    for (let group = 0; group < groups; group++) {
      for (let vector = 0; vector < vectors; vector++) {
        let largest = 0;
        for (let filter = 0; filter < filtersOfGroup; filter++) {
          largest = Math.max(largest, interval(vector, base + filter, group));
        }
        longest[vector] = largest;
      }
      slowestShared += sumOfWindows(longest, 1);
      slowestAny += sumOfWindows(longest, vectors);
    }
    for (const round of plan) {
      const { positionSets } = round;
      slowest += round.positionSteps * (positionSets === 1 ? slowestShared : slowestAny);
      const first = base + round.firstFilter;
      const wholeSteps = Math.floor(positions / positionSets);
      const rest = positions % positionSets;
      for (let group = 0; group < groups; group++) {
        for (let vector = 0; vector < vectors; vector++) {
          let largest = 0;
          for (let filter = 0; filter < round.filters; filter++) {
            const length = interval(vector, first + filter, group);
            if (length > largest) largest = length;
            busy += length;
            for (let set = 0; set < positionSets; set++) {
              // Set s has the positions s, s + positionSets, …: the last step may find no position for it.
              own[set * round.filters + filter] += (wholeSteps + (set < rest ? 1 : 0)) * length;
            }
          }
          longest[vector] = largest;
        }
        lockstep += wholeSteps * sumOfWindows(longest, positionSets);
        if (rest > 0) lockstep += sumOfWindows(longest, rest);
      }
    }
  }
  const independent = own.reduce((most, sum) => Math.max(most, sum), 0);
  const tail = sequenceTail(pipeline, timing);
  const total = (sum: number): number => repeats * (sum / vectors + tail);
  return {
    cycles: total(configuration.sync === "lockstep" ? lockstep : independent),
    busyCycles: (repeats * positions * busy) / vectors,
    optimisticCycles: total(independent),
    pessimisticCycles: total(slowest),
  };
};

/** Σ over positions i of the largest of `size` values from i on, around the end; all of them if there are fewer. */
const sumOfWindows = (values: Float64Array, size: number): number => {
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
const intervalTable = (configuration: BitletConfiguration): Float64Array =>
  Float64Array.from({ length: 512 }, (_, scan) =>
    groupInterval(configuration.pipeline, configuration.timing, scan),
  );
