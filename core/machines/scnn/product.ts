/**
 * The dot product Σ aᵢ·wᵢ of integer codes as a processing element of SCNN computes it: zero operands are in no queue;
 * of the products of all non-zero inputs with all non-zero weights, those that belong to this output are added up in one
 * bank, one after another. Exact.
 */
export const nonZeroProduct = (weights: Int32Array, activations: Int32Array): number => {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] !== 0 && activations[index] !== 0) sum += weights[index] * activations[index];
  }
  return sum;
};
