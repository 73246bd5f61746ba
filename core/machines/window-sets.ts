import { batched } from "../workloads/batch.ts";
import type { LayerShape } from "../workloads/layer.ts";

/** How the output positions of a layer fill the windows of a tile. */
export interface WindowPlan {
  /** Sets of as many positions as there are windows. */
  readonly fullSets: number;
  /** Positions of the set that is left over; 0 for none. */
  readonly lastColumns: number;
}

/** The sets of windows of one run of a layer. */
export const windowPlan = (layer: LayerShape, batch: number, windows: number): WindowPlan => {
  const { positions } = batched(layer, batch);
  return { fullSets: Math.floor(positions / windows), lastColumns: positions % windows };
};

/**
 * The vectors that stand for the windows of a set: the set that begins with vector v has the vectors v … v + columns − 1,
 * around the end. Shape [vectors]: every vector begins one set, in such an order that neighbouring sets have different
 * vectors as far as there are enough.
 */
export const setStarts = (vectors: number, columns: number): Int32Array => {
  const starts = new Int32Array(vectors);
  const stride = columns % vectors;
  const turn = vectors / greatestCommonDivisor(vectors, stride);
  for (let set = 0; set < vectors; set++) starts[set] = (set * stride + Math.floor(set / turn)) % vectors;
  return starts;
};

const greatestCommonDivisor = (first: number, second: number): number =>
  second === 0 ? first : greatestCommonDivisor(second, first % second);

/**
 * Variance of the mean cycles over all sets of `columns` of the vectors, one beginning with each. The sets overlap: their
 * spread counts as that of vectors / columns independent ones, with the correction of overlapping batch means (Meketon and
 * Schmeiser, Winter Simulation Conference 1984), which errs on the high side for sets of few steps: the longest of a set is
 * no sum over its vectors. What the scale of the activations varies, from the largest of them, is left out. Where the vectors fill a single set it is taken from the spread of the
 * set's steps, as if these were independent [our decision].
 */
export const setVariance = (
  setCycles: ArrayLike<number>,
  columns: number,
  stepCycles: ArrayLike<number>,
): number => {
  const vectors = setCycles.length;
  if (columns < vectors) return (squares(setCycles) * columns) / (vectors * (vectors - columns));
  const steps = stepCycles.length;
  return steps < 2 ? 0 : (squares(stepCycles) * steps) / (steps - 1);
};

/** Σ (x − mean)² */
const squares = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  const mean = sum / values.length;
  let deviations = 0;
  for (let index = 0; index < values.length; index++) deviations += (values[index] - mean) ** 2;
  return deviations;
};
