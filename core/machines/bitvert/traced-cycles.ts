import { type LayerShape, reductionLength } from "../../workloads/layer.ts";
import { bbsArray, bbsWeightBits } from "../bbs-machine.ts";
import type { TracedCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import { settledCycles } from "../settled-cycles.ts";
import { channelsOf } from "./channels.ts";
import { elementWeights } from "./inverted-product.ts";

/** Set by set of filters and positions: each group takes the columns of the filter of the set that has most. */
export const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const array = bbsArray(elementWeights, configuration);
  const { filters, positions, groups, convolutionGroups, repeats } = arraySchedule(layer, array);
  const { sensitive, pruned } = channelsOf(layer, configuration);
  const columnsOf = (filter: number): number => (filter < sensitive ? bbsWeightBits : bbsWeightBits - pruned);
  let cycles = 0;
  let busy = 0;
  let work = 0;
  for (let first = 0; first < filters; first += array.columns) {
    let slowest = 0;
    let own = 0;
    for (let filter = first; filter < Math.min(first + array.columns, filters); filter++) {
      slowest = Math.max(slowest, columnsOf(filter));
      own += columnsOf(filter);
    }
    work += own * reductionLength(layer) * positions;
    for (let position = 0; position < positions; position += array.positions) {
      cycles += groups * slowest;
      busy += groups * own * Math.min(array.positions, positions - position);
    }
  }
  const times = repeats * convolutionGroups;
  const ideal = (times * work) / (array.columns * array.positions * elementWeights);
  return settledCycles(times * cycles, times * busy, { ideal, padding: times * cycles - ideal });
};
