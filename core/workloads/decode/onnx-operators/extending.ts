import type { Constant } from "../../constant.ts";
import { broadcastShape, elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { valueArray } from "../onnx-tensor.ts";
import { broadcastConstant, claimComputed, constantOf } from "./constant-results.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  floatAttribute,
  integersEither,
  integersOperand,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
  textAttribute,
} from "./node-call.ts";
import { notComputed, rearranged } from "./rearranging.ts";

const expand: Operator = (call) => {
  const { shape } = operand(call, 0);
  const asked = integersOperand(call, 1);
  if (asked === undefined) return failNode(call, "it gives no shape");
  const result =
    broadcastShape([shape, asked]) ??
    failNode(call, `${showShape(shape)} cannot be expanded to ${showShape(asked)}`);
  return [rearranged(call, result, (constant) => broadcastConstant(call, constant, result))];
};

/** A constant with a border of one value; negative pads cut. */
const padConstant = (
  call: NodeCall,
  constant: Constant,
  before: readonly number[],
  shape: readonly number[],
): Constant => {
  if ((textAttribute(call, "mode") ?? "constant") !== "constant") return notComputed(call)();
  claimComputed(call, shape, constant.values.length);
  const fill = floatAttribute(call, "value") ?? constantOperand(call, 2)?.values[0] ?? 0;
  const values = valueArray(constant.elementType, elementCount(shape)).fill(fill);
  const strides = rowMajorStrides(shape);
  const own = rowMajorStrides(constant.shape);
  for (let index = 0; index < constant.values.length; index++) {
    let target = 0;
    let inside = true;
    for (const [axis, size] of shape.entries()) {
      const place = (Math.floor(index / own[axis]) % constant.shape[axis]) + before[axis];
      inside &&= place >= 0 && place < size;
      target += place * strides[axis];
    }
    if (inside) values[target] = constant.values[index];
  }
  return constantOf(shape, values, constant.elementType, constant.stored);
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
  const before = shape.map(() => 0);
  for (const [index, axis] of axes.entries()) {
    result[axis] += pads[index] + pads[index + axes.length];
    before[axis] = pads[index];
  }
  if (result.some((size) => size < 0)) failNode(call, `pads ${showShape(pads)} on ${showShape(shape)}`);
  return [rearranged(call, result, (constant) => padConstant(call, constant, before, result))];
};

/** Repeats a tensor along its axes; a constant by a view with every axis split into repeats and elements. */
const tile: Operator = (call) => {
  const { shape } = operand(call, 0);
  const repeats = integersOperand(call, 1);
  if (repeats?.length !== shape.length || repeats.some((count) => count < 0))
    return failNode(call, `expected ${shape.length} repeats, counts of an axis each`);
  const result = shape.map((size, axis) => size * repeats[axis]);
  const strides = rowMajorStrides(shape);
  return [
    rearranged(call, result, (constant) => {
      claimComputed(call, result);
      const tiles = shape.flatMap((size, axis) => [repeats[axis], size]);
      const steps = strides.flatMap((stride) => [0, stride]);
      return { ...constant, shape: result, values: stridedCopy(constant.values, tiles, steps) };
    }),
  ];
};

/** Operators that repeat elements or put a border around them. */
export const extendingOperators: Operators = { Expand: expand, Pad: pad, Tile: tile };
