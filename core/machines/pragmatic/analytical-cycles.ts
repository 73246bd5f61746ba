import type { LayerShape } from "../../workloads/layer.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { isStaggered } from "../staggered-columns.ts";
import { staggeredPace } from "../staggered-pace.ts";
import { tileOrganisation, tileSchedule } from "../tile-organisation.ts";
import { windowPlan } from "../window-sets.ts";
import { stepsByLanes } from "../working-lanes.ts";
import { columnHistogram, expectedSteps, type StepKind } from "./expected-columns.ts";
import type { ColumnStatistics } from "./term-columns.ts";

/** Cycles from the terms that activations have in each interval of places, every lane and window being independent. */
export const analyticalCycles = (
  configuration: Configuration,
  layer: LayerShape,
  { intervals }: ColumnStatistics,
): ComputeCycles => {
  const organisation = tileOrganisation(configuration);
  const schedule = tileSchedule(layer, organisation);
  const { repeats, groups, filters, positions, filterPasses } = schedule;
  const { laneWidth, windows, batch } = organisation;
  const kinds: StepKind[] = [...stepsByLanes(layer, laneWidth)].map(([lanes, steps]) => ({
    steps,
    histogram: columnHistogram(intervals, lanes, Number(configuration.firstStageBits)),
  }));
  const busy = kinds.reduce((sum, { steps, histogram }) => sum + steps * expectedMaximum(histogram, 1), 0);
  const busyCycles = repeats * groups * filters * positions * busy;
  if (isStaggered(schedule)) {
    const steps = kinds.reduce((sum, kind) => sum + kind.steps, 0);
    const mean = Float64Array.from(kinds[0].histogram, (_, cycles) =>
      kinds.reduce((sum, kind) => sum + (kind.steps / steps) * kind.histogram[cycles], 0),
    );
    return {
      cycles: repeats * staggeredPace(windows, groups * filterPasses * steps, mean),
      busyCycles,
    };
  }
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  const registers = Number(configuration.columnRegisters);
  const sets =
    (fullSets > 0 ? fullSets * expectedSteps(kinds, windows, registers) : 0) +
    (lastColumns > 0 ? expectedSteps(kinds, lastColumns, registers) : 0);
  return { cycles: repeats * groups * filterPasses * sets, busyCycles };
};
