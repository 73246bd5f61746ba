import { shift, shiftToNearest } from "./shift.ts";

/** A 25-bit two's complement number as a word: bit 31 its sign, bits 23 … 0 its low bits, zeros between. */
const fixedWord = (value: bigint): number =>
  (value < 0n ? 0x80000000 : 0) + Number(BigInt.asUintN(24, value));

const largest = 2n ** 24n - 1n;
const smallest = -(2n ** 24n);

const bits = (accumulator: bigint, from: number, to: number): bigint =>
  BigInt.asUintN(Math.max(to - from + 1, 0), accumulator >> BigInt(from));

/** Whether the number of ones is odd. */
const parity = (word: bigint): boolean => word.toString(2).replaceAll("0", "").length % 2 === 1;

/**
 * The result word of a fixed-point accumulator ≫ quant (0 … 24, rounded down) as the RTL packs it, saturated to
 * 00ffffff or 80000000 by the accumulator's sign where it finds an overflow: a bit of quant + 24 … 47 unlike the sign,
 * or an odd number of ones in bits 63 … 48. An overflow that leaves an even number of ones there, and the bits below
 * like the sign, goes unnoticed.
 */
export const packFixed = (accumulator: bigint, quant: number): number => {
  const between = bits(accumulator, quant + 24, 47);
  const like = accumulator < 0n ? bits(-1n, quant + 24, 47) : 0n;
  const overflow = between !== like || parity(bits(accumulator, 48, 63));
  if (overflow) return fixedWord(accumulator < 0n ? smallest : largest);
  return fixedWord(shift(accumulator, -quant));
};

/** The result word of sum / 2^quant, rounded half to even and saturated to −2²⁴ … 2²⁴ − 1. */
export const roundToFixed = (sum: bigint, quant: number): number => {
  const rounded = shiftToNearest(sum, -quant);
  if (rounded > largest) return fixedWord(largest);
  return fixedWord(rounded < smallest ? smallest : rounded);
};
