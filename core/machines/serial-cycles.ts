import type { LayerShape } from "../workloads/layer.ts";
import type { ComputeCycles } from "./machine.ts";
import { isStaggered } from "./staggered-columns.ts";
import { type TileOrganisation, tileSchedule } from "./tile-organisation.ts";

/**
 * Closed form of the cycles of a layer on tiles that take every bit of an operand of `bits` bits: so many cycles a step,
 * all tiles together. On staggered columns as many steps as there are columns take max(bits, columns) cycles, and the last
 * step its bits: steps + bits − 1 where bits are no more than columns. A layer that is repeated ends before it begins again
 * [our decision].
 */
export const serialCycles = (
  layer: LayerShape,
  organisation: TileOrganisation,
  bits: number,
): ComputeCycles => {
  const schedule = tileSchedule(layer, organisation);
  const { steps, repeats, groups, filters, positions, kernelSteps } = schedule;
  const busyCycles = repeats * groups * filters * positions * kernelSteps * bits;
  if (!isStaggered(schedule)) return { cycles: steps * bits, busyCycles };
  const { windows } = organisation;
  const before = steps / repeats - 1;
  const turns = Math.floor(before / windows);
  return {
    cycles: repeats * (turns * Math.max(bits, windows) + (before % windows) + bits),
    busyCycles,
  };
};
