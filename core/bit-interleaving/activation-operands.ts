import { floatFields } from "../numerics/float-fields.ts";

/** Activations as the adder trees take them, an entry a lane. */
export interface ActivationOperands {
  /** Biased exponents; 0 in fixed groups. */
  readonly exponents: Uint8Array;
  /** 25-bit two's complement numbers. */
  readonly mantissas: Int32Array;
}

/**
 * Takes activation words apart as the RTL does. Float: ±0 gives exponent and mantissa 0; every other word gets a hidden
 * 1, a denormal too, which has exponent 1; infinity and NaN are numbers with exponent 255. Fixed: bit 31 is worth
 * −2²⁴, bits 23 … 0 their weight, the bits between are not connected.
 */
export const activationOperands = (kind: "float" | "fixed", words: Uint32Array): ActivationOperands => {
  if (kind === "fixed") {
    return {
      exponents: new Uint8Array(words.length),
      mantissas: Int32Array.from(words, (word) => (word & 0xffffff) - (word >>> 31) * 2 ** 24),
    };
  }
  const { exponents, magnitudes } = floatFields(float32View(words));
  const mantissas = magnitudes.map((magnitude, lane) => {
    const restored = exponents[lane] === 0 ? 0 : magnitude | 0x800000;
    return words[lane] >>> 31 === 1 ? -restored : restored;
  });
  return { exponents, mantissas };
};

/** The float32 values of words, in the same memory. */
export const float32View = (words: Uint32Array): Float32Array =>
  new Float32Array(words.buffer as ArrayBuffer, words.byteOffset, words.length);
