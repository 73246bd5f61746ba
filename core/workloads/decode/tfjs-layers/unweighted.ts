import { broadcastShape, elementCount, showShape } from "../../shape.ts";
import { slidingWindow } from "../../sliding-window.ts";
import { countField, listField, optionalText, sizesField, textField } from "../json-fields.ts";
import {
  activate,
  checkChannelsLast,
  failLayer,
  inputOf,
  type LayerCall,
  type LayerClass,
  paddingOf,
  weightOf,
} from "./layer-call.ts";

const axisOf = (call: LayerCall, axis: unknown, rank: number): number => {
  const positive = typeof axis === "number" && axis < 0 ? axis + rank : axis;
  if (Number.isInteger(positive) && Number(positive) > 0 && Number(positive) < rank) return Number(positive);
  return failLayer(call, `axis ${JSON.stringify(axis)} of a tensor with ${rank} axes, the batch aside`);
};

const activation: LayerClass = (call) =>
  activate(call, inputOf(call), textField(call.layer.config, "activation"));

/** One operand, or several of the same or broadcastable shape: fused where they have one root, otherwise a movement. */
const elementWise: LayerClass = (call) => {
  inputOf(call);
  const shapes = call.operands.map((value) => value.shape);
  const shape =
    broadcastShape(shapes) ??
    failLayer(call, `inputs of the shapes ${shapes.map(showShape).join(" and ")} do not fit together`);
  return call.builder.elementWise(call.layer.name, call.layer.className, call.operands, shape);
};

const movement: LayerClass = (call) => {
  const { shape } = inputOf(call);
  return call.builder.movement(call.layer.name, call.layer.className, call.operands, shape);
};

const inert: LayerClass = (call) => {
  const value = inputOf(call);
  return call.builder.sameOrder(call.layer.name, call.layer.className, value, value.shape);
};

const batchNormalization: LayerClass = (call) => {
  const value = inputOf(call);
  const { config, className } = call.layer;
  const given = config.fields.axis ?? -1;
  const axis = axisOf(
    call,
    Array.isArray(given) && given.length === 1 ? given[0] : given,
    value.shape.length,
  );
  const variance = weightOf(call, "moving_variance", 1).values;
  const scale =
    config.fields.scale === false
      ? new Float32Array(variance.length).fill(1)
      : weightOf(call, "gamma", 1).values;
  if (variance.length !== value.shape[axis] || scale.length !== variance.length) {
    failLayer(call, `${variance.length} variances for an input of ${showShape(value.shape)}`);
  }
  const epsilon = config.fields.epsilon ?? 1e-3;
  if (typeof epsilon !== "number" || epsilon < 0)
    return failLayer(call, `epsilon ${JSON.stringify(epsilon)}, expected a number`);
  return call.builder.normalization(className, value, axis, call.soleUse, { scale, variance, epsilon });
};

const concatenate: LayerClass = (call) => {
  const { shape } = inputOf(call);
  const axis = axisOf(call, call.layer.config.fields.axis ?? -1, shape.length);
  const shapes = call.operands.map((value) => value.shape);
  const fits = shapes.every(
    (other) =>
      other.length === shape.length && other.every((size, index) => index === axis || size === shape[index]),
  );
  if (!fits)
    failLayer(call, `shapes ${shapes.map(showShape).join(", ")} cannot be joined along axis ${axis}`);
  const joined = shapes.reduce((sum, other) => sum + other[axis], 0);
  return call.builder.rearranged(
    call.layer.name,
    call.layer.className,
    shape.map((size, index) => (index === axis ? joined : size)),
  );
};

const flatten: LayerClass = (call) => {
  const value = inputOf(call);
  return call.builder.sameOrder(call.layer.name, call.layer.className, value, [1, elementCount(value.shape)]);
};

const reshape: LayerClass = (call) => {
  const value = inputOf(call);
  const asked = listField(call.layer.config, "target_shape").map(Number);
  const total = elementCount(value.shape);
  const others = elementCount(asked.filter((size) => size !== -1));
  const shape = [1, ...asked.map((size) => (size === -1 ? total / others : size))];
  if (elementCount(shape) !== total || !shape.every(Number.isInteger)) {
    failLayer(call, `${showShape(value.shape)} cannot take the shape ${showShape(asked)}`);
  }
  return call.builder.sameOrder(call.layer.name, call.layer.className, value, shape);
};

const permute: LayerClass = (call) => {
  const { shape } = inputOf(call);
  const order = listField(call.layer.config, "dims").map((axis) => axisOf(call, axis, shape.length));
  if (new Set(order).size !== shape.length - 1)
    failLayer(call, `dims ${showShape(order)} for an input of ${showShape(shape)}`);
  return call.builder.rearranged(call.layer.name, call.layer.className, [
    shape[0],
    ...order.map((axis) => shape[axis]),
  ]);
};

const pooling =
  (axes: 1 | 2): LayerClass =>
  (call) => {
    checkChannelsLast(call);
    const { shape } = inputOf(call, axes + 2);
    const { config, className, name } = call.layer;
    const sizes = sizesField(config, "pool_size", axes, 2);
    const strides = (config.fields.strides ?? null) === null ? sizes : sizesField(config, "strides", axes);
    const spatial = sizes.map((kernel, axis) => {
      const input = shape[axis + 1];
      return slidingWindow({ input, kernel, stride: strides[axis], dilation: 1, padding: paddingOf(call) })
        .output;
    });
    return call.builder.movement(name, className, call.operands, [shape[0], ...spatial, shape[axes + 1]]);
  };

const globalPooling: LayerClass = (call) => {
  checkChannelsLast(call);
  const { shape } = inputOf(call);
  const { config, className, name } = call.layer;
  const keeps = config.fields.keepdims === true;
  const channels = shape[shape.length - 1];
  const result = keeps
    ? shape.map((size, axis) => (axis === 0 || axis === shape.length - 1 ? size : 1))
    : [shape[0], channels];
  return call.builder.movement(name, className, call.operands, result);
};

/** Nearest-neighbour upsampling is a way to address the tensor; interpolation computes, so it is a movement. */
const upSampling: LayerClass = (call) => {
  checkChannelsLast(call);
  const [batch, height, width, channels] = inputOf(call, 4).shape;
  const { config, className, name } = call.layer;
  const [vertical, horizontal] = sizesField(config, "size", 2, 2);
  const result = [batch, height * vertical, width * horizontal, channels];
  const nearest = (optionalText(config, "interpolation") ?? "nearest") === "nearest";
  return nearest
    ? call.builder.rearranged(name, className, result)
    : call.builder.movement(name, className, call.operands, result);
};

/** Rows above, rows below, columns left, columns right, from n, [v, h] or [[above, below], [left, right]]. */
const margins = (call: LayerCall, key: string): number[] => {
  const given = call.layer.config.fields[key];
  const axes: unknown[] = Array.isArray(given) ? given : [given, given];
  const all = axes.flatMap((axis) => (Array.isArray(axis) ? axis : [axis, axis]));
  if (all.length === 4 && all.every((size) => Number.isSafeInteger(size) && size >= 0)) return all;
  return failLayer(call, `${key} ${JSON.stringify(given)}: expected counts`);
};

const resizedBy =
  (key: string, sign: 1 | -1): LayerClass =>
  (call) => {
    checkChannelsLast(call);
    const [batch, height, width, channels] = inputOf(call, 4).shape;
    const [above, below, left, right] = margins(call, key);
    return call.builder.rearranged(call.layer.name, call.layer.className, [
      batch,
      height + sign * (above + below),
      width + sign * (left + right),
      channels,
    ]);
  };

/** Pixel shuffle of super-resolution networks: [h, w, c · scale²] to [h · scale, w · scale, c]. */
const pixelShuffle: LayerClass = (call) => {
  const [batch, height, width, channels] = inputOf(call, 4).shape;
  const scale = countField(call.layer.config, "scale");
  return call.builder.rearranged(call.layer.name, call.layer.className, [
    batch,
    height * scale,
    width * scale,
    channels / scale ** 2,
  ]);
};

const named = (names: string, layerClass: LayerClass): Record<string, LayerClass> =>
  Object.fromEntries(names.split(" ").map((name) => [name, layerClass]));

/**
 * Layers without multiply–accumulates by class name. MultiplyBeta and PixelShuffle… are custom layers of the ESRGAN
 * models of UpscalerJS: a scaling by a constant, and a depth-to-space.
 */
export const unweightedLayers: Readonly<Record<string, LayerClass>> = {
  ...named("Activation", activation),
  ...named("Add Average Maximum Minimum Multiply Subtract", elementWise),
  ...named("ELU LeakyReLU MultiplyBeta PReLU ReLU Rescaling ThresholdedReLU", elementWise),
  ...named("ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise", inert),
  ...named("SpatialDropout1D SpatialDropout2D", inert),
  ...named("LayerNormalization Softmax", movement),
  ...named("AveragePooling1D MaxPooling1D", pooling(1)),
  ...named("AveragePooling2D MaxPooling2D", pooling(2)),
  ...named(
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D",
    globalPooling,
  ),
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Cropping2D: resizedBy("cropping", -1),
  Flatten: flatten,
  Permute: permute,
  ...named("PixelShuffle PixelShuffle2x PixelShuffle3x PixelShuffle4x PixelShuffle8x", pixelShuffle),
  Reshape: reshape,
  UpSampling2D: upSampling,
  ZeroPadding2D: resizedBy("padding", 1),
};
