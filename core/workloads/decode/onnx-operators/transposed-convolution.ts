import { elementCount, showShape } from "../../shape.ts";
import { type TransposedAxis, transposedConvolutionLayers } from "../../transposed-convolution.ts";
import {
  constantOperand,
  failNode,
  integerAttribute,
  integersAttribute,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";
import { biasParameters, trainedWeights } from "./weights.ts";
import { windowAttributes } from "./windows.ts";

/** Output size and leading padding of a transposed convolution along each axis, as ONNX defines them. */
const transposedAxes = (
  call: NodeCall,
  spatial: readonly number[],
  kernel: readonly number[],
): TransposedAxis[] => {
  const { strides, dilations, paddings } = windowAttributes(call, spatial.length);
  const extra = integersAttribute(call, "output_padding") ?? spatial.map(() => 0);
  const asked = integersAttribute(call, "output_shape");
  if (extra.length !== spatial.length || (asked !== undefined && asked.length < spatial.length))
    failNode(call, `output_padding or output_shape does not fit an input of ${showShape(spatial)}`);
  const outputs = asked?.slice(-spatial.length);
  return spatial.map((input, axis) => {
    const stride = strides[axis];
    const reach = dilations[axis] * (kernel[axis] - 1) + 1;
    const full = stride * (input - 1) + reach + extra[axis];
    const padding = paddings[axis];
    const common = { input, kernel: kernel[axis], stride, dilation: dilations[axis] };
    const automatic = padding === "same-upper" || padding === "same-lower";
    if (outputs === undefined && !automatic) {
      const { before, after } = padding === "valid" ? { before: 0, after: 0 } : padding;
      return { ...common, output: full - before - after, before };
    }
    const output = outputs?.[axis] ?? input * stride;
    const total = Math.max(0, full - output);
    const before = padding === "same-upper" ? Math.floor(total / 2) : Math.ceil(total / 2);
    return { ...common, output, before };
  });
};

/** Each output phase looks at each tap: more than any network asks for. */
const mostPhaseTaps = 2 ** 20;

/** ConvTranspose: input [1, C, spatial …], weights [C, M / groups, kernel …]; one layer for each output phase. */
const transposedConvolution: Operator = (call) => {
  const { shape } = operand(call, 0);
  const weights = constantOperand(call, 1) ?? failNode(call, "it has no weights");
  const [images, channels, ...spatial] = shape;
  if (spatial.length !== 1 && spatial.length !== 2)
    failNode(
      call,
      `transposed convolutions of one and two dimensions are supported; its input is ${showShape(shape)}`,
    );
  if (images !== 1)
    failNode(call, `transposed convolutions are supported on one image, its input has ${images}`);
  const groups = integerAttribute(call, "group") ?? 1;
  const [inputs, filtersPerGroup, ...kernel] = weights.shape;
  const asked = integersAttribute(call, "kernel_shape") ?? kernel;
  if (
    weights.shape.length !== shape.length ||
    asked.join() !== kernel.join() ||
    inputs !== channels ||
    !(groups >= 1 && channels % groups === 0)
  ) {
    failNode(
      call,
      `a kernel of ${showShape(asked)} and weights of ${showShape(weights.shape)} in ${groups} groups on an input of ${showShape(shape)}`,
    );
  }
  const axes = transposedAxes(call, spatial, kernel);
  const taps = elementCount(kernel);
  const phaseTaps = taps * elementCount(axes.map(({ stride }) => stride));
  if (phaseTaps > mostPhaseTaps)
    failNode(call, `its strides and taps make ${phaseTaps} pairs, expected at most ${mostPhaseTaps}`);
  const unit: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
  const [horizontal, vertical = unit] = [...axes].reverse();
  const channelsPerGroup = channels / groups;
  // Each phase copies its taps.
  call.claim(call, 4 * elementCount(weights.shape));
  const layers = transposedConvolutionLayers({
    name: call.node.name,
    groups,
    vertical,
    horizontal,
    biasParameters: biasParameters(call.operands[2]),
    weights: trainedWeights(call, 1, weights, {
      shape: [groups, filtersPerGroup, vertical.kernel, horizontal.kernel, channelsPerGroup],
      strides: [
        channelsPerGroup * filtersPerGroup * taps,
        taps,
        horizontal.kernel,
        1,
        filtersPerGroup * taps,
      ],
    }),
  });
  if (layers.length === 0)
    failNode(call, `its output would have the sizes ${showShape(axes.map((axis) => axis.output))}`);
  const outputs = axes.map((axis) => axis.output);
  return [call.builder.layers(layers, [images, groups * filtersPerGroup, ...outputs], 1)];
};

/** Transposed convolutions. */
export const transposedOperators: Operators = { ConvTranspose: transposedConvolution };
