import { ModelError } from "../errors.ts";

/**
 * How an integer is written in digits of −1, 0 and 1. `signMagnitude`: the bits of |code|, all of one sign;
 * `twosComplement`: bits, the top one of which counts −2^(b−1); `canonicalSignedDigits`: the non-adjacent form, in which
 * no two neighbours are non-zero (Reitwiesner, Binary Arithmetic, Advances in Computers 1, 1960): no signed-digit
 * form has fewer non-zero digits.
 */
export type Encoding = "signMagnitude" | "twosComplement" | "canonicalSignedDigits";

/** Every encoding. */
export const encodings: readonly Encoding[] = ["signMagnitude", "twosComplement", "canonicalSignedDigits"];

/**
 * The digits of many codes, as two words a code: bit k of `positive` is 1 where the digit of significance k is 1, bit k
 * of `negative` where it is −1. So code = positive − negative, and a product is a sum of the other operand, shifted by
 * k, over the digits.
 */
export interface SignedDigits {
  readonly positive: Int32Array;
  readonly negative: Int32Array;
}

/** The codes that `bits` hold: two's complement has one more below zero. */
const leastCode = (bits: number, encoding: Encoding): number =>
  encoding === "twosComplement" ? -(2 ** (bits - 1)) : 1 - 2 ** (bits - 1);

/**
 * Writes codes of `bits` bits, sign included, in an encoding; digits have the significances 0 … bits − 1.
 * Throws ModelError `code-range` for a code that does not fit, and where `bits` is not a whole number from 1 to 31.
 */
export const signedDigits = (codes: Int32Array, bits: number, encoding: Encoding): SignedDigits => {
  if (!Number.isInteger(bits) || bits < 1 || bits > 31) {
    throw new ModelError("code-range", `codes of ${bits} bits: expected 1 … 31`);
  }
  const least = leastCode(bits, encoding);
  const most = 2 ** (bits - 1) - 1;
  const positive = new Int32Array(codes.length);
  const negative = new Int32Array(codes.length);
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    if (code < least || code > most) {
      throw new ModelError("code-range", `code ${code}: expected ${least} … ${most} for ${bits} bits`);
    }
    if (encoding === "twosComplement") {
      positive[index] = code & most;
      negative[index] = code & (most + 1);
      continue;
    }
    const size = Math.abs(code);
    // 3/2 · size and size / 2 differ by size; where their bits differ the digit is not zero.
    const half = encoding === "canonicalSignedDigits" ? size >> 1 : 0;
    const whole = size + half;
    const plus = whole & ~half;
    const minus = half & ~whole;
    positive[index] = code < 0 ? minus : plus;
    negative[index] = code < 0 ? plus : minus;
  }
  return { positive, negative };
};

/** Essential digits of each code: those that are not zero. */
export const essentialDigits = ({ positive, negative }: SignedDigits): Uint8Array => {
  const digits = new Uint8Array(positive.length);
  for (let index = 0; index < digits.length; index++)
    digits[index] = onesOf(positive[index] | negative[index]);
  return digits;
};

/** Ones of a 32-bit word: pairs, fours and bytes are summed side by side, and the bytes by a multiplication. */
const onesOf = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
