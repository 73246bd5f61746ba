import { type Layer, type LayerShape, parameters } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A network without weights: what a layer table, a topology file or a builder of a published network says. Its layers
 * are in execution order, at batch 1.
 */
export interface Architecture extends Omit<Network, "layers" | "foldedBatchNormalizations"> {
  readonly layers: readonly LayerShape[];
}

/** Trained parameters of a network: of its layers, shared weights once, and those that belong to no layer. */
export const networkParameters = ({
  layers,
  sharedWeights = {},
  otherParameters = 0,
}: Pick<Architecture, "layers" | "sharedWeights" | "otherParameters">): number => {
  const own = layers.filter(({ name }) => !Object.hasOwn(sharedWeights, name));
  return own.reduce((sum, layer) => sum + parameters(layer), otherParameters);
};

/** The shape of a layer's weights: [M, R, S, C/G], with the kernel's depth behind M where the layer has one. */
export const weightShape = (layer: LayerShape): number[] => [
  layer.filters,
  ...(layer.depth === undefined ? [] : [layer.depth.kernel]),
  layer.kernelHeight,
  layer.kernelWidth,
  layer.channels / layer.groups,
];

/** The network of an architecture; `weightsOf` yields a tensor of `weightShape(layer)` for each layer. */
export const withWeights = (
  architecture: Architecture,
  weightsOf: (layer: LayerShape, index: number) => Tensor,
): Network => ({
  ...architecture,
  layers: architecture.layers.map((layer, index): Layer => ({ ...layer, weights: weightsOf(layer, index) })),
  foldedBatchNormalizations: 0,
});
