import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { valueArray } from "../onnx-tensor.ts";
import { claimComputed, constantOf, pickConstant } from "./constant-results.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  hasOutput,
  integerAttribute,
  integersEither,
  integersOperand,
  moved,
  named,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";
import { rearranged } from "./rearranging.ts";

const slice: Operator = (call) => {
  const { shape } = operand(call, 0);
  const starts = integersEither(call, "starts", 1);
  const ends = integersEither(call, "ends", 2);
  if (starts === undefined || ends === undefined) return failNode(call, "it gives no starts and ends");
  const axes = integersEither(call, "axes", 3) ?? starts.map((_, axis) => axis);
  const steps = integersOperand(call, 4) ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length)
    failNode(
      call,
      `it gives ${starts.length} starts, ${ends.length} ends, ${axes.length} axes and ${steps.length} steps`,
    );
  const result = [...shape];
  const own = rowMajorStrides(shape);
  const strides = [...own];
  let offset = 0;
  for (const [index, given] of axes.entries()) {
    const axis = axisOf(call, given, shape.length);
    const step = steps[index];
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
  return [rearranged(call, result, (constant) => pickConstant(call, constant, result, strides, offset))];
};

/** Constant indices choose slices of a tensor; indices known at run time read rows of a table, which is a movement. */
const gather: Operator = (call) => {
  const data = operand(call, 0);
  const indices = operand(call, 1);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, data.shape.length);
  const result = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  if (indices.constant === undefined) return [moved(call, result)];
  const { values } = indices.constant;
  for (let index = 0; index < values.length; index++) axisOf(call, values[index], data.shape[axis]);
  const inner = elementCount(data.shape.slice(axis + 1));
  const outer = elementCount(data.shape.slice(0, axis));
  return [
    rearranged(call, result, (constant) => {
      claimComputed(call, result);
      const target = valueArray(constant.elementType, elementCount(result));
      let position = 0;
      for (let row = 0; row < outer; row++) {
        for (let index = 0; index < values.length; index++) {
          const chosen = values[index] < 0 ? values[index] + data.shape[axis] : values[index];
          const start = (row * data.shape[axis] + chosen) * inner;
          target.set(constant.values.subarray(start, start + inner), position);
          position += inner;
        }
      }
      return constantOf(result, target, constant.elementType, constant.stored);
    }),
  ];
};

/** An element of the data for each index. */
const gatherElements: Operator = (call) => {
  const data = operand(call, 0);
  const indices = operand(call, 1);
  if (data.shape.length !== indices.shape.length)
    failNode(call, `indices of the shape ${showShape(indices.shape)} into ${showShape(data.shape)}`);
  return [moved(call, indices.shape)];
};

/** A slice of the data for each row of indices. */
const gatherRows: Operator = (call) => {
  const { shape: data } = operand(call, 0);
  const { shape: indices } = operand(call, 1);
  const batch = integerAttribute(call, "batch_dims") ?? 0;
  const depth = indices.at(-1) ?? 0;
  if (indices.length === 0 || batch < 0 || batch + depth > data.length)
    failNode(
      call,
      `indices of the shape ${showShape(indices)} with ${batch} batch axes into ${showShape(data)}`,
    );
  return [moved(call, [...indices.slice(0, -1), ...data.slice(batch + depth)])];
};

/** A copy of the data in which elements or slices are replaced. */
const scattered: Operator = (call) => [moved(call, operand(call, 0).shape)];

/** An axis of as many entries as there are classes, one of them set. */
const oneHot: Operator = (call) => {
  const { shape } = operand(call, 0);
  const depth = integersOperand(call, 1)?.[0] ?? 0;
  const axis = axisOf(call, integerAttribute(call, "axis") ?? -1, shape.length + 1);
  return [moved(call, [...shape.slice(0, axis), depth, ...shape.slice(axis)])];
};

/** The largest or smallest entries of an axis, with their places, of which nothing is kept as a constant. */
const topK: Operator = (call) => {
  const { shape } = operand(call, 0);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? -1, shape.length);
  const count = integerAttribute(call, "k") ?? constantOperand(call, 1)?.values[0] ?? 0;
  if (!(count >= 1 && count <= shape[axis])) failNode(call, `it takes ${count} of ${shape[axis]} entries`);
  const result = shape.map((size, index) => (index === axis ? count : size));
  const { builder, node } = call;
  return [
    moved(call, result),
    ...(hasOutput(call, 1) ? [builder.movement(`${node.name}/indices`, node.operator, [], result)] : []),
  ];
};

/** Operators that choose elements: free where they are known before run time and lie side by side, otherwise movements. */
export const indexingOperators: Operators = { Gather: gather, Slice: slice };

/** Operators that choose elements at run time. */
export const selectingOperators: Operators = {
  ...named("Scatter ScatterElements ScatterND", scattered),
  GatherElements: gatherElements,
  GatherND: gatherRows,
  OneHot: oneHot,
  TopK: topK,
};
