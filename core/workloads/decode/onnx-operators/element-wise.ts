import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { showShape } from "../../shape.ts";
import { elementTypeOf } from "../onnx-tensor.ts";
import { claimComputed, computeConstant, isWhole } from "./constant-results.ts";
import {
  broadcastOperands,
  failNode,
  floatAttribute,
  integerAttribute,
  integersOperand,
  type NodeCall,
  named,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

type Scalar = (...operands: number[]) => number;

const sigmoid: Scalar = (x) => 1 / (1 + Math.exp(-x));

/** Rounds to the nearest integer, halves to the even one, as Round and QuantizeLinear do. */
export const roundHalfToEven = (x: number): number => {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
};

/** Element-wise operators that are also computed where all operands are constants: shapes, scales and tables of positions. */
const computed: Readonly<Record<string, Scalar>> = {
  Abs: Math.abs,
  Acos: Math.acos,
  Acosh: Math.acosh,
  Add: (a, b) => a + b,
  And: (a, b) => Number(a !== 0 && b !== 0),
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Ceil: Math.ceil,
  Cos: Math.cos,
  Cosh: Math.cosh,
  Div: (a, b) => a / b,
  Equal: (a, b) => Number(a === b),
  Exp: Math.exp,
  Floor: Math.floor,
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  IsNaN: (a) => Number(Number.isNaN(a)),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Log: Math.log,
  Max: Math.max,
  Mean: (...terms) => terms.reduce((sum, term) => sum + term, 0) / terms.length,
  Min: Math.min,
  Mul: (a, b) => a * b,
  Neg: (a) => -a,
  Not: (a) => Number(a === 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  PRelu: (a, slope) => (a < 0 ? a * slope : a),
  Pow: (a, b) => a ** b,
  Reciprocal: (a) => 1 / a,
  Relu: (a) => Math.max(0, a),
  Round: roundHalfToEven,
  Sigmoid: sigmoid,
  Sign: Math.sign,
  Sin: Math.sin,
  Sinh: Math.sinh,
  Softplus: (a) => Math.log1p(Math.exp(a)),
  Softsign: (a) => a / (1 + Math.abs(a)),
  Sqrt: Math.sqrt,
  Sub: (a, b) => a - b,
  Sum: (...terms) => terms.reduce((sum, term) => sum + term, 0),
  Tan: Math.tan,
  Tanh: Math.tanh,
  Where: (condition, a, b) => (condition !== 0 ? a : b),
  Xor: (a, b) => Number((a !== 0) !== (b !== 0)),
};

const truths = "And Equal Greater GreaterOrEqual IsNaN Less LessOrEqual Not Or Xor".split(" ");

/** Element-wise operators that only ever act on activations. */
const shapeOnly =
  "BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Celu Elu Erf Gelu HardSigmoid HardSwish IsInf LeakyRelu Mish " +
  "Selu Shrink Swish ThresholdedRelu";

/**
 * An element-wise operator with broadcasting: computed by `scalar` where all operands are constants, otherwise fused or a
 * movement. Operands that the operator leaves out do not reach `scalar`.
 */
const elementWise = (call: NodeCall, scalar: Scalar | undefined): Value => {
  const { builder, node, operands } = call;
  operand(call, 0);
  const shape = broadcastOperands(call);
  const present = operands.filter((value) => value !== undefined);
  const constants = present.map((value) => value.constant).filter((constant) => constant !== undefined);
  if (constants.length < present.length)
    return builder.elementWise(node.name, node.operator, operands, shape);
  if (scalar === undefined)
    return failNode(call, "all its operands are constants, and bitfront does not compute this operator");
  builder.absorb(node.operator);
  const type = constants[node.operator === "Where" ? 1 : 0].elementType;
  const resultType = truths.includes(node.operator) ? "bool" : type;
  return builder.constant(computeConstant(call, constants, shape, resultType, scalar));
};

/** The bounds are attributes in early operator sets and operands in later ones. */
const clip: Operator = (call) => {
  const [, lower, upper] = call.operands;
  const low = floatAttribute(call, "min") ?? Number.NEGATIVE_INFINITY;
  const high = floatAttribute(call, "max") ?? Number.POSITIVE_INFINITY;
  return [
    elementWise(call, (x, ...bounds) => {
      const least = lower === undefined ? low : bounds[0];
      const most = upper === undefined ? high : bounds[bounds.length - 1];
      return Math.min(Math.max(x, least), most);
    }),
  ];
};

/** The remainder: with `fmod` the sign is that of the first operand, otherwise that of the second. */
const modulo: Operator = (call) => {
  const truncated = integerAttribute(call, "fmod") === 1;
  return [elementWise(call, (a, b) => (truncated ? a % b : a - b * Math.floor(a / b)))];
};

const converted = (call: NodeCall, constant: Constant, type: Constant["elementType"]): Constant => {
  const truth = type === "bool";
  return computeConstant(call, [constant], constant.shape, type, (entry) =>
    truth ? Number(entry !== 0) : entry,
  );
};

/** A cast changes the type of a constant, not the precision it was stored in; of an activation it changes nothing here. */
const cast: Operator = (call) => {
  const value = operand(call, 0);
  const type = elementTypeOf(integerAttribute(call, "to") ?? 0);
  if (type === undefined) return failNode(call, "it casts to an element type that is not supported");
  if (value.constant === undefined)
    return [call.builder.sameOrder(call.node.name, call.node.operator, value, value.shape)];
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(converted(call, value.constant, type))];
};

/** A cast to the type of another tensor. Types of activations are not kept: one that is the model takes a constant of floats as it is. */
const castLike: Operator = (call) => {
  const value = operand(call, 0);
  const model = operand(call, 1).constant;
  if (value.constant === undefined)
    return [call.builder.sameOrder(call.node.name, call.node.operator, value, value.shape)];
  if (model === undefined && isWhole(value.constant.elementType))
    return failNode(call, "it casts a constant of integers to the type of an activation, which is not kept");
  call.builder.absorb(call.node.operator);
  return [
    call.builder.constant(
      model === undefined ? value.constant : converted(call, value.constant, model.elementType),
    ),
  ];
};

/** Zeros beside a triangle of each matrix: above the k-th diagonal, or below it with `upper`. */
const triangle: Operator = (call) => {
  const { builder, node } = call;
  const value = operand(call, 0);
  const { shape, constant } = value;
  if (shape.length < 2) failNode(call, `its operand is ${showShape(shape)}, expected matrices`);
  if (constant === undefined) return [builder.elementWise(node.name, node.operator, [value], shape)];
  const upper = integerAttribute(call, "upper") !== 0;
  const diagonal = integersOperand(call, 1)?.[0] ?? 0;
  const [rows, columns] = shape.slice(-2);
  claimComputed(call, shape, constant.values.length);
  const values = constant.values.slice();
  for (let index = 0; index < values.length; index++) {
    const beyond = (index % columns) - (Math.floor(index / columns) % rows) - diagonal;
    if (upper ? beyond < 0 : beyond > 0) values[index] = 0;
  }
  builder.absorb(node.operator);
  return [builder.constant({ ...constant, values })];
};

/** The element-wise operators by name. */
export const elementWiseOperators: Operators = {
  ...Object.fromEntries(
    Object.entries(computed).map(([name, scalar]): [string, Operator] => [
      name,
      (call) => [elementWise(call, scalar)],
    ]),
  ),
  ...named(shapeOnly, (call) => [elementWise(call, undefined)]),
  Clip: clip,
  Mod: modulo,
  Trilu: triangle,
};

/** Changes of the element type. */
export const castOperators: Operators = { Cast: cast, CastLike: castLike };
