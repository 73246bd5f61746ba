import type { Constant } from "../../constant.ts";
import { elementCount } from "../../shape.ts";
import { elementTypeOf, valueArray } from "../onnx-tensor.ts";
import { broadcastConstant, claimComputed, constantOf, integerConstant } from "./constant-results.ts";
import {
  failNode,
  integerAttribute,
  integersOperand,
  type NodeCall,
  neededConstant,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

const absorbed = (call: NodeCall, constant: Constant) => {
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(constant)];
};

const floatConstant = (shape: readonly number[], values: readonly number[]): Constant => ({
  shape,
  values: Float32Array.from(values),
  elementType: "float32",
  stored: "float32",
});

/** A constant in one of the attributes that may hold it. Texts and sparse tensors are refused. */
const constantNode: Operator = (call) => {
  const { attributes } = call.node;
  if (attributes.size !== 1)
    return failNode(
      call,
      `it holds ${attributes.size} values (${[...attributes.keys()].join(", ")}), expected one`,
    );
  const [[name, { tensor, float, integer, floats, integers }]] = attributes;
  if (name === "value" && tensor !== undefined) return absorbed(call, tensor);
  if (name === "value_float" && float !== undefined) return absorbed(call, floatConstant([], [float]));
  if (name === "value_int" && integer !== undefined) return absorbed(call, integerConstant([], [integer]));
  if (name === "value_floats") return absorbed(call, floatConstant([floats.length], floats));
  if (name === "value_ints") return absorbed(call, integerConstant([integers.length], integers));
  return failNode(call, `a constant given as ${name} is not supported`);
};

const constantOfShape: Operator = (call) => {
  const shape = integersOperand(call, 0);
  const fill = call.node.attributes.get("value")?.tensor ?? {
    shape: [1],
    values: new Float32Array(1),
    elementType: "float32",
  };
  if (shape === undefined || shape.some((size) => size < 0)) return failNode(call, "it gives no shape");
  if (fill.values.length !== 1) failNode(call, `its value has ${fill.values.length} elements, expected one`);
  return absorbed(call, broadcastConstant(call, { ...fill, shape: [1] }, shape));
};

/** The numbers from start to limit in steps. */
const range: Operator = (call) => {
  const [first, last, delta] = [0, 1, 2].map((position) => neededConstant(call, position));
  const [start, limit, step] = [first, last, delta].map(({ values }) => values[0] ?? Number.NaN);
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!(count <= 2 ** 20))
    failNode(call, `from ${start} to ${limit} in steps of ${step}: expected at most 2^20 numbers`);
  claimComputed(call, [count]);
  const values = valueArray(first.elementType, count);
  for (let index = 0; index < count; index++) values[index] = start + index * step;
  return absorbed(call, constantOf([count], values, first.elementType, first.stored));
};

/** The sizes of a tensor, or a slice of them. All sizes are known, so this is always a constant. */
const shapeOf: Operator = (call) => {
  const { shape } = operand(call, 0);
  const sizes = shape.slice(
    integerAttribute(call, "start") ?? 0,
    integerAttribute(call, "end") ?? shape.length,
  );
  return absorbed(call, integerConstant([sizes.length], sizes));
};

const size: Operator = (call) => absorbed(call, integerConstant([], [elementCount(operand(call, 0).shape)]));

/** Ones on a diagonal of a matrix that is as large as the operand. */
const eyeLike: Operator = (call) => {
  const value = operand(call, 0);
  const { shape } = value;
  if (shape.length !== 2) return failNode(call, `its operand has ${shape.length} axes, expected a matrix`);
  const type =
    elementTypeOf(integerAttribute(call, "dtype") ?? 0) ?? value.constant?.elementType ?? "float32";
  claimComputed(call, shape);
  const values = valueArray(type, elementCount(shape));
  const diagonal = integerAttribute(call, "k") ?? 0;
  const [rows, columns] = shape;
  for (let row = 0; row < rows; row++) {
    const column = row + diagonal;
    if (column >= 0 && column < columns) values[row * columns + column] = 1;
  }
  return absorbed(call, constantOf(shape, values, type, undefined));
};

/** Operators whose results are known before run time, whatever the activations. */
export const constantOperators: Operators = {
  Constant: constantNode,
  ConstantOfShape: constantOfShape,
  EyeLike: eyeLike,
  Range: range,
  Shape: shapeOf,
  Size: size,
};
