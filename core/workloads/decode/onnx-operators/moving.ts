import type { Constant } from "../../constant.ts";
import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { valueArray } from "../onnx-tensor.ts";
import { claimComputed, constantOf, isWhole } from "./constant-results.ts";
import {
  axisOf,
  failNode,
  hasOutput,
  integerAttribute,
  integersAttribute,
  integersEither,
  moved,
  type NodeCall,
  named,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";
import { windowsOf } from "./windows.ts";

const pooling: Operator = (call) => {
  const { shape } = operand(call, 0);
  const kernel = integersAttribute(call, "kernel_shape");
  if (kernel === undefined || shape.length < 3)
    return failNode(call, `kernel_shape is missing, or its input ${showShape(shape)} has no spatial axis`);
  const result = [
    ...shape.slice(0, 2),
    ...windowsOf(call, shape.slice(2), kernel).map((window) => window.output),
  ];
  const pooled = moved(call, result);
  if (!hasOutput(call, 1)) return [pooled];
  // Max pooling may return where the largest values were.
  return [pooled, call.builder.movement(`${call.node.name}/indices`, call.node.operator, [], result)];
};

const globalPooling: Operator = (call) => {
  const { shape } = operand(call, 0);
  return [
    moved(
      call,
      shape.map((size, axis) => (axis < 2 ? size : 1)),
    ),
  ];
};

const reduced = (shape: readonly number[], axes: readonly number[], keep: boolean): number[] =>
  keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));

/** A function of all values from one of two. */
const foldOf =
  (start: number, step: (before: number, value: number) => number) =>
  (values: Constant["values"]): number => {
    let result = start;
    for (const value of values) result = step(result, value);
    return result;
  };

const sum = foldOf(0, (total, value) => total + value);

/** Reductions that are computed of constants: sizes and bounds. */
const reducers: Readonly<Record<string, (values: Constant["values"]) => number>> = {
  ReduceMax: foldOf(Number.NEGATIVE_INFINITY, Math.max),
  ReduceMean: (values) => sum(values) / values.length,
  ReduceMin: foldOf(Number.POSITIVE_INFINITY, Math.min),
  ReduceProd: foldOf(1, (product, value) => product * value),
  ReduceSum: sum,
};

const reducedConstant = (
  call: NodeCall,
  constant: Constant,
  axes: readonly number[],
  result: readonly number[],
): Constant => {
  const reducer =
    reducers[call.node.operator] ??
    failNode(call, "its operand is a constant, and bitfront does not compute this operator");
  const { shape, elementType, stored } = constant;
  const own = rowMajorStrides(shape);
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const sorted = stridedCopy(
    constant.values,
    order.map((axis) => shape[axis]),
    order.map((axis) => own[axis]),
  );
  claimComputed(call, result);
  const values = valueArray(elementType, elementCount(result));
  const length = sorted.length / values.length;
  for (let index = 0; index < values.length; index++) {
    const value = reducer(sorted.subarray(index * length, (index + 1) * length));
    values[index] = isWhole(elementType) ? Math.trunc(value) : value;
  }
  return constantOf(result, values, elementType, stored);
};

const reduction: Operator = (call) => {
  const { shape, constant } = operand(call, 0);
  const given = integersEither(call, "axes", 1) ?? [];
  const elementWise = given.length === 0 && integerAttribute(call, "noop_with_empty_axes") === 1;
  if (elementWise && constant === undefined)
    return [call.builder.elementWise(call.node.name, call.node.operator, call.operands, shape)];
  const all = shape.map((_, axis) => axis);
  const axes =
    given.length > 0
      ? [...new Set(given.map((axis) => axisOf(call, axis, shape.length)))]
      : elementWise
        ? []
        : all;
  const result = reduced(shape, axes, integerAttribute(call, "keepdims") !== 0);
  if (constant === undefined) return [moved(call, result)];
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(reducedConstant(call, constant, axes, result))];
};

const argument: Operator = (call) => {
  const { shape } = operand(call, 0);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, shape.length);
  return [moved(call, reduced(shape, [axis], integerAttribute(call, "keepdims") !== 0))];
};

/** Normalizations and sums along an axis: every element of the result needs more than one of the operand. */
const sameShape: Operator = (call) => [moved(call, operand(call, 0).shape)];

/**
 * Softmax and its kin. Up to operator set 12 the axes from `axis` on are one, from 13 on the axis stands alone: the result
 * is another, its shape and traffic are the same.
 */
const softmax: Operator = (call) => {
  const { shape } = operand(call, 0);
  axisOf(
    call,
    integerAttribute(call, "axis") ?? (call.opset < 13 ? Math.min(1, shape.length - 1) : -1),
    shape.length,
  );
  return [moved(call, shape)];
};

/** Draws as many numbers as its shape attribute or its operand says; they are stored as any tensor. */
const random: Operator = (call) => {
  const shape = integersAttribute(call, "shape") ?? call.operands[0]?.shape;
  if (shape === undefined) return failNode(call, "it gives no shape");
  return [call.builder.movement(call.node.name, call.node.operator, [], shape)];
};

/** Operators without multiply–accumulates whose results are stored: always movements. */
export const movingOperators: Operators = {
  ...named("AveragePool LpPool MaxPool", pooling),
  ...named("GlobalAveragePool GlobalLpPool GlobalMaxPool", globalPooling),
  ...named("ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin", reduction),
  ...named("ReduceProd ReduceSum ReduceSumSquare", reduction),
  ...named("ArgMax ArgMin", argument),
  ...named("Hardmax LogSoftmax Softmax", softmax),
  ...named("CumSum GroupNormalization InstanceNormalization LayerNormalization LRN", sameShape),
  ...named("LpNormalization MeanVarianceNormalization RMSNormalization ReverseSequence", sameShape),
  ...named("RandomNormal RandomNormalLike RandomUniform RandomUniformLike", random),
};
