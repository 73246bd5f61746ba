/**
 * The 64-bit accumulator of one group (RTL: sign unit, fixed-shift adder tree, accumulator). A weight's sign is applied
 * to its activation in 25 bits of two's complement, so that −2²⁴ stays −2²⁴ when it is negated. Plane b adds the
 * activations of its essential bits at significance b, so a lane adds (word AND mask) · activation in all. The sum is
 * exact: 256 lanes of 24 by 25 bits stay below 2⁵⁷.
 */
export const accumulate = (
  words: Int32Array,
  signs: Uint8Array,
  mantissas: Int32Array,
  mask: number,
): bigint => {
  let accumulator = 0n;
  for (let lane = 0; lane < words.length; lane++) {
    const signed = BigInt.asIntN(25, BigInt(signs[lane] === 1 ? -mantissas[lane] : mantissas[lane]));
    accumulator += BigInt(words[lane] & mask) * signed;
  }
  return accumulator;
};
