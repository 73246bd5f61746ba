import { NetworkError } from "../errors.ts";
import { type Architecture, weightShape, withWeights } from "./architecture.ts";
import { activationOperand } from "./build-layer.ts";
import type { LayerShape } from "./layer.ts";
import type { Network } from "./network.ts";
import { elementCount } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import { drawWeights, type WeightDistribution } from "./weight-distribution.ts";

/** What the weights of a kind of networks are distributed as, by what a filter sees of its input. */
export interface WeightDistributions {
  /** Layers whose filters see several channels. */
  readonly dense: WeightDistribution;
  /** Convolutions whose filters see one channel of several each; as the dense layers where it is left out. */
  readonly depthwise?: WeightDistribution;
}

/** Weights that are drawn for a network; of a larger one only a sample of the filters is. */
export const mostSyntheticWeights = 20e6;

/** Weights that a network is held with, drawn or repeated: 1 GiB. */
const mostHeldWeights = 2 ** 28;

/** Filters that a sample has at least: as many as the published machine has processing elements. */
const leastSample = 32;

/** Whether every filter sees one channel of several. */
export const isDepthwise = ({ channels, groups }: LayerShape): boolean => groups > 1 && groups === channels;

const weightCount = (layer: LayerShape): number => elementCount(weightShape(layer));

/** Filters of a layer that are drawn where a network of `total` weights has `most` drawn. */
const sampleOf = (filters: number, total: number, most: number): number =>
  Math.min(filters, Math.max(leastSample, total <= most ? filters : Math.ceil((filters * most) / total)));

/**
 * The network of an architecture with drawn weights: layer i has stream i of the seed, and what the distributions say for
 * it. Layers that share the weights of an earlier one have its tensor. Products of two activations have stand-ins
 * (`activationOperand`). Of a network with more than `most` drawn weights each layer draws the same share of its
 * filters, at least 32, and repeats them (`drawWeights`); its tensors say so. Throws NetworkError for a network of more
 * than 2²⁸ weights, stand-ins included.
 */
export const syntheticWeights = (
  architecture: Architecture,
  distributions: WeightDistributions,
  seed: number,
  most = mostSyntheticWeights,
): Network => {
  const { name, layers, sharedWeights = {} } = architecture;
  let total = 0;
  let held = 0;
  for (const layer of layers) {
    if (Object.hasOwn(sharedWeights, layer.name)) continue;
    const weights = weightCount(layer);
    held += weights;
    if (layer.kind !== "matmul") total += weights;
    if (held <= mostHeldWeights) continue;
    const problem = `layer ${layer.name}: with it ${held} synthetic weights would be held, at most ${mostHeldWeights} are`;
    throw new NetworkError(name, problem);
  }
  const tensors = new Map<string, Tensor>();
  return withWeights(architecture, (layer, index) => {
    const shared = Object.hasOwn(sharedWeights, layer.name)
      ? tensors.get(sharedWeights[layer.name])
      : undefined;
    if (shared !== undefined) return shared;
    if (layer.kind === "matmul") {
      return activationOperand(layer.filters, layer.channels / layer.groups, index);
    }
    const { dense, depthwise = dense } = distributions;
    const distribution = isDepthwise(layer) ? depthwise : dense;
    const tensor = drawWeights(layer, distribution, seed, index, sampleOf(layer.filters, total, most));
    tensors.set(layer.name, tensor);
    return tensor;
  });
};
