/**
 * The fields of float32 values as the processing element takes them (RTL interface): biased exponents, and magnitudes
 * of 24 bits with the hidden 1 restored. A denormal has exponent 1 and no hidden bit; ±0 has exponent 0, magnitude 0.
 */
export interface FloatFields {
  /** Biased exponents, 0 … 255; shape of the input. */
  readonly exponents: Uint8Array;
  /** 24-bit magnitudes; shape of the input. */
  readonly magnitudes: Int32Array;
}

/** Takes float32 values apart. Infinities and NaN are treated as ordinary numbers with exponent 255, as in the RTL. */
export const floatFields = (values: Float32Array): FloatFields => {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const exponents = new Uint8Array(values.length);
  const magnitudes = new Int32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const word = words[index];
    const field = (word >>> 23) & 0xff;
    const fraction = word & 0x7fffff;
    exponents[index] = field === 0 && fraction !== 0 ? 1 : field;
    magnitudes[index] = field === 0 ? fraction : fraction | 0x800000;
  }
  return { exponents, magnitudes };
};
