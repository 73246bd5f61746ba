import type { Value } from "../../network-builder.ts";
import { elementCount, showShape } from "../../shape.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  integerAttribute,
  integersEither,
  integersOperand,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

/** The operand in another shape of as many elements, in the same order. */
const reshaped = (call: NodeCall, shape: readonly number[]): Value => {
  const value = operand(call, 0);
  if (elementCount(shape) !== elementCount(value.shape)) {
    failNode(call, `${showShape(value.shape)} cannot take the shape ${showShape(shape)}`);
  }
  const { constant } = value;
  if (constant === undefined) return call.builder.sameOrder(call.node.name, call.node.operator, value, shape);
  call.builder.absorb(call.node.operator);
  return call.builder.constant({ ...constant, shape });
};

const reshape: Operator = (call) => {
  const { shape: from } = operand(call, 0);
  const asked = integersOperand(call, 1);
  if (asked === undefined) return failNode(call, "it gives no shape");
  const copiesZero = integerAttribute(call, "allowzero") !== 1;
  const shape = asked.map((size, axis) => (size === 0 && copiesZero ? from[axis] : size));
  if (shape.some((size) => size === undefined || size < -1))
    failNode(call, `shape ${showShape(asked)} for ${showShape(from)}`);
  const free = shape.indexOf(-1);
  if (free >= 0) {
    const others = elementCount(shape.filter((_, axis) => axis !== free));
    shape[free] = elementCount(from) / others;
    if (!Number.isInteger(shape[free]) || shape[free] < 0)
      failNode(call, `${showShape(from)} cannot take the shape ${showShape(asked)}`);
  }
  return [reshaped(call, shape)];
};

const flatten: Operator = (call) => {
  const { shape } = operand(call, 0);
  const given = integerAttribute(call, "axis") ?? 1;
  const axis = given === shape.length ? given : axisOf(call, given, shape.length);
  return [reshaped(call, [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))])];
};

const squeeze: Operator = (call) => {
  const { shape } = operand(call, 0);
  const axes = integersEither(call, "axes", 1)?.map((axis) => axisOf(call, axis, shape.length));
  for (const axis of axes ?? []) {
    if (shape[axis] !== 1) failNode(call, `axis ${axis} of ${showShape(shape)} is not 1`);
  }
  return [
    reshaped(
      call,
      shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
    ),
  ];
};

const unsqueeze: Operator = (call) => {
  const { shape } = operand(call, 0);
  const given = integersEither(call, "axes", 1);
  if (given === undefined) return failNode(call, "it gives no axes");
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(call, axis, rank)));
  if (axes.size !== given.length) failNode(call, `axes ${showShape(given)} repeat one`);
  const rest = shape[Symbol.iterator]();
  return [
    reshaped(
      call,
      Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : Number(rest.next().value))),
    ),
  ];
};

const identity: Operator = (call) => [reshaped(call, operand(call, 0).shape)];

/** Dropout passes its operand on in inference. The mask that it may return cannot be read. */
const dropout: Operator = (call) => {
  if (call.operands[2] !== undefined && constantOperand(call, 2)?.values[0] !== 0)
    failNode(call, "it is in training mode");
  return identity(call);
};

/** Operators that keep the elements and their order. */
export const reshapingOperators: Operators = {
  Dropout: dropout,
  Flatten: flatten,
  Identity: identity,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
};
