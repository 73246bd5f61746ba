/** The value of an IEEE 754 binary16 bit pattern. Exact: every float16 is a float32. */
export const float16Value = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

const word = new DataView(new ArrayBuffer(4));

/** The value of a bfloat16 bit pattern: the upper half of a float32. */
export const bfloat16Value = (bits: number): number => {
  word.setUint32(0, (bits << 16) >>> 0);
  return word.getFloat32(0);
};
