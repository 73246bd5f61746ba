import { convolutionLayer } from "../../build-layer.ts";
import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import type { SlidingWindow } from "../../sliding-window.ts";
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
import { windowsOf } from "./windows.ts";

/** What a convolution is given: input [images, C, spatial …], weights [M, C / groups, kernel …], perhaps a bias. */
export interface ConvolutionOperands {
  readonly input: Value;
  readonly weights: Constant;
  /** The operand that the weights come from, for messages. */
  readonly weightsPosition: number;
  readonly bias: Value | undefined;
}

const unit: SlidingWindow = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };

/** The sizes of the kernel, which an attribute may repeat. */
const kernelOf = (call: NodeCall, weights: Constant, rank: number): readonly number[] => {
  const kernel = weights.shape.slice(2);
  const asked = integersAttribute(call, "kernel_shape") ?? kernel;
  if (weights.shape.length !== rank || asked.join() !== kernel.join())
    failNode(call, `a kernel of ${showShape(asked)} with weights of ${showShape(weights.shape)}`);
  return kernel;
};

/** The number of groups; they must part the filters evenly. */
const groupsOf = (call: NodeCall, filters: number): number => {
  const groups = integerAttribute(call, "group") ?? 1;
  if (!(groups >= 1 && filters % groups === 0)) failNode(call, `${groups} groups of ${filters} filters`);
  return groups;
};

/**
 * A convolution of one to three spatial axes. One axis is a width; of three, the first is the depth. Several images (a
 * batch that the graph makes of windows or frames) are a depth that the kernel does not reach along, so that three axes
 * take one image only.
 */
export const convolve = (call: NodeCall, operands: ConvolutionOperands): Value => {
  const { input, weights, weightsPosition, bias } = operands;
  const [images, channels, ...spatial] = input.shape;
  if (spatial.length < 1 || spatial.length > 3)
    failNode(
      call,
      `convolutions of one to three dimensions are supported; its input is ${showShape(input.shape)}`,
    );
  const kernel = kernelOf(call, weights, input.shape.length);
  const [filters, channelsPerGroup] = weights.shape;
  const groups = groupsOf(call, filters);
  if (channelsPerGroup * groups !== channels) {
    failNode(
      call,
      `weights of ${showShape(weights.shape)} in ${groups} groups on an input of ${showShape(input.shape)}`,
    );
  }
  if (spatial.length === 3 && images !== 1)
    failNode(call, `convolutions of three dimensions are supported on one image, its input has ${images}`);
  const windows = windowsOf(call, spatial, kernel);
  const [horizontal, vertical = unit, volume] = [...windows].reverse();
  const stacked: SlidingWindow | undefined =
    images === 1 ? undefined : { ...unit, input: images, output: images };
  const depth = volume ?? stacked;
  const taps = elementCount(kernel);
  // Constants have the taps innermost, layers the channels.
  const tapStrides = [...new Array<number>(3 - kernel.length).fill(0), ...rowMajorStrides(kernel)];
  const layer = convolutionLayer({
    name: call.node.name,
    channels,
    groups,
    vertical,
    horizontal,
    ...(depth === undefined ? {} : { depth }),
    biasParameters: biasParameters(bias),
    weights: trainedWeights(call, weightsPosition, weights, {
      shape: [
        filters,
        ...(depth === undefined ? [] : [depth.kernel]),
        vertical.kernel,
        horizontal.kernel,
        channelsPerGroup,
      ],
      strides: [channelsPerGroup * taps, ...tapStrides.slice(depth === undefined ? 1 : 0), taps],
    }),
  });
  return call.builder.layers([layer], [images, filters, ...windows.map((window) => window.output)], 1);
};

const convolution: Operator = (call) => [
  convolve(call, {
    input: operand(call, 0),
    weights: constantOperand(call, 1) ?? failNode(call, "it has no weights"),
    weightsPosition: 1,
    bias: call.operands[2],
  }),
];

/**
 * DeformConv: a convolution whose taps read between the elements of its input, at offsets known at run time. The layer is
 * that of the plain convolution; sampling, with its interpolation, is a movement that reads input, offsets and mask and
 * writes a value for each tap, channel and position.
 */
const deformableConvolution: Operator = (call) => {
  const { builder, node, operands } = call;
  const weights = constantOperand(call, 1) ?? failNode(call, "it has no weights");
  const input = operand(call, 0);
  const [images, channels, ...spatial] = input.shape;
  const kernel = kernelOf(call, weights, input.shape.length);
  const outputs = windowsOf(call, spatial, kernel).map((window) => window.output);
  const offsetGroups = integerAttribute(call, "offset_group") ?? 1;
  const taps = elementCount(kernel);
  const offsets = [images, offsetGroups * spatial.length * taps, ...outputs];
  if (operand(call, 2).shape.join() !== offsets.join())
    failNode(call, `offsets of ${showShape(operand(call, 2).shape)}, expected ${showShape(offsets)}`);
  builder.movement(
    `${node.name}/sampling`,
    node.operator,
    [input, operands[2], operands[4]],
    [images, channels * taps, ...outputs],
  );
  return [convolve(call, { input, weights, weightsPosition: 1, bias: operands[3] })];
};

/** Convolutions. */
export const convolutionOperators: Operators = { Conv: convolution, DeformConv: deformableConvolution };
