import { densitiesAtNodes, filterShares } from "../../bit-interleaving/expected-scan.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import { reductionLength } from "../../workloads/layer.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import { arraySchedule } from "../output-stationary-array.ts";
import type { Configuration } from "../parameter.ts";
import { magnitudeColumns } from "./bit-flip.ts";
import type { ColumnStatistics } from "./column-statistics.ts";
import { elementsOf, unrolledArray, unrollingRequest } from "./unrolling.ts";

/**
 * Cycles of a layer from the densities of its magnitude columns alone: a column of a group is zero where all its weights
 * are, independent of the other columns; of more than flipped bits leave, that many are left. Densities move together from
 * filter to filter as the measured variances say.
 */
export const analyticalCycles = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: ColumnStatistics,
): ComputeCycles => {
  const array = unrolledArray(layer, unrollingRequest(configuration));
  const { filters, positions, groups, lastLanes, positionSets, convolutionGroups, repeats } = arraySchedule(
    layer,
    array,
  );
  const most = magnitudeColumns - (layer.kind === "matmul" ? 0 : Number(configuration.bitFlip));
  const length = reductionLength(layer);
  const whole = columnsOfGroup(statistics, array.group, length, most);
  const last = columnsOfGroup(statistics, lastLanes, length, most);
  const filterCycles = (atOnce: number): number =>
    (groups - 1) * expectedMaximum(whole, atOnce) + expectedMaximum(last, atOnce);
  const full = Math.floor(filters / array.columns);
  const rest = filters % array.columns;
  const times = repeats * convolutionGroups;
  const own =
    (groups - 1) * elementsOf(array.group) * expectedMaximum(whole, 1) +
    elementsOf(lastLanes) * expectedMaximum(last, 1);
  return {
    cycles: times * positionSets * (full * filterCycles(array.columns) + filterCycles(rest)),
    busyCycles: times * positions * filters * own,
  };
};

/** Probabilities that a group of `lanes` weights has 0, 1, … columns that are not zero, at most `most`; none counts as one. */
const columnsOfGroup = (
  { density, densityVariance }: ColumnStatistics,
  lanes: number,
  length: number,
  most: number,
): Float64Array => {
  const byColumn = Array.from(density, (mean, column) => {
    const noise = (mean * (1 - mean)) / length;
    return densitiesAtNodes(mean, Math.sqrt(Math.max(0, densityVariance[column] - noise)));
  });
  const masses = new Float64Array(magnitudeColumns + 1);
  filterShares.forEach((share, node) => {
    const counts = new Float64Array(magnitudeColumns + 1);
    counts[0] = share;
    for (const atNodes of byColumn) {
      const zero = (1 - atNodes[node]) ** lanes;
      for (let count = magnitudeColumns; count > 0; count--) {
        counts[count] = counts[count] * zero + counts[count - 1] * (1 - zero);
      }
      counts[0] *= zero;
    }
    counts.forEach((probability, count) => {
      masses[Math.max(1, Math.min(most, count))] += probability;
    });
  });
  return masses;
};
