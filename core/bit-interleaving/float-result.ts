import { shift, shiftToNearest } from "./shift.ts";

const sign = (sum: bigint): number => (sum < 0n ? 0x80000000 : 0);

const absolute = (sum: bigint): bigint => (sum < 0n ? -sum : sum);

const bitLength = (magnitude: bigint): number => magnitude.toString(2).length;

/**
 * The float32 word of accumulator · 2^(largestExponent − 300) as the RTL packs it: truncated toward zero, infinite where
 * the biased exponent exceeds 254. At a biased exponent below 0 the 24-bit significand is shifted right into a
 * denormal; at exactly 0 it is not, and only loses its hidden bit. A sum of zero is +0; a denormal that is shifted out
 * keeps its sign.
 */
export const packFloat = (accumulator: bigint, largestExponent: number): number => {
  if (accumulator === 0n) return 0;
  const magnitude = absolute(accumulator);
  const top = bitLength(magnitude) - 1;
  const exponent = largestExponent - 173 + top;
  if (exponent > 254) return sign(accumulator) + 0x7f800000;
  const significand = Number(shift(magnitude, 23 - top));
  if (exponent >= 0) return sign(accumulator) + exponent * 2 ** 23 + (significand & 0x7fffff);
  return sign(accumulator) + Math.floor(significand / 2 ** (1 - exponent));
};

/**
 * The float32 word nearest to sum · 2^−300, half to even (IEEE 754): denormals are rounded at their own last place, and
 * what rounds to 2¹²⁸ or more is infinite. A sum of zero is +0; a negative one that rounds to zero is −0.
 */
export const roundToFloat32 = (sum: bigint): number => {
  const magnitude = absolute(sum);
  // The power of two of the last place: 23 below the top bit, but no finer than the smallest denormal.
  const last = Math.max(bitLength(magnitude) - 1 - 300 - 23, -149);
  const significand = Number(shiftToNearest(magnitude, -300 - last));
  // The hidden bit of the significand adds 1 to the exponent field; a carry of the rounding does so too.
  return sign(sum) + Math.min((last + 149) * 2 ** 23 + significand, 0x7f800000);
};
