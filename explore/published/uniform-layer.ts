import { type Layer, type LayerShape, reductionLength } from "../../core/workloads/layer.ts";

/** Vectors of activations of a uniform layer: as many as DaDianNao's family has windows. */
const vectors = 16;

/** The layer with every weight the same, and as captured activations every activation. */
export const uniformLayer = (layer: LayerShape, weight: number, activation: number): Layer => {
  const channels = layer.channels / layer.groups;
  return {
    ...layer,
    weights: {
      shape: [layer.filters, layer.kernelHeight, layer.kernelWidth, channels],
      values: new Float32Array(layer.filters * reductionLength(layer)).fill(weight),
      stored: "float32",
      origin: "synthetic",
    },
    activations: {
      values: new Float32Array(vectors * layer.groups * reductionLength(layer)).fill(activation),
      vectors,
      source: "uniform",
    },
  };
};
