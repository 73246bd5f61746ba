import { showShape } from "../../shape.ts";
import {
  axisOf,
  failNode,
  integerAttribute,
  integersAttribute,
  integersEither,
  type NodeCall,
  type Operator,
  operand,
} from "./node-call.ts";
import { windowsOf } from "./windows.ts";

const moved = (call: NodeCall, shape: readonly number[]) => [
  call.builder.movement(call.node.name, call.node.operator, call.operands, shape),
];

const pooling: Operator = (call) => {
  const { shape } = operand(call, 0);
  const kernel = integersAttribute(call, "kernel_shape");
  if (kernel === undefined || shape.length < 3)
    return failNode(call, `kernel_shape is missing, or its input ${showShape(shape)} has no spatial axis`);
  return moved(call, [
    ...shape.slice(0, 2),
    ...windowsOf(call, shape.slice(2), kernel).map((window) => window.output),
  ]);
};

const globalPooling: Operator = (call) => {
  const { shape } = operand(call, 0);
  return moved(
    call,
    shape.map((size, axis) => (axis < 2 ? size : 1)),
  );
};

const reduction: Operator = (call) => {
  const { shape } = operand(call, 0);
  const given = integersEither(call, "axes", 1) ?? [];
  if (given.length === 0 && integerAttribute(call, "noop_with_empty_axes") === 1) {
    return [call.builder.elementWise(call.node.name, call.node.operator, call.operands, shape)];
  }
  const axes =
    given.length === 0 ? shape.map((_, axis) => axis) : given.map((axis) => axisOf(call, axis, shape.length));
  return moved(call, reduced(shape, axes, integerAttribute(call, "keepdims") !== 0));
};

const reduced = (shape: readonly number[], axes: readonly number[], keep: boolean): number[] =>
  keep
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));

const argument: Operator = (call) => {
  const { shape } = operand(call, 0);
  const axis = axisOf(call, integerAttribute(call, "axis") ?? 0, shape.length);
  return moved(call, reduced(shape, [axis], integerAttribute(call, "keepdims") !== 0));
};

/** Softmax and normalizations over the values of one input: every element of the result needs more than one of the operand. */
const sameShape: Operator = (call) => moved(call, operand(call, 0).shape);

const named = (names: string, operator: Operator): Record<string, Operator> =>
  Object.fromEntries(names.split(" ").map((name) => [name, operator]));

/** Operators without multiply–accumulates whose results are stored: always movements. */
export const movingOperators: Readonly<Record<string, Operator>> = {
  ...named("AveragePool LpPool MaxPool", pooling),
  ...named("GlobalAveragePool GlobalLpPool GlobalMaxPool", globalPooling),
  ...named("ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin", reduction),
  ...named("ReduceProd ReduceSum ReduceSumSquare", reduction),
  ...named("ArgMax ArgMin", argument),
  ...named("CumSum GroupNormalization InstanceNormalization LayerNormalization LogSoftmax", sameShape),
  ...named("LRN LpNormalization MeanVarianceNormalization RMSNormalization Softmax", sameShape),
};
