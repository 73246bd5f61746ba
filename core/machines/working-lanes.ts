import type { LayerShape } from "../workloads/layer.ts";
import { laneIndices } from "./tile-organisation.ts";

/** How many lanes have a channel in each step of one window. Shape [kernelSteps]. */
export const workingLanes = (layer: LayerShape, laneWidth: number): Int32Array => {
  const indices = laneIndices(layer, laneWidth);
  const lanes = new Int32Array(indices.length / laneWidth);
  indices.forEach((index, lane) => {
    if (index >= 0) lanes[Math.floor(lane / laneWidth)]++;
  });
  return lanes;
};

/** How many of these steps there are for each number of lanes. */
export const stepsByLanes = (layer: LayerShape, laneWidth: number): ReadonlyMap<number, number> => {
  const steps = new Map<number, number>();
  for (const lanes of workingLanes(layer, laneWidth)) steps.set(lanes, (steps.get(lanes) ?? 0) + 1);
  return steps;
};
