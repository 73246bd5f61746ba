import type { LayerShape } from "../../workloads/layer.ts";
import { arraySchedule, type OutputStationaryArray } from "../output-stationary-array.ts";
import type { Configuration, ParameterDescriptor } from "../parameter.ts";

/** Weights that a processing element multiplies side by side, a bit of each in a cycle. */
export const elementLanes = 8;

/** Processing elements of one array. */
export const arrayElements = 512;

/** Weights that share a bit column, filters in lockstep, output positions, as the simulator of the BBS authors lists them. */
const unrollings = ["8x32x16", "16x32x8", "32x32x4", "128x8x1", "16x64x1", "32x32x1", "16x1x16"] as const;

/** The unrolling, and how many arrays there are. */
export const unrollingParameters: readonly ParameterDescriptor[] = [
  {
    name: "spatialUnrolling",
    kind: "choice",
    choices: ["best", ...unrollings],
    default: "best",
    description:
      "Weights that share a bit column × filters in lockstep × output positions; or, for each layer, the one with the fewest steps, of several that with the smallest group.",
  },
  {
    name: "arrays",
    kind: "integer",
    minimum: 1,
    maximum: 64,
    default: 1,
    description:
      "Arrays of 512 processing elements, which work on the same weights, each for output positions of its own.",
  },
];

/** Names of the parameters that the unrolling of a layer depends on. */
export const unrollingParameterNames = ["spatialUnrolling", "arrays", "batch"] as const;

/** What of a configuration decides the unrolling of a layer. */
export interface UnrollingRequest {
  readonly spatialUnrolling: string;
  readonly arrays: number;
  readonly batch: number;
}

/** What a configuration says of it. */
export const unrollingRequest = ({ spatialUnrolling, arrays, batch }: Configuration): UnrollingRequest => ({
  spatialUnrolling: String(spatialUnrolling),
  arrays: Number(arrays),
  batch: Number(batch),
});

const arrayOf = (unrolling: string, { arrays, batch }: UnrollingRequest): OutputStationaryArray => {
  const [group, columns, positions] = unrolling.split("x").map(Number);
  return { group, columns, positions: positions * arrays, batch };
};

/**
 * The array that a layer runs on. `best` goes by the shape alone, so that the layer's traffic is known before its weights
 * are: the fewest steps, and of several the smallest group, in which most columns are zero [our decision: the simulator of
 * the BBS authors takes the fewest cycles].
 */
export const unrolledArray = (layer: LayerShape, request: UnrollingRequest): OutputStationaryArray => {
  const { spatialUnrolling } = request;
  if (spatialUnrolling !== "best") return arrayOf(spatialUnrolling, request);
  const steps = (array: OutputStationaryArray): number => {
    const { groups, filterSets, positionSets } = arraySchedule(layer, array);
    return groups * filterSets * positionSets;
  };
  return unrollings
    .map((unrolling) => arrayOf(unrolling, request))
    .reduce((best, array) => {
      const fewer = steps(array) - steps(best);
      return fewer < 0 || (fewer === 0 && array.group < best.group) ? array : best;
    });
};

/** Weights of a dot product that share a bit column: where the layer would decide, those of one processing element. */
export const productGroup = ({ spatialUnrolling }: Configuration): number =>
  spatialUnrolling === "best" ? elementLanes : Number(String(spatialUnrolling).split("x")[0]);

/** Processing elements that hold a group of so many weights. */
export const elementsOf = (weights: number): number => Math.ceil(weights / elementLanes);
