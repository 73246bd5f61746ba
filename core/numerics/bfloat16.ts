const float32 = new Float32Array(1);
const float32Word = new Uint32Array(float32.buffer);

/** The value of a bfloat16 word: the upper half of a float32. */
export const bfloat16Value = (word: number): number => {
  float32Word[0] = word << 16;
  return float32[0];
};

/**
 * The bfloat16 word nearest to a float32 value, ties to the even word. From (2 − 2⁻⁸) · 2¹²⁷ on values become
 * ±infinity; denormals are kept; NaN stays NaN. Other values are rounded to float32 first.
 */
export const bfloat16Word = (value: number): number => {
  float32[0] = value;
  const word = float32Word[0];
  const upper = word >>> 16;
  // Rounding could carry the fraction of a NaN away: its quiet bit is set instead.
  if ((word & 0x7fffffff) > 0x7f800000) return upper | 0x40;
  return (word + 0x7fff + (upper & 1)) >>> 16;
};
