import { convolutionLayer, matrixProductLayer } from "../../build-layer.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount, showShape } from "../../shape.ts";
import { type SlidingWindow, slidingWindow } from "../../sliding-window.ts";
import { type TransposedAxis, transposedConvolutionLayers } from "../../transposed-convolution.ts";
import { countField, sizesField } from "../json-fields.ts";
import {
  biasOf,
  canonical,
  checkChannelsLast,
  failLayer,
  inputOf,
  type LayerCall,
  type LayerClass,
  ownActivation,
  paddingOf,
  weightOf,
} from "./layer-call.ts";

/** The windows of a layer along its spatial axes, for a kernel of these sizes. */
const windowsOf = (
  call: LayerCall,
  spatial: readonly number[],
  kernel: readonly number[],
): SlidingWindow[] => {
  const { config } = call.layer;
  const strides = sizesField(config, "strides", spatial.length, 1);
  const dilations = sizesField(config, "dilation_rate", spatial.length, 1);
  const padding = paddingOf(call);
  return spatial.map((input, axis) => {
    const window = slidingWindow({
      input,
      kernel: kernel[axis],
      stride: strides[axis],
      dilation: dilations[axis],
      padding,
    });
    if (window.output < 1)
      failLayer(call, `a kernel of ${showShape(kernel)} does not fit an input of ${showShape(spatial)}`);
    return window;
  });
};

/** Conv2D: kernel [R, S, C / groups, M]. */
const convolution2d: LayerClass = (call) => {
  checkChannelsLast(call);
  const { shape } = inputOf(call, 4);
  const kernel = weightOf(call, "kernel", 4);
  const [height, width, channelsPerGroup, filters] = kernel.shape;
  const groups = countField(call.layer.config, "groups", 1);
  if (channelsPerGroup * groups !== shape[3] || filters % groups !== 0) {
    failLayer(
      call,
      `a kernel of ${showShape(kernel.shape)} in ${groups} groups on an input of ${showShape(shape)}`,
    );
  }
  const [vertical, horizontal] = windowsOf(call, shape.slice(1, 3), [height, width]);
  const layer = convolutionLayer({
    name: call.layer.name,
    channels: shape[3],
    groups,
    vertical,
    horizontal,
    biasParameters: biasOf(call),
    weights: canonical(
      call,
      kernel,
      [filters, height, width, channelsPerGroup],
      [1, width * channelsPerGroup * filters, channelsPerGroup * filters, filters],
    ),
  });
  return ownActivation(
    call,
    call.builder.layers([layer], [1, vertical.output, horizontal.output, filters], 3),
  );
};

/** Conv1D: kernel [S, C / groups, M]; the layer has height 1. */
const convolution1d: LayerClass = (call) => {
  checkChannelsLast(call);
  const { shape } = inputOf(call, 3);
  const kernel = weightOf(call, "kernel", 3);
  const [width, channelsPerGroup, filters] = kernel.shape;
  const groups = countField(call.layer.config, "groups", 1);
  if (channelsPerGroup * groups !== shape[2] || filters % groups !== 0) {
    failLayer(
      call,
      `a kernel of ${showShape(kernel.shape)} in ${groups} groups on an input of ${showShape(shape)}`,
    );
  }
  const [horizontal] = windowsOf(call, shape.slice(1, 2), [width]);
  const layer = convolutionLayer({
    name: call.layer.name,
    channels: shape[2],
    groups,
    vertical: { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 },
    horizontal,
    biasParameters: biasOf(call),
    weights: canonical(
      call,
      kernel,
      [filters, 1, width, channelsPerGroup],
      [1, 0, channelsPerGroup * filters, filters],
    ),
  });
  return ownActivation(call, call.builder.layers([layer], [1, horizontal.output, filters], 2));
};

/** The depthwise layer of a kernel [R, S, C, multiplier]: filter m reads channel ⌊m / multiplier⌋. */
const depthwise = (call: LayerCall, name: string, biasParameters: number): Value => {
  checkChannelsLast(call);
  const { shape } = inputOf(call, 4);
  const kernel = weightOf(call, "depthwise_kernel", 4);
  const [height, width, channels, multiplier] = kernel.shape;
  if (channels !== shape[3])
    failLayer(call, `a kernel of ${showShape(kernel.shape)} on an input of ${showShape(shape)}`);
  const filters = channels * multiplier;
  const [vertical, horizontal] = windowsOf(call, shape.slice(1, 3), [height, width]);
  const weights = canonical(call, kernel, [filters, height, width, 1], [1, width * filters, filters, 0]);
  const layer = convolutionLayer({
    name,
    channels,
    groups: channels,
    vertical,
    horizontal,
    biasParameters,
    weights,
  });
  return call.builder.layers([layer], [1, vertical.output, horizontal.output, filters], 3);
};

const depthwiseConvolution: LayerClass = (call) =>
  ownActivation(call, depthwise(call, call.layer.name, biasOf(call)));

/** SeparableConv2D: a depthwise layer, then a 1 × 1 convolution. */
const separableConvolution: LayerClass = (call) => {
  const middle = depthwise(call, `${call.layer.name}/depthwise`, 0);
  const kernel = weightOf(call, "pointwise_kernel", 4);
  const [, , channels, filters] = kernel.shape;
  const [, height, width, produced] = middle.shape;
  if (channels !== produced)
    failLayer(call, `a pointwise kernel of ${showShape(kernel.shape)} on ${produced} channels`);
  const unit = (size: number): SlidingWindow => ({
    input: size,
    output: size,
    kernel: 1,
    stride: 1,
    dilation: 1,
    before: 0,
  });
  const layer = convolutionLayer({
    name: `${call.layer.name}/pointwise`,
    channels,
    groups: 1,
    vertical: unit(height),
    horizontal: unit(width),
    biasParameters: biasOf(call),
    weights: canonical(call, kernel, [filters, 1, 1, channels], [1, 0, 0, filters]),
  });
  return ownActivation(call, call.builder.layers([layer], [1, height, width, filters], 3));
};

/** Conv2DTranspose: kernel [R, S, M, C]; one layer for each output phase. Sizes as in Keras' deconv_output_length. */
const transposedConvolution: LayerClass = (call) => {
  checkChannelsLast(call);
  const { config } = call.layer;
  const { shape } = inputOf(call, 4);
  const kernel = weightOf(call, "kernel", 4);
  const [height, width, filters, channels] = kernel.shape;
  if (channels !== shape[3])
    failLayer(call, `a kernel of ${showShape(kernel.shape)} on an input of ${showShape(shape)}`);
  if ((config.fields.output_padding ?? null) !== null) failLayer(call, "output_padding is not supported");
  const strides = sizesField(config, "strides", 2, 1);
  const dilations = sizesField(config, "dilation_rate", 2, 1);
  const same = paddingOf(call) === "same-upper";
  const [vertical, horizontal] = [height, width].map((taps, axis): TransposedAxis => {
    const [input, stride, dilation] = [shape[axis + 1], strides[axis], dilations[axis]];
    const reach = dilation * (taps - 1) + 1;
    const output = input * stride + (same ? 0 : Math.max(reach - stride, 0));
    const total = Math.max(0, (input - 1) * stride + reach - output);
    return { input, output, kernel: taps, stride, dilation, before: Math.floor(total / 2) };
  });
  const layers = transposedConvolutionLayers({
    name: call.layer.name,
    groups: 1,
    vertical,
    horizontal,
    biasParameters: biasOf(call),
    weights: canonical(
      call,
      kernel,
      [1, filters, height, width, channels],
      [0, channels, width * filters * channels, filters * channels, 1],
    ),
  });
  return ownActivation(
    call,
    call.builder.layers(layers, [1, vertical.output, horizontal.output, filters], 3),
  );
};

/** Dense on the last axis: kernel [C, M], one vector for each element of the other axes. */
const dense: LayerClass = (call) => {
  const { shape } = inputOf(call);
  const kernel = weightOf(call, "kernel", 2);
  const [channels, filters] = kernel.shape;
  if (channels !== shape[shape.length - 1])
    failLayer(call, `a kernel of ${showShape(kernel.shape)} on an input of ${showShape(shape)}`);
  const layer = matrixProductLayer({
    name: call.layer.name,
    kind: "linear",
    groups: 1,
    vectors: elementCount(shape.slice(0, -1)),
    biasParameters: biasOf(call),
    weights: canonical(call, kernel, [filters, 1, 1, channels], [1, 0, 0, filters]),
  });
  return ownActivation(
    call,
    call.builder.layers([layer], [...shape.slice(0, -1), filters], shape.length - 1),
  );
};

/** Layers with multiply–accumulates by class name. */
export const weightedLayers: Readonly<Record<string, LayerClass>> = {
  Conv1D: convolution1d,
  Conv2D: convolution2d,
  Conv2DTranspose: transposedConvolution,
  Dense: dense,
  DepthwiseConv2D: depthwiseConvolution,
  SeparableConv2D: separableConvolution,
};
