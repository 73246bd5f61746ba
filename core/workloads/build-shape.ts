import { type ConvolutionShape, convolutionShape } from "./build-layer.ts";
import { inputRowElements, type LayerShape, macs } from "./layer.ts";
import type { SlidingWindow } from "./sliding-window.ts";

/** A layer without weights in terms of its axes, as a file of layer shapes says it. */
export interface LayerAxes extends Omit<ConvolutionShape, "biasParameters"> {
  /** Every input has weights of its own: they are activations too, and the layer is a matmul. */
  readonly weightsOfEachInput: boolean;
}

/** The axis of something that has a single position. */
export const singlePosition: SlidingWindow = {
  input: 1,
  output: 1,
  kernel: 1,
  stride: 1,
  dilation: 1,
  before: 0,
};

/** A window that sees one input a position, and every input once. */
const isPointwise = ({ input, output, kernel }: SlidingWindow): boolean => kernel === 1 && input === output;

const kindOf = ({ vertical, horizontal, depth, weightsOfEachInput }: LayerAxes): LayerShape["kind"] => {
  const product =
    depth === undefined && isPointwise(vertical) && isPointwise(horizontal) && horizontal.output === 1;
  if (weightsOfEachInput) return product ? "matmul" : "convolution";
  return product ? "linear" : "convolution";
};

/**
 * The shape of a layer, without biases. Its kind follows from the axes, since files of shapes know no difference between
 * a linear layer and a 1 × 1 convolution over a column of pixels: both are linear here. `refuse` is called with what is
 * wrong with a layer that is too large, or is a convolution whose weights are activations.
 */
export const shapeOfAxes = (axes: LayerAxes, refuse: (problem: string) => never): LayerShape => {
  const { weightsOfEachInput, ...convolution } = axes;
  const shape: LayerShape = {
    ...convolutionShape({ ...convolution, biasParameters: 0 }),
    kind: kindOf(axes),
  };
  if (weightsOfEachInput && shape.kind !== "matmul") {
    return refuse("is a convolution with weights that belong to one input; expected trained weights");
  }
  const inputs = shape.channels * shape.inputHeight * inputRowElements(shape);
  if (!Number.isSafeInteger(macs(shape)) || !Number.isSafeInteger(inputs)) {
    return refuse(
      `has ${macs(shape)} multiply–accumulates and ${inputs} inputs; expected less than 2^53 of each`,
    );
  }
  return shape;
};
