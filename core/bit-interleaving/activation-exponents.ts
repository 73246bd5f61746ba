import { floatFields } from "../numerics/float-fields.ts";
import type { Format } from "../numerics/formats.ts";
import { roundFloats } from "../numerics/round-floats.ts";
import { normal, uniformStream } from "../random.ts";

/** All exponents equal, drawn ones, or those that were captured for the layer. */
export type ActivationSource = "ignore" | "distribution" | "captured";

/** Biased float32 exponents of the activations that float weights are aligned with. */
export interface ActivationExponents {
  /** Shape [vectors, groups, length]: the vectors that the positions of a layer meet in turn. ±0 has exponent 0. */
  readonly exponents: Uint8Array;
  readonly vectors: number;
  /** Convolution groups with activations of their own, or 1 where all share the same. */
  readonly groups: number;
}

/** Exponents of the next `length` entries of every vector. */
export type ExponentDraws = (length: number) => ActivationExponents;

/**
 * Exponents of `vectors` drawn activation vectors, piece by piece from their first entries on: the magnitudes are
 * half-normal with spread 1, and a share `zeros` of them is zero, as behind a ReLU [our decision: a stand-in where
 * activations were not captured]. Vector v of stream `stream` is a function of (seed, stream, v) alone, whatever the
 * pieces. A shift of all exponents of the activations that are not zero by one value changes no result.
 */
export const exponentDraws = (
  seed: number,
  stream: number,
  vectors: number,
  zeros: number,
): ExponentDraws => {
  const uniforms = Array.from({ length: vectors }, (_, vector) =>
    uniformStream(seed, Math.imul(stream, 4099) + vector),
  );
  return (length) => {
    const exponents = new Uint8Array(vectors * length);
    uniforms.forEach((uniform, vector) => {
      for (let index = 0; index < length; index++) {
        const magnitude = Math.abs(normal(uniform));
        if (magnitude === 0 || (zeros > 0 && uniform() < zeros)) continue;
        exponents[vector * length + index] = 127 + Math.floor(Math.log2(magnitude));
      }
    });
    return { exponents, vectors, groups: 1 };
  };
};

/** Exponents of `vectors` drawn activation vectors of `length` entries: see `exponentDraws`. */
export const drawnExponents = (
  seed: number,
  stream: number,
  vectors: number,
  length: number,
  zeros: number,
): ActivationExponents => exponentDraws(seed, stream, vectors, zeros)(length);

/**
 * Exponents of captured activations, shape [vectors, groups, length], rounded to the float format of the machine first.
 * Throws ModelError as `roundFloats` does.
 */
export const capturedExponents = (
  values: Float32Array,
  vectors: number,
  groups: number,
  format: Format,
): ActivationExponents => ({
  exponents: floatFields(roundFloats(values, format).values).exponents,
  vectors,
  groups,
});

/** One vector whose exponents are all equal: what is left when activations are ignored. */
export const equalExponents = (length: number): ActivationExponents => ({
  exponents: new Uint8Array(length),
  vectors: 1,
  groups: 1,
});

/**
 * Probability that two half-normal magnitudes have the same exponent: Σ over exponents e of the squared probability of
 * 2ᵉ … 2ᵉ⁺¹. The spread of the magnitudes is 1, as in `exponentDraws`.
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
