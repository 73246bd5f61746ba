import type { Layer } from "./layer.ts";

/** The trained parameters of a batch normalization, a value a filter; scale is 1 where the file has none. */
export interface Normalization {
  readonly scale: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly epsilon: number;
}

/**
 * The layer with its weights multiplied by scale / √(variance + epsilon) of their filter: computed in float64, rounded
 * to float32. The shift goes into the bias, which has no part in any model, and is not computed. Assumes that
 * `normalization` has one value for each filter.
 */
export const foldNormalization = (layer: Layer, normalization: Normalization): Layer => {
  const values = new Float32Array(layer.weights.values.length);
  const length = values.length / layer.filters;
  for (let filter = 0; filter < layer.filters; filter++) {
    const factor =
      normalization.scale[filter] / Math.sqrt(normalization.variance[filter] + normalization.epsilon);
    for (let index = filter * length; index < (filter + 1) * length; index++) {
      values[index] = layer.weights.values[index] * factor;
    }
  }
  return { ...layer, weights: { ...layer.weights, values } };
};
