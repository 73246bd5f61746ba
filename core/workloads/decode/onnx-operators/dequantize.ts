import type { Constant } from "../../constant.ts";
import { elementCount, showShape } from "../../shape.ts";
import { valueArray } from "../onnx-tensor.ts";
import { claimComputed, constantOf } from "./constant-results.ts";
import { roundHalfToEven } from "./element-wise.ts";
import { failNode, type NodeCall } from "./node-call.ts";

/** Scale and zero point of a quantized tensor: one for all, one for each entry of an axis, or one for each block of it. */
export interface Quantization {
  /** 1 if left out. */
  readonly scale?: Constant;
  /** 0 if left out. */
  readonly zeroPoint?: Constant;
  readonly axis: number;
  /** Entries along the axis that share a scale; 0 where each has its own. */
  readonly block: number;
}

/** Where the scale of an element is: a position in the scales for a position in the tensor. */
const scaleIndex = (
  call: NodeCall,
  shape: readonly number[],
  scale: Constant,
  { axis, block }: Quantization,
): ((index: number) => number) => {
  if (scale.values.length === 1 && block === 0) return () => 0;
  const size = shape[axis];
  const inner = elementCount(shape.slice(axis + 1));
  const expected =
    block === 0
      ? [size]
      : shape.map((length, index) => (index === axis ? Math.ceil(length / block) : length));
  if (size === undefined || scale.shape.join() !== expected.join())
    return failNode(
      call,
      `scales of the shape ${showShape(scale.shape)} for axis ${axis} of ${showShape(shape)}${block > 0 ? ` in blocks of ${block}` : ""}`,
    );
  const place = (index: number): number => Math.floor(index / inner) % size;
  if (block === 0) return place;
  const blocks = expected[axis];
  return (index) => {
    const outer = Math.floor(index / (inner * size));
    return (outer * blocks + Math.floor(place(index) / block)) * inner + (index % inner);
  };
};

/** Scales and zero points, and where in them those of an element are. */
const parametersOf = (call: NodeCall, shape: readonly number[], quantization: Quantization) => {
  const { scale, zeroPoint } = quantization;
  const shaped = scale ?? zeroPoint;
  if (scale !== undefined && zeroPoint !== undefined && scale.values.length !== zeroPoint.values.length)
    failNode(call, `${scale.values.length} scales and ${zeroPoint.values.length} zero points`);
  return {
    where: shaped === undefined ? () => 0 : scaleIndex(call, shape, shaped, quantization),
    scales: scale?.values,
    zeros: zeroPoint?.values,
  };
};

/**
 * The real values of a quantized constant, (q − zero point) · scale, rounded to `type`. They keep the precision that they
 * were stored in: int8 weights are int8 weights.
 */
export const dequantized = (
  call: NodeCall,
  constant: Constant,
  quantization: Quantization,
  type: Constant["elementType"],
): Constant => {
  const { shape, values, stored } = constant;
  claimComputed(call, shape, values.length);
  const { where, scales, zeros } = parametersOf(call, shape, quantization);
  const real = valueArray(type, values.length);
  for (let index = 0; index < values.length; index++) {
    const position = where(index);
    real[index] = (values[index] - (zeros?.[position] ?? 0)) * (scales?.[position] ?? 1);
  }
  return constantOf(shape, real, type, stored);
};

const bounds: Partial<Record<Constant["elementType"], readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** A constant in a quantized type: x / scale in float32, halves to even, plus the zero point, saturated. */
export const quantized = (
  call: NodeCall,
  constant: Constant,
  quantization: Quantization,
  type: Constant["elementType"],
): Constant => {
  const range = bounds[type];
  if (range === undefined)
    return failNode(call, `it quantizes a constant to ${type}, expected integers of 8 or 16 bits`);
  const { shape, values } = constant;
  claimComputed(call, shape, values.length);
  const { where, scales, zeros } = parametersOf(call, shape, quantization);
  const whole = valueArray(type, values.length);
  for (let index = 0; index < values.length; index++) {
    const position = where(index);
    const scale = scales?.[position] ?? 1;
    const rounded = roundHalfToEven(Math.fround(values[index] / scale)) + (zeros?.[position] ?? 0);
    if (Number.isNaN(rounded)) failNode(call, `element ${index} is ${values[index]} at the scale ${scale}`);
    whole[index] = Math.min(Math.max(rounded, range[0]), range[1]);
  }
  return { shape, values: whole, elementType: type, stored: type as Constant["stored"] };
};
