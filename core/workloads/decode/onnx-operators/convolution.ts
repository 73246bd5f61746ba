import { convolutionLayer } from "../../build-layer.ts";
import { elementCount, showShape } from "../../shape.ts";
import { type TransposedAxis, transposedConvolutionLayers } from "../../transposed-convolution.ts";
import {
  constantOperand,
  failNode,
  integerAttribute,
  integersAttribute,
  type NodeCall,
  type Operator,
  operand,
} from "./node-call.ts";
import { biasParameters, trainedWeights } from "./weights.ts";
import { windowAttributes, windowsOf } from "./windows.ts";

/** A one-dimensional convolution has height 1: unit axes in front of its only one. */
const asPlane = <Item>(axes: readonly Item[], unit: Item): readonly Item[] =>
  axes.length === 1 ? [unit, ...axes] : axes;

const operandsOf = (call: NodeCall) => {
  const { shape } = operand(call, 0);
  const weights = constantOperand(call, 1) ?? failNode(call, "it has no weights");
  const groups = integerAttribute(call, "group") ?? 1;
  if (shape.length !== 3 && shape.length !== 4) {
    failNode(call, `convolutions of one and two dimensions are supported; its input is ${showShape(shape)}`);
  }
  if (weights.shape.length !== shape.length || groups < 1 || weights.shape[0] % groups !== 0) {
    failNode(
      call,
      `weights of ${showShape(weights.shape)} in ${groups} groups on an input of ${showShape(shape)}`,
    );
  }
  return { shape, weights, groups, spatial: shape.slice(2), kernel: weights.shape.slice(2) };
};

/** Conv: input [1, C, spatial …], weights [M, C / groups, kernel …]. */
const convolution: Operator = (call) => {
  const { shape, weights, groups, spatial, kernel } = operandsOf(call);
  const [filters, channelsPerGroup] = weights.shape;
  if (channelsPerGroup * groups !== shape[1]) {
    failNode(
      call,
      `weights of ${showShape(weights.shape)} in ${groups} groups on an input of ${showShape(shape)}`,
    );
  }
  const windows = windowsOf(call, spatial, kernel);
  const [vertical, horizontal] = asPlane(windows, {
    input: 1,
    output: 1,
    kernel: 1,
    stride: 1,
    dilation: 1,
    before: 0,
  });
  const taps = elementCount(kernel);
  const layer = convolutionLayer({
    name: call.node.name,
    channels: shape[1],
    groups,
    vertical,
    horizontal,
    biasParameters: biasParameters(call.operands[2]),
    weights: trainedWeights(
      call,
      weights,
      [filters, vertical.kernel, horizontal.kernel, channelsPerGroup],
      [channelsPerGroup * taps, horizontal.kernel, 1, taps],
    ),
  });
  return [call.builder.layers([layer], [shape[0], filters, ...windows.map((window) => window.output)], 1)];
};

/** Output size and leading padding of a transposed convolution along each axis, as ONNX defines them. */
const transposedAxes = (
  call: NodeCall,
  spatial: readonly number[],
  kernel: readonly number[],
): TransposedAxis[] => {
  const { strides, dilations, paddings } = windowAttributes(call, spatial.length);
  const extra = integersAttribute(call, "output_padding");
  const asked = integersAttribute(call, "output_shape")?.slice(-spatial.length);
  return spatial.map((input, axis) => {
    const stride = strides[axis];
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    const full = stride * (input - 1) + reach + (extra?.[axis] ?? 0);
    const padding = paddings[axis];
    const common = { input, kernel: kernel[axis], stride, dilation: dilations[axis] };
    const automatic = padding === "same-upper" || padding === "same-lower";
    if (asked === undefined && !automatic) {
      const { before, after } = padding === "valid" ? { before: 0, after: 0 } : padding;
      return { ...common, output: full - before - after, before };
    }
    const output = asked?.[axis] ?? input * stride;
    const total = Math.max(0, full - output);
    const before = padding === "same-upper" ? Math.floor(total / 2) : Math.ceil(total / 2);
    return { ...common, output, before };
  });
};

/** ConvTranspose: input [1, C, spatial …], weights [C, M / groups, kernel …]; one layer for each output phase. */
const transposedConvolution: Operator = (call) => {
  const { shape, weights, groups, spatial, kernel } = operandsOf(call);
  const [channels, filtersPerGroup] = weights.shape;
  if (channels !== shape[1])
    failNode(call, `weights of ${showShape(weights.shape)} on an input of ${showShape(shape)}`);
  const axes = transposedAxes(call, spatial, kernel);
  const unit: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
  const [vertical, horizontal] = asPlane(axes, unit);
  const taps = elementCount(kernel);
  const channelsPerGroup = channels / groups;
  const layers = transposedConvolutionLayers({
    name: call.node.name,
    groups,
    vertical,
    horizontal,
    biasParameters: biasParameters(call.operands[2]),
    weights: trainedWeights(
      call,
      weights,
      [groups, filtersPerGroup, vertical.kernel, horizontal.kernel, channelsPerGroup],
      [channelsPerGroup * filtersPerGroup * taps, taps, horizontal.kernel, 1, filtersPerGroup * taps],
    ),
  });
  if (layers.length === 0)
    failNode(call, `its output would have the sizes ${showShape(axes.map((axis) => axis.output))}`);
  return [
    call.builder.layers(layers, [shape[0], groups * filtersPerGroup, ...axes.map((axis) => axis.output)], 1),
  ];
};

/** A batch normalization in inference, along axis 1. Its parameters must be constants. */
const batchNormalization: Operator = (call) => {
  const value = operand(call, 0);
  const [scale, , , variance] = [1, 2, 3, 4].map(
    (position) => constantOperand(call, position) ?? failNode(call, `operand ${position + 1} is missing`),
  );
  if (scale.values.length !== value.shape[1] || variance.values.length !== value.shape[1]) {
    failNode(
      call,
      `${scale.values.length} scales and ${variance.values.length} variances for an input of ${showShape(value.shape)}`,
    );
  }
  if (integerAttribute(call, "training_mode") === 1) {
    failNode(call, "it is in training mode");
  }
  const epsilon = call.node.attributes.get("epsilon")?.float ?? 1e-5;
  const normalization = { scale: scale.values, variance: variance.values, epsilon };
  return [call.builder.normalization(call.node.operator, value, 1, call.soleUse(0), normalization)];
};

/** Convolutions, and the normalization that is folded into them. */
export const convolutionOperators: Readonly<Record<string, Operator>> = {
  BatchNormalization: batchNormalization,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
};
