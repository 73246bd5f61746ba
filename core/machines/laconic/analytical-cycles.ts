import type { LayerShape } from "../../workloads/layer.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { isStaggered } from "../staggered-columns.ts";
import { staggeredPace } from "../staggered-pace.ts";
import { tileOrganisation, tileSchedule } from "../tile-organisation.ts";
import { windowPlan } from "../window-sets.ts";
import { stepsByLanes } from "../working-lanes.ts";
import type { StepStatistics } from "./term-steps.ts";

/** Shares by the largest of `draws` independent draws. */
const largestOf = (shares: Float64Array, draws: number): Float64Array => {
  let before = 0;
  let share = 0;
  return shares.map((each) => {
    share += each;
    const upTo = Math.min(1, share) ** draws;
    const here = upTo - before;
    before = upTo;
    return here;
  });
};

/**
 * Shares of steps by their cycles, for `filters` and `windows` that meet in each of `lanes` lanes: the largest product of
 * a lane is the most terms of a weight times the most of an activation.
 */
const stepHistogram = (
  weightTerms: Float64Array,
  activationTerms: Float64Array,
  filters: number,
  windows: number,
  lanes: number,
): Float64Array => {
  const weights = largestOf(weightTerms, filters);
  const activations = largestOf(activationTerms, windows);
  const products = new Float64Array((weights.length - 1) * (activations.length - 1) + 1);
  weights.forEach((weightShare, weight) => {
    activations.forEach((activationShare, activation) => {
      products[weight * activation] += weightShare * activationShare;
    });
  });
  const steps = largestOf(products, lanes);
  // A step without products takes a cycle too.
  steps[1] += steps[0];
  steps[0] = 0;
  return steps;
};

/** Cycles from how many terms weights and activations have, all operands being independent. */
export const analyticalCycles = (
  configuration: Configuration,
  layer: LayerShape,
  { weightTerms, activationTerms }: StepStatistics,
): ComputeCycles => {
  const organisation = tileOrganisation(configuration);
  const schedule = tileSchedule(layer, organisation);
  const { repeats, groups, filters, positions, filterPasses, kernelSteps } = schedule;
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const kinds = stepsByLanes(layer, laneWidth);
  /** All steps of one pass with so many filters and windows, as shares by their cycles. */
  const mixed = (atOnce: number, columns: number): Float64Array => {
    const shares = new Float64Array((weightTerms.length - 1) * (activationTerms.length - 1) + 1);
    for (const [lanes, steps] of kinds) {
      stepHistogram(weightTerms, activationTerms, atOnce, columns, lanes).forEach((share, cycles) => {
        shares[cycles] += (share * steps) / kernelSteps;
      });
    }
    return shares;
  };
  const most = Math.min(filters, tiles * filtersPerTile);
  const last = filters - (filterPasses - 1) * most;
  /** Mean over all passes of a quantity that depends on the filters of a pass. */
  const overPasses = (of: (atOnce: number) => Float64Array): Float64Array => {
    const full = of(most);
    const rest = of(last);
    return full.map((share, cycles) => ((filterPasses - 1) * share + rest[cycles]) / filterPasses);
  };
  const steps = groups * filterPasses * kernelSteps;
  const busyCycles = repeats * groups * filters * positions * kernelSteps * expectedMaximum(mixed(1, 1), 1);
  if (isStaggered(schedule)) {
    const shares = overPasses((atOnce) => mixed(atOnce, 1));
    return { cycles: repeats * staggeredPace(windows, steps, shares), busyCycles };
  }
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  const ofSet = (columns: number): number =>
    columns === 0
      ? 0
      : steps *
        expectedMaximum(
          overPasses((atOnce) => mixed(atOnce, columns)),
          1,
        );
  return {
    cycles: repeats * ((fullSets > 0 ? fullSets * ofSet(windows) : 0) + ofSet(lastColumns)),
    busyCycles,
  };
};
