import type { GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { groupInterval, sequenceTail } from "../../bit-interleaving/timing.ts";
import { batched } from "../../workloads/batch.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/**
 * Cycles of a layer from the scan of each of its groups (MODEL §6): rounds of filters, one after another, convolution
 * groups one after another. `lockstep`: every step lasts as long as its slowest processing element. `independent`:
 * the largest sum of a processing element's own groups, no barrier between rounds. Where the scan depends on
 * activations, the mean over the activation vectors, which all processing elements share. Loop order inside a round
 * (the dataflow) changes neither. `statistics` are those of the configuration's request.
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
  for (let convolutionGroup = 0; convolutionGroup < layer.groups; convolutionGroup++) {
    const base = convolutionGroup * filtersOfGroup;
    let slowestFilter = 0;
    for (let group = 0; group < groups; group++) {
      for (let vector = 0; vector < vectors; vector++) {
        let largest = 0;
        for (let filter = 0; filter < filtersOfGroup; filter++) {
          largest = Math.max(largest, interval(vector, base + filter, group));
        }
        slowestFilter += largest;
      }
    }
    for (const round of plan) {
      slowest += round.positionSteps * slowestFilter;
      const first = base + round.firstFilter;
      for (let group = 0; group < groups; group++) {
        for (let vector = 0; vector < vectors; vector++) {
          let largest = 0;
          for (let filter = 0; filter < round.filters; filter++) {
            const length = interval(vector, first + filter, group);
            if (length > largest) largest = length;
            busy += length;
            for (let set = 0; set < round.positionSets; set++) {
              // Set s has the positions s, s + positionSets, …: the last step may find no position for it.
              const steps = Math.ceil((positions - set) / round.positionSets);
              own[set * round.filters + filter] += steps * length;
            }
          }
          lockstep += round.positionSteps * largest;
        }
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

/** Interval of a group by its scan, 0 … 511. */
const intervalTable = (configuration: BitletConfiguration): Float64Array =>
  Float64Array.from({ length: 512 }, (_, scan) =>
    groupInterval(configuration.pipeline, configuration.timing, scan),
  );
