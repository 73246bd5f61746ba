/** Elements of a tensor of this shape; 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Distance between neighbours along each axis of a row-major tensor of this shape. */
export const rowMajorStrides = (shape: readonly number[]): number[] => {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
};

/** The common shape of operands under NumPy broadcasting, or undefined where they do not fit together. */
export const broadcastShape = (shapes: readonly (readonly number[])[]): number[] | undefined => {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const missing = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const size = shape[axis];
      if (size === 1) continue;
      const other = result[missing + axis];
      if (other !== 1 && other !== size) return undefined;
      result[missing + axis] = size;
    }
  }
  return result;
};

/** The shape as a reader writes it, for messages: `[1, 3, 48, 320]`. */
export const showShape = (shape: readonly (number | string)[]): string => `[${shape.join(", ")}]`;
