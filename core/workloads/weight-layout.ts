import { kernelElements, type LayerShape } from "./layer.ts";
import { rowMajorStrides } from "./shape.ts";
import { stridedCopy } from "./strided-copy.ts";

/**
 * Orders of the axes of weights in files, o the filters, i the channels of a group, hw the kernel (its depth in front
 * where it has one): `oihw` as PyTorch and ONNX store them, `hwio` as TensorFlow and Keras do, `ohwi` as TensorFlow Lite.
 */
export const weightLayouts = ["oihw", "ohwi", "hwio"] as const;
export type WeightLayout = (typeof weightLayouts)[number];

/** The layer's own axes, [filters, kernel positions, channels of a group], in the order of a layout. */
const order: Readonly<Record<WeightLayout, readonly [number, number, number]>> = {
  oihw: [0, 2, 1],
  ohwi: [0, 1, 2],
  hwio: [1, 2, 0],
};

/** The shape that a layer's weights have in a layout; a linear layer has a matrix, its kernel is left out. */
export const storedShape = (layer: LayerShape, layout: WeightLayout): number[] => {
  const { depth, kernelHeight, kernelWidth, filters, channels, groups } = layer;
  const spatial = [...(depth === undefined ? [] : [depth.kernel]), kernelHeight, kernelWidth];
  const axes = [[filters], layer.kind === "convolution" ? spatial : [], [channels / groups]];
  return order[layout].flatMap((axis) => axes[axis]);
};

/** A shape without its axes of size 1, which change no order of elements. */
const longAxes = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();

/** Whether a tensor of this shape may hold the layer's weights in a layout; axes of size 1 may be there or not. */
export const fitsLayout = (layer: LayerShape, shape: readonly number[], layout: WeightLayout): boolean =>
  longAxes(shape) === longAxes(storedShape(layer, layout));

/**
 * Weights in the order of a layout as [filters, kernel positions, channels of a group]. Assumes that they fit the
 * layer; a wrong layout of the same sizes (a square matrix, transposed) cannot be told from the right one.
 */
export const fromLayout = (layer: LayerShape, values: Float32Array, layout: WeightLayout): Float32Array => {
  const sizes = [layer.filters, kernelElements(layer), layer.channels / layer.groups];
  const strides = rowMajorStrides(order[layout].map((axis) => sizes[axis]));
  return stridedCopy(
    values,
    sizes,
    sizes.map((_, axis) => strides[order[layout].indexOf(axis)]),
  );
};
