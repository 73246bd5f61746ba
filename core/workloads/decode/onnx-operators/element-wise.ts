import { significandBits } from "../../../numerics/stored-precision.ts";
import { type Constant, type ElementType, mostComputedElements } from "../../constant.ts";
import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { elementTypeOf, valueArray } from "../onnx-tensor.ts";
import {
  broadcastOperands,
  failNode,
  integerAttribute,
  type NodeCall,
  type Operator,
  operand,
} from "./node-call.ts";

type Scalar = (...operands: number[]) => number;

const sigmoid: Scalar = (x) => 1 / (1 + Math.exp(-x));

const roundHalfToEven: Scalar = (x) => {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
};

/** Element-wise operators that are also computed where all operands are constants: shapes and scales. */
const computed: Readonly<Record<string, Scalar>> = {
  Abs: Math.abs,
  Add: (a, b) => a + b,
  And: (a, b) => Number(a !== 0 && b !== 0),
  Ceil: Math.ceil,
  Div: (a, b) => a / b,
  Equal: (a, b) => Number(a === b),
  Exp: Math.exp,
  Floor: Math.floor,
  Greater: (a, b) => Number(a > b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessOrEqual: (a, b) => Number(a <= b),
  Log: Math.log,
  Max: Math.max,
  Min: Math.min,
  Mul: (a, b) => a * b,
  Neg: (a) => -a,
  Not: (a) => Number(a === 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
  Pow: (a, b) => a ** b,
  Reciprocal: (a) => 1 / a,
  Relu: (a) => Math.max(0, a),
  Round: roundHalfToEven,
  Sigmoid: sigmoid,
  Sign: Math.sign,
  Sqrt: Math.sqrt,
  Sub: (a, b) => a - b,
  Sum: (...terms) => terms.reduce((sum, term) => sum + term, 0),
  Tanh: Math.tanh,
  Where: (condition, a, b) => (condition !== 0 ? a : b),
};

const truths = ["And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or"];

/** Element-wise operators that only ever act on activations. */
const shapeOnly = [
  ..."Celu Clip Cos Elu Erf Gelu HardSigmoid HardSwish LeakyRelu Mean Mish Mod PRelu Selu Sin Softplus".split(
    " ",
  ),
  ..."Softsign Swish ThresholdedRelu Xor".split(" "),
];

/** What is known of the precision of a result: no more than of its least precise operand; wide integers do not count. */
const leastPrecise = (constants: readonly Constant[]): Constant["stored"] => {
  let least: Constant["stored"];
  for (const { stored } of constants) {
    if (stored === undefined) continue;
    if (least === undefined || significandBits[stored] < significandBits[least]) least = stored;
  }
  return least;
};

const constantOf = (
  shape: readonly number[],
  values: Constant["values"],
  elementType: ElementType,
  stored: Constant["stored"],
): Constant =>
  stored === undefined ? { shape, values, elementType } : { shape, values, elementType, stored };

/** A constant repeated along new or unit axes; `shape` must be one it broadcasts to. */
export const broadcastConstant = (call: NodeCall, constant: Constant, shape: readonly number[]): Constant => {
  if (elementCount(shape) > mostComputedElements) {
    failNode(
      call,
      `a constant of the shape ${showShape(shape)} would be computed; at most ${mostComputedElements} elements are`,
    );
  }
  const missing = shape.length - constant.shape.length;
  const own = rowMajorStrides(constant.shape);
  const strides = shape.map((_, axis) => {
    const index = axis - missing;
    return index < 0 || constant.shape[index] === 1 ? 0 : own[index];
  });
  return constantOf(
    shape,
    stridedCopy(constant.values, shape, strides),
    constant.elementType,
    constant.stored,
  );
};

const compute = (call: NodeCall, constants: readonly Constant[], shape: readonly number[]): Constant => {
  const { operator } = call.node;
  const scalar = computed[operator];
  if (scalar === undefined)
    return failNode(call, "all its operands are constants, and bitfront does not compute this operator");
  const type = operator === "Where" ? constants[1].elementType : constants[0].elementType;
  const resultType = truths.includes(operator) ? "bool" : type;
  const values = valueArray(resultType, elementCount(shape));
  const broadcast = constants.map((constant) => broadcastConstant(call, constant, shape).values);
  // Integer division truncates; every other computed operator keeps integers whole.
  const whole = values instanceof Float64Array && resultType !== "float64";
  for (let index = 0; index < values.length; index++) {
    const value = scalar(...broadcast.map((operandValues) => operandValues[index]));
    values[index] = whole ? Math.trunc(value) : value;
  }
  return constantOf(shape, values, resultType, leastPrecise(constants));
};

/** An element-wise operator with broadcasting: computed where all operands are constants, otherwise fused or a movement. */
const elementWise: Operator = (call) => {
  const { builder, node, operands } = call;
  operand(call, 0);
  const shape = broadcastOperands(call);
  const present = operands.filter((value) => value !== undefined);
  const constants = present.map((value) => value.constant).filter((constant) => constant !== undefined);
  if (constants.length < present.length)
    return [builder.elementWise(node.name, node.operator, operands, shape)];
  builder.absorb(node.operator);
  return [builder.constant(compute(call, constants, shape))];
};

/** A cast changes the type of a constant, not the precision it was stored in; of an activation it changes nothing here. */
const cast: Operator = (call) => {
  const value = operand(call, 0);
  const type = elementTypeOf(integerAttribute(call, "to") ?? 0);
  if (type === undefined) return failNode(call, "it casts to an element type that is not supported");
  const { constant } = value;
  if (constant === undefined)
    return [call.builder.sameOrder(call.node.name, call.node.operator, value, value.shape)];
  const values = valueArray(type, constant.values.length);
  const whole = values instanceof Float64Array && type !== "float64";
  for (let index = 0; index < values.length; index++) {
    const entry = constant.values[index];
    values[index] = type === "bool" ? Number(entry !== 0) : whole ? Math.trunc(entry) : entry;
  }
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(constantOf(constant.shape, values, type, constant.stored))];
};

/** The element-wise operators by name. */
export const elementWiseOperators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries([...Object.keys(computed), ...shapeOnly].map((name) => [name, elementWise])),
  Cast: cast,
};
