/**
 * Copies the elements that a tensor of `shape` finds at offset + Σ index · stride in `source`, in row-major order.
 * One loop serves transposition (permuted strides), slicing (offset, multiplied or negative strides) and broadcasting
 * (stride 0). Assumes that every reached position lies in `source`.
 */
export const stridedCopy = <Values extends Float32Array | Float64Array>(
  source: Values,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Values => {
  let total = 1;
  for (const size of shape) total *= size;
  const result = (
    source instanceof Float32Array ? new Float32Array(total) : new Float64Array(total)
  ) as Values;
  let target = 0;
  const copy = (axis: number, start: number): void => {
    if (axis === shape.length) {
      result[target++] = source[start];
      return;
    }
    const stride = strides[axis];
    if (axis === shape.length - 1) {
      for (let index = 0; index < shape[axis]; index++) result[target++] = source[start + index * stride];
      return;
    }
    for (let index = 0; index < shape[axis]; index++) copy(axis + 1, start + index * stride);
  };
  if (total > 0) copy(0, offset);
  return result;
};
