/** Designs whose digit at each position p is low[p] … high[p] − 1. */
export interface IndexBox {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** By how much an index grows with each digit. */
export const stridesOf = (radices: readonly number[]): Float64Array => {
  const strides = new Float64Array(radices.length);
  let stride = 1;
  for (let position = radices.length - 1; position >= 0; position--) {
    strides[position] = stride;
    stride *= radices[position]!;
  }
  return strides;
};

/** The digits of an index, written to `digits`. Exact below 2⁵³. */
export const writeDigits = (index: number, strides: Float64Array, digits: Int32Array): void => {
  // The digits do not wait for each other: each quotient is of the index itself, and the one before it holds the rest.
  let before = 0;
  let strideBefore = 0;
  for (let position = 0; position < strides.length; position++) {
    const stride = strides[position];
    let quotient = Math.floor(index / stride);
    // It may have been rounded up to a whole number.
    if (quotient * stride > index) quotient--;
    digits[position] = quotient - before * (strideBefore / stride);
    before = quotient;
    strideBefore = stride;
  }
};

/**
 * The indices [from, to) as boxes, in order and without overlap, at most two a position: in each, digits before some
 * position are fixed and those behind it take all values.
 */
export const boxesOf = (from: number, to: number, radices: readonly number[]): IndexBox[] => {
  const strides = stridesOf(radices);
  const boxes: IndexBox[] = [];
  let index = from;
  while (index < to) {
    const low = new Int32Array(radices.length);
    writeDigits(index, strides, low);
    // The most significant digit that can go on with all behind it at 0.
    const free = strides.findIndex((stride) => index % stride === 0 && index + stride <= to);
    const stride = strides[free]!;
    const count = Math.min(radices[free]! - low[free]!, Math.floor((to - index) / stride));
    const high = Int32Array.from(low, (digit, position) =>
      position < free ? digit + 1 : position === free ? digit + count : radices[position]!,
    );
    boxes.push({ low, high });
    index += count * stride;
  }
  return boxes;
};
