import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { showShape } from "../../shape.ts";
import { elementTypeOf } from "../onnx-tensor.ts";
import { convolve } from "./convolution.ts";
import { dequantized, type Quantization, quantized } from "./dequantize.ts";
import { multiply } from "./matrix-product.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  integerAttribute,
  type NodeCall,
  neededConstant,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

/** Scale and zero point at two positions, along an axis. Absent operands are 1 and 0. */
const quantizationAt = (
  call: NodeCall,
  scalePosition: number | undefined,
  zeroPosition: number,
  axis: number,
  block = 0,
): Quantization => {
  const scale = scalePosition === undefined ? undefined : neededConstant(call, scalePosition);
  const zeroPoint = constantOperand(call, zeroPosition);
  return {
    axis,
    block,
    ...(scale === undefined ? {} : { scale }),
    ...(zeroPoint === undefined ? {} : { zeroPoint }),
  };
};

/** Quantization of QuantizeLinear and DequantizeLinear: one scale, or from operator set 13 on one along an axis, 1 if left out. */
const linearQuantization = (call: NodeCall, shape: readonly number[]): Quantization => {
  const block = integerAttribute(call, "block_size") ?? 0;
  if (block < 0) failNode(call, `block_size is ${block}`);
  if (neededConstant(call, 1).values.length === 1 && block === 0) return quantizationAt(call, 1, 2, 0);
  if (call.opset < 13) failNode(call, `operator set ${call.opset} defines one scale, it has several`);
  return quantizationAt(call, 1, 2, axisOf(call, integerAttribute(call, "axis") ?? 1, shape.length), block);
};

/** Of an activation: element by element, fused where scale and zero point are constants. */
const elementByElement = (call: NodeCall): Value =>
  call.builder.elementWise(call.node.name, call.node.operator, call.operands, operand(call, 0).shape);

const typeAttribute = (call: NodeCall, name: string): Constant["elementType"] | undefined => {
  const number = integerAttribute(call, name) ?? 0;
  if (number === 0) return undefined;
  return (
    elementTypeOf(number) ?? failNode(call, `its attribute ${name} is an element type that is not supported`)
  );
};

const quantizeLinear: Operator = (call) => {
  const { constant, shape } = operand(call, 0);
  if (constant === undefined) return [elementByElement(call)];
  const quantization = linearQuantization(call, shape);
  const type = quantization.zeroPoint?.elementType ?? typeAttribute(call, "output_dtype") ?? "uint8";
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(quantized(call, constant, quantization, type))];
};

const dequantizeLinear: Operator = (call) => {
  const { constant, shape } = operand(call, 0);
  if (constant === undefined) return [elementByElement(call)];
  const quantization = linearQuantization(call, shape);
  const type = typeAttribute(call, "output_dtype") ?? quantization.scale?.elementType ?? "float32";
  call.builder.absorb(call.node.operator);
  return [call.builder.constant(dequantized(call, constant, quantization, type))];
};

/** Quantizes by the range of its operand, which it has to read first: a movement, with scale and zero point beside it. */
const dynamicQuantizeLinear: Operator = (call) => {
  const { builder, node } = call;
  const value = operand(call, 0);
  return [
    builder.movement(node.name, node.operator, [value], value.shape),
    builder.root(node.name, []),
    builder.root(node.name, []),
  ];
};

/** QLinearConv, whose weights are real values with a scale, and ConvInteger, whose weights are q − zero point. */
const quantizedConvolution =
  (weightsPosition: number, scalePosition: number | undefined, zeroPosition: number): Operator =>
  (call) => {
    const weights = neededConstant(call, weightsPosition);
    const quantization = quantizationAt(call, scalePosition, zeroPosition, 0);
    return [
      convolve(call, {
        input: operand(call, 0),
        weights: dequantized(call, weights, quantization, "float32"),
        weightsPosition,
        bias: call.operands[8],
      }),
    ];
  };

/** A factor of a quantized product: a constant as real values, with a scale for all of it or for each row or column. */
const factor = (
  call: NodeCall,
  position: number,
  scalePosition: number | undefined,
  zeroPosition: number,
  axisFromEnd: number,
): Value => {
  const value = operand(call, position);
  if (value.constant === undefined) return value;
  const axis = value.shape.length - axisFromEnd;
  const quantization = quantizationAt(call, scalePosition, zeroPosition, axis);
  const { shape } = quantization.scale ?? quantization.zeroPoint ?? { shape: [] };
  if (shape.length > 1) failNode(call, `scales of the shape ${showShape(shape)}, expected one or a list`);
  return { ...value, constant: dequantized(call, value.constant, quantization, "float32") };
};

const product = (call: NodeCall, first: Value, second: Value, secondPosition: number): readonly Value[] => {
  if (first.constant !== undefined && second.constant !== undefined)
    failNode(call, "all its operands are constants, and bitfront does not compute this operator");
  return [multiply(call, { first, firstPosition: 0, second, secondPosition })];
};

/** Products of quantized matrices. The first has a scale for each row, the second for each column. */
const quantizedProduct: Operator = (call) =>
  product(call, factor(call, 0, 1, 2, 2), factor(call, 3, 4, 5, 1), 3);

const integerProduct: Operator = (call) =>
  product(call, factor(call, 0, undefined, 2, 2), factor(call, 1, undefined, 3, 1), 1);

/** Layers on quantized operands. */
export const quantizedLayerOperators: Operators = {
  ConvInteger: quantizedConvolution(1, undefined, 3),
  MatMulInteger: integerProduct,
  QLinearConv: quantizedConvolution(3, 4, 5),
  QLinearMatMul: quantizedProduct,
};

/** Changes between real and quantized values: element-wise, computed of constants. */
export const quantizationOperators: Operators = {
  DequantizeLinear: dequantizeLinear,
  QuantizeLinear: quantizeLinear,
};

/** Quantization that needs the whole tensor first: a movement. */
export const dynamicQuantizationOperators: Operators = { DynamicQuantizeLinear: dynamicQuantizeLinear };
