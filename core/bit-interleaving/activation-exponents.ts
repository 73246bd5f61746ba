import { normal, uniformStream } from "../random.ts";

/** Vectors of activations that the mean over activations is taken from. */
export const activationVectors = 16;

/**
 * Biased float32 exponents of `vectors` activation vectors of `length` entries, row after row: the magnitudes are
 * half-normal with spread 1 [our decision: a stand-in where activations were not captured]. Vector v of stream
 * `stream` is a function of (seed, stream, v) alone. A shift of all exponents by one value changes no result.
 */
export const halfNormalExponents = (
  seed: number,
  stream: number,
  vectors: number,
  length: number,
): Uint8Array => {
  const exponents = new Uint8Array(vectors * length);
  for (let vector = 0; vector < vectors; vector++) {
    const uniform = uniformStream(seed, Math.imul(stream, 4099) + vector);
    for (let index = 0; index < length; index++) {
      const magnitude = Math.abs(normal(uniform));
      exponents[vector * length + index] = magnitude === 0 ? 0 : 127 + Math.floor(Math.log2(magnitude));
    }
  }
  return exponents;
};

/**
 * Probability that two half-normal magnitudes have the same exponent: Σ over exponents e of the squared probability of
 * 2ᵉ … 2ᵉ⁺¹. The spread of the magnitudes is 1, as in `halfNormalExponents`.
 */
export const sameExponentProbability = (): number => {
  const parts = 64;
  let sum = 0;
  // Larger magnitudes than 16, and smaller ones than 2⁻³⁰, have a probability below 10⁻⁸.
  for (let exponent = -30; exponent < 4; exponent++) {
    const width = 2 ** exponent / parts;
    let mass = 0;
    for (let part = 0; part < parts; part++) {
      const magnitude = 2 ** exponent + (part + 0.5) * width;
      mass += width * Math.sqrt(2 / Math.PI) * Math.exp(-(magnitude ** 2) / 2);
    }
    sum += mass ** 2;
  }
  return sum;
};
