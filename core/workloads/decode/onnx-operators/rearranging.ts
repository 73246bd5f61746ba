import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { valueArray } from "../onnx-tensor.ts";
import { claimComputed, constantOf, leastPrecise, pickConstant } from "./constant-results.ts";
import {
  axisOf,
  failNode,
  integerAttribute,
  integersAttribute,
  integersEither,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
  textAttribute,
} from "./node-call.ts";

/** A rearranged activation, or the constant that `compute` makes of a constant. */
export const rearranged = (
  call: NodeCall,
  shape: readonly number[],
  compute: (constant: Constant) => Constant,
): Value => {
  const { constant } = operand(call, 0);
  if (constant === undefined) return call.builder.rearranged(call.node.name, call.node.operator, shape);
  call.builder.absorb(call.node.operator);
  return call.builder.constant(compute(constant));
};

/** For rearrangements that no graph applies to its constants. */
export const notComputed = (call: NodeCall) => (): never =>
  failNode(call, "its operand is a constant, and bitfront does not compute this operator");

const transpose: Operator = (call) => {
  const { shape } = operand(call, 0);
  const order = integersAttribute(call, "perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
  if ([...order].sort((a, b) => a - b).join() !== shape.map((_, axis) => axis).join()) {
    failNode(call, `perm ${showShape(order)} is no order of the axes of ${showShape(shape)}`);
  }
  const strides = rowMajorStrides(shape);
  const result = order.map((axis) => shape[axis]);
  const picked = order.map((axis) => strides[axis]);
  return [rearranged(call, result, (constant) => pickConstant(call, constant, result, picked))];
};

/** Sizes of the parts of a split: given, or as even as they can be. */
const partSizes = (call: NodeCall, size: number): readonly number[] => {
  const parts = call.node.outputs.length;
  const asked = integerAttribute(call, "num_outputs");
  if (asked !== undefined && asked !== parts)
    failNode(call, `num_outputs is ${asked}, it has ${parts} outputs`);
  const given = integersEither(call, "split", 1);
  if (given !== undefined) return given;
  if (call.opset < 18 && size % parts !== 0)
    failNode(
      call,
      `an axis of ${size} has no ${parts} even parts, and operator set ${call.opset} asks for them`,
    );
  const even = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, part) => Math.min(even, size - part * even));
};

const split: Operator = (call) => {
  const { shape, constant } = operand(call, 0);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, shape.length);
  const sizes = partSizes(call, shape[axis]);
  if (
    sizes.length !== call.node.outputs.length ||
    sizes.some((part) => part < 1) ||
    sizes.reduce((sum, part) => sum + part, 0) !== shape[axis]
  ) {
    failNode(call, `axis ${axis} of ${showShape(shape)} cannot be split into ${showShape(sizes)}`);
  }
  // One node is one absorbed operation, however many parts it has.
  call.builder.absorb(call.node.operator);
  const strides = rowMajorStrides(shape);
  let start = 0;
  return sizes.map((part) => {
    const result = shape.map((size, index) => (index === axis ? part : size));
    const offset = start * strides[axis];
    start += part;
    if (constant === undefined) return call.builder.root(call.node.name, result);
    return call.builder.constant(pickConstant(call, constant, result, strides, offset));
  });
};

/** Constants, one behind the other along an axis. */
export const joinConstants = (
  call: NodeCall,
  constants: readonly Constant[],
  shape: readonly number[],
  axis: number,
): Constant => {
  claimComputed(call, shape, Math.max(...constants.map(({ values }) => values.length)));
  const [{ elementType }] = constants;
  const joined = valueArray(elementType, elementCount(shape));
  const blocks = constants.map((constant) => elementCount(constant.shape.slice(axis)));
  const outer = elementCount(shape.slice(0, axis));
  let target = 0;
  for (let row = 0; row < outer; row++) {
    for (const [index, constant] of constants.entries()) {
      joined.set(constant.values.subarray(row * blocks[index], (row + 1) * blocks[index]), target);
      target += blocks[index];
    }
  }
  return constantOf(shape, joined, elementType, leastPrecise(constants));
};

const concat: Operator = (call) => {
  const values = call.operands.map((_, position) => operand(call, position));
  const [first] = values;
  if (first === undefined) return failNode(call, "it has no operands");
  const given = integerAttribute(call, "axis") ?? failNode(call, "its attribute axis is missing");
  const axis = axisOf(call, given, first.shape.length);
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
  return [rearranged(call, result, () => joinConstants(call, constants, result, axis))];
};

const pixelShuffle = (call: NodeCall, upwards: boolean): readonly Value[] => {
  const { shape } = operand(call, 0);
  const block = integerAttribute(call, "blocksize") ?? 0;
  if (shape.length !== 4 || block < 1) return failNode(call, `block size ${block} on ${showShape(shape)}`);
  const mode = textAttribute(call, "mode") ?? "DCR";
  if (mode !== "DCR" && mode !== "CRD") failNode(call, `mode ${mode} is not known`);
  const [batch, channels, height, width] = shape;
  const result = upwards
    ? [batch, channels / block ** 2, height * block, width * block]
    : [batch, channels * block ** 2, height / block, width / block];
  return [rearranged(call, result, notComputed(call))];
};

/** Operators that join, part or reorder elements without computing any. */
export const rearrangingOperators: Operators = {
  Concat: concat,
  DepthToSpace: (call) => pixelShuffle(call, true),
  SpaceToDepth: (call) => pixelShuffle(call, false),
  Split: split,
  Transpose: transpose,
};
