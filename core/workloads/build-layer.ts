import { normal, uniformStream } from "../random.ts";
import type { Layer, LayerShape } from "./layer.ts";
import type { SlidingWindow } from "./sliding-window.ts";
import type { Tensor } from "./tensor.ts";

/** A convolution in terms of its axes, without weights. */
export interface ConvolutionShape {
  readonly name: string;
  readonly filters: number;
  readonly channels: number;
  readonly groups: number;
  readonly vertical: SlidingWindow;
  readonly horizontal: SlidingWindow;
  readonly depth?: SlidingWindow;
  readonly biasParameters: number;
}

/** The shape of a convolution's layer. */
export const convolutionShape = (convolution: ConvolutionShape): LayerShape => {
  const { vertical, horizontal, depth } = convolution;
  return {
    name: convolution.name,
    kind: "convolution",
    filters: convolution.filters,
    channels: convolution.channels,
    groups: convolution.groups,
    outputHeight: vertical.output,
    outputWidth: horizontal.output,
    kernelHeight: vertical.kernel,
    kernelWidth: horizontal.kernel,
    strideHeight: vertical.stride,
    strideWidth: horizontal.stride,
    dilationHeight: vertical.dilation,
    dilationWidth: horizontal.dilation,
    paddingTop: vertical.before,
    inputHeight: vertical.input,
    inputWidth: horizontal.input,
    ...(depth === undefined ? {} : { depth }),
    biasParameters: convolution.biasParameters,
  };
};

/**
 * A convolution with its weights, of the shape [filters, kernel height, kernel width, channels / groups], with the
 * kernel's depth behind the filters where there is one.
 */
export interface Convolution extends Omit<ConvolutionShape, "filters"> {
  readonly weights: Tensor;
}

/** The layer of a convolution. */
export const convolutionLayer = ({ weights, ...axes }: Convolution): Layer => ({
  ...convolutionShape({ ...axes, filters: weights.shape[0] }),
  weights,
});

/** A product of `vectors` rows a group with a matrix [filters / groups, channels / groups] a group, without weights. */
export interface MatrixProductShape {
  readonly name: string;
  readonly kind: "linear" | "matmul";
  readonly filters: number;
  readonly channels: number;
  readonly groups: number;
  readonly vectors: number;
  readonly biasParameters: number;
}

/** The shape of a matrix product's layer: its vectors stand on the height axis. */
export const matrixProductShape = (product: MatrixProductShape): LayerShape => ({
  name: product.name,
  kind: product.kind,
  filters: product.filters,
  channels: product.channels,
  groups: product.groups,
  outputHeight: product.vectors,
  outputWidth: 1,
  kernelHeight: 1,
  kernelWidth: 1,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  paddingTop: 0,
  inputHeight: product.vectors,
  inputWidth: 1,
  biasParameters: product.biasParameters,
});

/** A matrix product of `vectors` rows a group with weights of the shape [filters, 1, 1, channels / groups]. */
export interface MatrixProduct extends Omit<MatrixProductShape, "filters" | "channels"> {
  readonly weights: Tensor;
}

/** The layer of a matrix product. */
export const matrixProductLayer = ({ weights, ...product }: MatrixProduct): Layer => ({
  ...matrixProductShape({
    ...product,
    filters: weights.shape[0],
    channels: product.groups * weights.shape[3],
  }),
  weights,
});

/** Seed of the stand-ins for operands that exist at run time only; the stream is the layer's position. */
const activationSeed = 0xac7;

/**
 * Stand-in weights of a product of two activations: standard normal draws, a function of the layer's position in the
 * network alone. Real operands of attention are neither independent nor normal; results on such layers say so by the
 * tensor's origin.
 */
export const activationOperand = (filters: number, channelsPerGroup: number, position: number): Tensor => {
  const uniform = uniformStream(activationSeed, position);
  const values = Float32Array.from({ length: filters * channelsPerGroup }, () => normal(uniform));
  return { shape: [filters, 1, 1, channelsPerGroup], values, stored: "float32", origin: "activation" };
};
