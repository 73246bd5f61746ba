import type { LayerShape } from "../../workloads/layer.ts";
import { kernelElements } from "../../workloads/layer.ts";
import { multipliers } from "./configuration.ts";
import { isFullyConnected, outputsOfTile, tiledPlane } from "./tiles.ts";

interface Array2 {
  readonly height: number;
  readonly width: number;
}

/** Steps of a 16-wide dot product that one output takes. */
export const stepsOfOutput = (layer: LayerShape): number =>
  kernelElements(layer) * Math.ceil(layer.channels / layer.groups / multipliers);

/**
 * Cycles of SCNN's dense twin for one input, closed form: outputs of the largest tile · M · R·S · ⌈(C/G) / 16⌉ [derived from
 * the organisation: the same tiles, a 16-wide dot product over channels in each processing element]. A fully connected
 * layer has no plane: its filters are spread over the processing elements [our decision; one tile would leave all others
 * idle], vectors · G · ⌈(M/G) / elements⌉ · ⌈(C/G) / 16⌉.
 */
export const denseCycles = (layer: LayerShape, array: Array2): number =>
  isFullyConnected(layer)
    ? layer.outputHeight *
      layer.outputWidth *
      layer.groups *
      Math.ceil(layer.filters / layer.groups / (array.height * array.width)) *
      stepsOfOutput(layer)
    : outputsOfTile(tiledPlane(layer, array)) * layer.filters * stepsOfOutput(layer);

/** Processing elements of the dense twin with work. */
export const denseElements = (layer: LayerShape, array: Array2): number => {
  if (isFullyConnected(layer)) return Math.min(layer.filters / layer.groups, array.height * array.width);
  const { vertical, horizontal } = tiledPlane(layer, array);
  return (
    Math.ceil(vertical.output / vertical.outputTile) * Math.ceil(horizontal.output / horizontal.outputTile)
  );
};
