import { type Layer, type LayerShape, parameters } from "./layer.ts";
import type { Movement, Network } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A network without weights: what a layer table, a topology file or a builder of a published network says. Its layers
 * are in execution order, at batch 1.
 */
export interface Architecture {
  readonly name: string;
  /** Where it came from, as the user wrote it. */
  readonly source: string;
  readonly inputs: Network["inputs"];
  readonly layers: readonly LayerShape[];
  readonly movements: readonly Movement[];
  readonly absorbed: Network["absorbed"];
  /**
   * Trained scalars that belong to no layer: scales of folded batch normalizations (their shifts are biases), scales and
   * shifts of other normalizations, embeddings, class tokens. Absent where the source does not tell.
   */
  readonly otherParameters?: number;
  /** Layers that apply the weights of an earlier layer again, with its name: those weights are trained once. */
  readonly sharedWeights?: Readonly<Record<string, string>>;
}

/** Trained parameters of a network: of its layers, shared weights once, and those that belong to no layer. */
export const architectureParameters = ({
  layers,
  sharedWeights = {},
  otherParameters = 0,
}: Architecture): number => {
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
