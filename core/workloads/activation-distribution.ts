import { normal, uniformStream } from "../random.ts";

/**
 * The distribution that a network's activations are said to have, where none were captured: normal as around a GELU's
 * linear part, or its positive half as behind a ReLU, a share of them zero. A spread is none of it: only ratios of
 * activations matter, to the alignment of exponents and to a scale that is taken from the largest value.
 */
export interface ActivationDistribution {
  readonly distribution: "relu" | "normal";
  /** In [0, 1). */
  readonly zeroShare: number;
}

/** The distribution in words, for messages: `relu, 50 % zeros`. */
export const distributionText = ({ distribution, zeroShare }: ActivationDistribution): string =>
  `${distribution}, ${Number((100 * zeroShare).toPrecision(6))} % zeros`;

/**
 * `vectors` activation vectors of `length` entries, shape [vectors, length], spread 1: those whose exponents
 * `exponentDraws` draws for the same seed, stream and zero share.
 */
export const drawnActivations = (
  { distribution, zeroShare }: ActivationDistribution,
  seed: number,
  stream: number,
  vectors: number,
  length: number,
): Float32Array => {
  const values = new Float32Array(vectors * length);
  for (let vector = 0; vector < vectors; vector++) {
    const uniform = uniformStream(seed, Math.imul(stream, 4099) + vector);
    for (let index = 0; index < length; index++) {
      const value = normal(uniform);
      if (value === 0 || (zeroShare > 0 && uniform() < zeroShare)) continue;
      values[vector * length + index] = distribution === "relu" ? Math.abs(value) : value;
    }
  }
  return values;
};
