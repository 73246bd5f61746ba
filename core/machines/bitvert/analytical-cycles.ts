import type { LayerShape } from "../../workloads/layer.ts";
import { bbsArray, bbsWeightBits } from "../bbs-machine.ts";
import type { ComputeCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import { channelsOf } from "./channels.ts";
import { elementWeights } from "./inverted-product.ts";

/** Closed form: sets of sensitive filters take eight cycles for sixteen weights, the others as many fewer as they lost columns. */
export const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const array = bbsArray(elementWeights, configuration);
  const { filters, positions, groups, positionSets, convolutionGroups, repeats } = arraySchedule(
    layer,
    array,
  );
  const { sensitive, pruned } = channelsOf(layer, configuration);
  const sets = (count: number): number => Math.ceil(count / array.columns);
  const times = repeats * convolutionGroups * groups;
  const cyclesOf = (whole: number, short: number): number =>
    bbsWeightBits * whole + (bbsWeightBits - pruned) * short;
  return {
    cycles: times * positionSets * cyclesOf(sets(sensitive), sets(filters - sensitive)),
    busyCycles: times * positions * cyclesOf(sensitive, filters - sensitive),
  };
};
