import { roundHalfEven } from "./half-even.ts";

/** The value of an IEEE 754 binary16 word. Exact: every float16 is a float32. */
export const float16Value = (word: number): number => {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >>> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

const float32 = new Float32Array(1);
const float32Word = new Uint32Array(float32.buffer);

/** Bits of a float32 fraction beyond those of float16. */
const dropped = 13;

/**
 * The IEEE 754 binary16 word nearest to a float32 value, ties to the even word. Values below 2⁻¹⁴ become denormals or
 * ±0; from 65520 on they become ±infinity; NaN stays NaN. Other values are rounded to float32 first.
 */
export const float16Word = (value: number): number => {
  float32[0] = value;
  const sign = (float32Word[0] >>> 16) & 0x8000;
  const magnitude = float32Word[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 2¹⁶ and above: beyond rounding, and an exponent that does not fit.
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // A denormal is a whole number of 2⁻²⁴; 1024 of them are the first normal word.
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(float32[0]) * 2 ** 24);
  // float32 exponents are biased by 127, those of float16 by 15; a carry out of the fraction steps the exponent.
  const rebiased = magnitude - ((127 - 15) << 23);
  const odd = (rebiased >>> dropped) & 1;
  return sign | ((rebiased + 0xfff + odd) >>> dropped);
};
