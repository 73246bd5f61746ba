/**
 * A slow second telling of 16-bit floats on whole numbers: every finite value is a BigInt multiple of 2⁻¹⁴⁹, the least
 * float32, and words are ordered like the sizes they stand for.
 */

export interface WordLayout {
  readonly exponentBits: number;
  readonly fractionBits: number;
}

export const float16Layout: WordLayout = { exponentBits: 5, fractionBits: 10 };
export const bfloat16Layout: WordLayout = { exponentBits: 8, fractionBits: 7 };

/** Size of a positive word in units of 2⁻¹⁴⁹; for the word of infinity, what would follow the largest finite value. */
const sizeOfWord = (word: number, { exponentBits, fractionBits }: WordLayout): bigint => {
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = BigInt(word) >> BigInt(fractionBits);
  const fraction = BigInt(word) & ((1n << BigInt(fractionBits)) - 1n);
  const hidden = exponent === 0n ? 0n : 1n << BigInt(fractionBits);
  const steps = exponent === 0n ? 0n : exponent - 1n;
  // The least step is 2^(1 − bias − fractionBits). bfloat16's is 2⁻¹³³, float16's 2⁻²⁴.
  const least = BigInt(149 + 1 - bias - fractionBits);
  return (hidden + fraction) << (steps + least);
};

/** A finite float32 size in the same units. */
export const sizeOfFloat32 = (value: number): bigint => BigInt(Math.abs(value) * 2 ** 149);

/** The word nearest to a finite float32, ties to the even word, by bisection over all words. */
export const nearestWord = (value: number, layout: WordLayout, sizes: readonly bigint[]): number => {
  const size = sizeOfFloat32(value);
  let below = 0;
  let above = sizes.length - 1;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (sizes[middle] <= size) below = middle;
    else above = middle;
  }
  const infinity = (2 ** layout.exponentBits - 1) << layout.fractionBits;
  const toBelow = size - sizes[below];
  const toAbove = sizes[above] - size;
  const word = toBelow < toAbove || (toBelow === toAbove && below % 2 === 0) ? below : above;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  return sign | Math.min(word, infinity);
};

/** Sizes of all words up to that of infinity. */
export const allSizes = (layout: WordLayout): bigint[] =>
  Array.from({ length: ((2 ** layout.exponentBits - 1) << layout.fractionBits) + 1 }, (_, word) =>
    sizeOfWord(word, layout),
  );
