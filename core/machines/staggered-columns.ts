import type { Cycles } from "../units.ts";
import type { LayerShape } from "../workloads/layer.ts";
import type { Configuration } from "./parameter.ts";
import {
  activeTileElements,
  type TileSchedule,
  tileOrganisation,
  tileSchedule,
} from "./tile-organisation.ts";

/**
 * Whether a layer runs on staggered columns: a tile of the DaDianNao family whose columns take operands bit by bit has one
 * window alone for a single output position, and would leave all columns but one idle. Instead the columns take the steps
 * in turn, each with the weights of its own step [Stripes, MICRO 2016; DNNsim]. A batch has positions enough of its own,
 * and runs in windows [our decision], as everything else does.
 */
export const isStaggered = ({ positions }: TileSchedule): boolean => positions === 1;

/**
 * Cycles of `steps` steps on staggered columns: the columns take them in turn, one step enters a cycle at most, in order,
 * and holds its column for `duration(step)` cycles.
 */
export const staggeredCycles = (
  columns: number,
  steps: number,
  duration: (step: number) => Cycles,
): Cycles => {
  const free = new Float64Array(columns);
  let next = 0;
  let end = 0;
  let column = 0;
  for (let step = 0; step < steps; step++) {
    const start = Math.max(next, free[column]);
    free[column] = start + duration(step);
    end = Math.max(end, free[column]);
    next = start + 1;
    column = column + 1 === columns ? 0 : column + 1;
  }
  return end;
};

/**
 * Processing elements with work in a layer: one for each filter, in as many columns as there are windows, or, where these
 * are staggered, steps.
 */
export const activeSerialElements = (configuration: Configuration, layer: LayerShape): number => {
  const organisation = tileOrganisation(configuration);
  const schedule = tileSchedule(layer, organisation);
  if (!isStaggered(schedule)) return activeTileElements(schedule, organisation);
  const { tiles, filtersPerTile, windows } = organisation;
  const { filters, steps, repeats } = schedule;
  return Math.min(filters, tiles * filtersPerTile) * Math.min(steps / repeats, windows);
};
