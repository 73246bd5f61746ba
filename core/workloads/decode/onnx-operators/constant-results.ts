import { significandBits } from "../../../numerics/stored-precision.ts";
import { type Constant, mostComputedElements } from "../../constant.ts";
import { elementCount, rowMajorStrides, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { valueArray } from "../onnx-tensor.ts";
import { failNode, type NodeCall } from "./node-call.ts";

/** A constant whose stored precision may be unknown. */
export const constantOf = (
  shape: readonly number[],
  values: Constant["values"],
  elementType: Constant["elementType"],
  stored: Constant["stored"],
): Constant =>
  stored === undefined ? { shape, values, elementType } : { shape, values, elementType, stored };

/** A constant of integers, as shapes and indices are. */
export const integerConstant = (shape: readonly number[], values: readonly number[]): Constant => ({
  shape,
  values: Float64Array.from(values),
  elementType: "int64",
});

/** What is known of the precision of a result: no more than of its least precise operand; wide integers do not count. */
export const leastPrecise = (constants: readonly Constant[]): Constant["stored"] => {
  let least: Constant["stored"];
  for (const { stored } of constants) {
    if (stored === undefined) continue;
    if (least === undefined || significandBits[stored] < significandBits[least]) least = stored;
  }
  return least;
};

/**
 * Asks to compute a constant of this shape from one of `from` elements: refused where it is larger and has too many
 * elements, or where all that is computed is too much.
 */
export const claimComputed = (call: NodeCall, shape: readonly number[], from = 0): void => {
  const elements = elementCount(shape);
  if (elements > Math.max(mostComputedElements, from)) {
    failNode(
      call,
      `a constant of the shape ${showShape(shape)} would be computed; at most ${mostComputedElements} elements are`,
    );
  }
  call.claim(call, 8 * elements);
};

/** The elements of a constant that a result of `shape` finds at offset + Σ index · stride. */
export const pickConstant = (
  call: NodeCall,
  constant: Constant,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Constant => {
  claimComputed(call, shape, constant.values.length);
  return { ...constant, shape, values: stridedCopy(constant.values, shape, strides, offset) };
};

/** A constant repeated along new or unit axes; `shape` must be one it broadcasts to. */
export const broadcastConstant = (call: NodeCall, constant: Constant, shape: readonly number[]): Constant => {
  const missing = shape.length - constant.shape.length;
  const own = rowMajorStrides(constant.shape);
  const strides = shape.map((_, axis) => {
    const index = axis - missing;
    return index < 0 || constant.shape[index] === 1 ? 0 : own[index];
  });
  return pickConstant(call, constant, shape, strides);
};

/** Whether values of a type are whole numbers. */
export const isWhole = (type: Constant["elementType"]): boolean => type === "bool" || type.includes("int");

/** The element-by-element result of a function on constants that broadcast to `shape`. Results of integer types are truncated; they must be finite. */
export const computeConstant = (
  call: NodeCall,
  constants: readonly Constant[],
  shape: readonly number[],
  type: Constant["elementType"],
  compute: (...operands: number[]) => number,
): Constant => {
  claimComputed(call, shape, Math.max(...constants.map((constant) => constant.values.length)));
  const values = valueArray(type, elementCount(shape));
  const broadcast = constants.map((constant) => broadcastConstant(call, constant, shape).values);
  const whole = isWhole(type);
  for (let index = 0; index < values.length; index++) {
    const value = compute(...broadcast.map((operandValues) => operandValues[index]));
    if (whole && !Number.isFinite(value))
      failNode(call, `element ${index} of its result would be the ${type} ${value}`);
    values[index] = whole ? Math.trunc(value) : value;
  }
  return constantOf(shape, values, type, leastPrecise(constants));
};
