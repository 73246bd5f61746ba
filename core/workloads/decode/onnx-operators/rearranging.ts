import { type Constant, mostComputedElements } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { broadcastShape, elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { broadcastConstant } from "./element-wise.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  integerAttribute,
  integersAttribute,
  integersEither,
  integersOperand,
  type NodeCall,
  type Operator,
  operand,
  textAttribute,
} from "./node-call.ts";

/** A rearranged activation, or the constant that `compute` makes of a constant. */
const rearranged = (
  call: NodeCall,
  shape: readonly number[],
  compute: (constant: Constant) => Constant["values"],
): Value => {
  const { constant } = operand(call, 0);
  if (constant === undefined) return call.builder.rearranged(call.node.name, call.node.operator, shape);
  call.builder.absorb(call.node.operator);
  return call.builder.constant({ ...constant, shape, values: compute(constant) });
};

/** For rearrangements that no graph applies to its constants. */
const notComputed = (call: NodeCall) => (): never =>
  failNode(call, "its operand is a constant, and bitfront does not compute this operator");

const transpose: Operator = (call) => {
  const { shape } = operand(call, 0);
  const order = integersAttribute(call, "perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
  if ([...order].sort((a, b) => a - b).join() !== shape.map((_, axis) => axis).join()) {
    failNode(call, `perm ${showShape(order)} is no order of the axes of ${showShape(shape)}`);
  }
  const strides = rowMajorStrides(shape);
  const result = order.map((axis) => shape[axis]);
  return [
    rearranged(call, result, ({ values }) =>
      stridedCopy(
        values,
        result,
        order.map((axis) => strides[axis]),
      ),
    ),
  ];
};

const slice: Operator = (call) => {
  const { shape } = operand(call, 0);
  const starts = integersEither(call, "starts", 1);
  const ends = integersEither(call, "ends", 2);
  if (starts === undefined || ends === undefined) return failNode(call, "it gives no starts and ends");
  const axes = integersEither(call, "axes", 3) ?? starts.map((_, axis) => axis);
  const steps = integersOperand(call, 4) ?? starts.map(() => 1);
  const result = [...shape];
  const own = rowMajorStrides(shape);
  const strides = [...own];
  let offset = 0;
  for (const [index, given] of axes.entries()) {
    const axis = axisOf(call, given, shape.length);
    const step = steps[index] ?? 1;
    if (step === 0) failNode(call, "a step is 0");
    const size = shape[axis];
    const clamp = (position: number): number => {
      const positive = position < 0 ? position + size : position;
      return step > 0 ? Math.min(Math.max(positive, 0), size) : Math.min(Math.max(positive, -1), size - 1);
    };
    const start = clamp(starts[index]);
    result[axis] = Math.max(0, Math.ceil((clamp(ends[index]) - start) / step));
    offset += start * own[axis];
    strides[axis] = own[axis] * step;
  }
  return [rearranged(call, result, ({ values }) => stridedCopy(values, result, strides, offset))];
};

const split: Operator = (call) => {
  const { shape } = operand(call, 0);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, shape.length);
  const parts = call.node.outputs.length;
  const even = Math.ceil(shape[axis] / parts);
  const sizes =
    integersEither(call, "split", 1) ??
    Array.from({ length: parts }, (_, part) => Math.min(even, shape[axis] - part * even));
  if (
    sizes.length !== parts ||
    sizes.some((part) => part < 1) ||
    sizes.reduce((sum, part) => sum + part, 0) !== shape[axis]
  ) {
    failNode(call, `axis ${axis} of ${showShape(shape)} cannot be split into ${showShape(sizes)}`);
  }
  // One node is one absorbed operation, however many parts it has.
  const [first, ...others] = sizes.map((part) => shape.map((size, index) => (index === axis ? part : size)));
  return [
    rearranged(call, first, notComputed(call)),
    ...others.map((part) => call.builder.root(call.node.name, part)),
  ];
};

const concat: Operator = (call) => {
  const values = call.operands.map((_, position) => operand(call, position));
  const [first] = values;
  if (first === undefined) return failNode(call, "it has no operands");
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 1, first.shape.length);
  const shapes = values.map((value) => value.shape);
  const fits = shapes.every(
    (shape) =>
      shape.length === first.shape.length &&
      shape.every((size, index) => index === axis || size === first.shape[index]),
  );
  if (!fits) failNode(call, `shapes ${shapes.map(showShape).join(", ")} cannot be joined along axis ${axis}`);
  const result = first.shape.map((size, index) =>
    index === axis ? shapes.reduce((sum, shape) => sum + shape[axis], 0) : size,
  );
  const constants = values.map((value) => value.constant).filter((constant) => constant !== undefined);
  if (constants.length < values.length)
    return [call.builder.rearranged(call.node.name, call.node.operator, result)];
  const blocks = constants.map(({ shape }) => elementCount(shape.slice(axis)));
  const outer = elementCount(first.shape.slice(0, axis));
  return [
    rearranged(call, result, ({ values: own }) => {
      const joined =
        own instanceof Float32Array
          ? new Float32Array(elementCount(result))
          : new Float64Array(elementCount(result));
      let target = 0;
      for (let row = 0; row < outer; row++) {
        for (const [index, constant] of constants.entries()) {
          joined.set(constant.values.subarray(row * blocks[index], (row + 1) * blocks[index]), target);
          target += blocks[index];
        }
      }
      return joined;
    }),
  ];
};

/** Constant indices choose slices of a tensor; indices known at run time read rows of a table, which is a movement. */
const gather: Operator = (call) => {
  const data = operand(call, 0);
  const indices = operand(call, 1);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, data.shape.length);
  const result = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  if (indices.constant === undefined)
    return [call.builder.movement(call.node.name, call.node.operator, call.operands, result)];
  const chosen = [...indices.constant.values].map((index) => axisOf(call, index, data.shape[axis]));
  const inner = elementCount(data.shape.slice(axis + 1));
  const outer = elementCount(data.shape.slice(0, axis));
  return [
    rearranged(call, result, ({ values }) => {
      if (elementCount(result) > mostComputedElements)
        failNode(call, `its constant result ${showShape(result)} is too large`);
      const target =
        values instanceof Float32Array
          ? new Float32Array(elementCount(result))
          : new Float64Array(elementCount(result));
      let position = 0;
      for (let row = 0; row < outer; row++) {
        for (const index of chosen) {
          const start = (row * data.shape[axis] + index) * inner;
          target.set(values.subarray(start, start + inner), position);
          position += inner;
        }
      }
      return target;
    }),
  ];
};

const expand: Operator = (call) => {
  const { shape } = operand(call, 0);
  const asked = integersOperand(call, 1);
  if (asked === undefined) return failNode(call, "it gives no shape");
  const result =
    broadcastShape([shape, asked]) ??
    failNode(call, `${showShape(shape)} cannot be expanded to ${showShape(asked)}`);
  return [rearranged(call, result, (constant) => broadcastConstant(call, constant, result).values)];
};

const constantOfShape: Operator = (call) => {
  const shape = integersOperand(call, 0);
  const fill = call.node.attributes.get("value")?.tensor ?? {
    shape: [1],
    values: new Float32Array(1),
    elementType: "float32",
  };
  if (shape === undefined || shape.some((size) => size < 0)) return failNode(call, "it gives no shape");
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(broadcastConstant(call, { ...fill, shape: [1] }, shape))];
};

const pad: Operator = (call) => {
  const { shape } = operand(call, 0);
  const pads = integersEither(call, "pads", 1);
  const axes = (integersOperand(call, 3) ?? shape.map((_, axis) => axis)).map((axis) =>
    axisOf(call, axis, shape.length),
  );
  if (pads === undefined || pads.length !== 2 * axes.length)
    return failNode(call, `expected ${2 * axes.length} pads`);
  const result = [...shape];
  for (const [index, axis] of axes.entries()) result[axis] += pads[index] + pads[index + axes.length];
  return [rearranged(call, result, notComputed(call))];
};

const tile: Operator = (call) => {
  const { shape } = operand(call, 0);
  const repeats = integersOperand(call, 1);
  if (repeats?.length !== shape.length) return failNode(call, `expected ${shape.length} repeats`);
  return [
    rearranged(
      call,
      shape.map((size, axis) => size * repeats[axis]),
      notComputed(call),
    ),
  ];
};

const pixelShuffle = (call: NodeCall, upwards: boolean): readonly Value[] => {
  const { shape } = operand(call, 0);
  const block = integerAttribute(call, "blocksize") ?? 0;
  if (shape.length !== 4 || block < 1) return failNode(call, `block size ${block} on ${showShape(shape)}`);
  const [batch, channels, height, width] = shape;
  const result = upwards
    ? [batch, channels / block ** 2, height * block, width * block]
    : [batch, channels * block ** 2, height / block, width / block];
  return [rearranged(call, result, notComputed(call))];
};

/** Nearest-neighbour resizing is a way to address the tensor; interpolation computes, so it is a movement. */
const resize: Operator = (call) => {
  const { shape } = operand(call, 0);
  const upsample = call.node.operator === "Upsample" || call.operands.length === 2;
  const scales = call.node.attributes.get("scales")?.floats ?? [
    ...(constantOperand(call, upsample ? 1 : 2)?.values ?? []),
  ];
  const sizes = upsample ? undefined : integersOperand(call, 3);
  if (
    (textAttribute(call, "keep_aspect_ratio_policy") ?? "stretch") !== "stretch" ||
    integersAttribute(call, "axes") !== undefined
  ) {
    failNode(call, "keep_aspect_ratio_policy and axes are not supported");
  }
  const result = sizes?.length
    ? sizes
    : shape.map((size, axis) => Math.floor(size * (scales[axis] ?? Number.NaN)));
  if (result.length !== shape.length || result.some(Number.isNaN))
    failNode(call, `it gives no size for each axis of ${showShape(shape)}`);
  if ((textAttribute(call, "mode") ?? "nearest") === "nearest")
    return [rearranged(call, result, notComputed(call))];
  return [call.builder.movement(call.node.name, call.node.operator, [call.operands[0]], result)];
};

/** Operators that choose, repeat or reorder elements without computing any. */
export const rearrangingOperators: Readonly<Record<string, Operator>> = {
  Concat: concat,
  ConstantOfShape: constantOfShape,
  DepthToSpace: (call) => pixelShuffle(call, true),
  Expand: expand,
  Gather: gather,
  Pad: pad,
  Resize: resize,
  Slice: slice,
  SpaceToDepth: (call) => pixelShuffle(call, false),
  Split: split,
  Tile: tile,
  Transpose: transpose,
  Upsample: resize,
};
