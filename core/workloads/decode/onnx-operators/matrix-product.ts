import type { Value } from "../../network-builder.ts";
import { broadcastShape, rowMajorStrides, showShape } from "../../shape.ts";
import { contract, type ProductAxis } from "./contraction.ts";
import {
  failNode,
  integerAttribute,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";
import { biasParameters } from "./weights.ts";

/** Two factors of a product, with their positions among the operands of the node. */
export interface Factors {
  readonly first: Value;
  readonly firstPosition: number;
  readonly second: Value;
  readonly secondPosition: number;
}

/** MatMul of NumPy: the last two axes multiply, those before broadcast; a vector has no row, or no column. */
export const multiply = (call: NodeCall, factors: Factors): Value => {
  const { first, second } = factors;
  const fail = (): never =>
    failNode(call, `shapes ${showShape(first.shape)} and ${showShape(second.shape)} cannot be multiplied`);
  if (first.shape.length === 0 || second.shape.length === 0) return fail();
  const a = first.shape.length === 1 ? [1, ...first.shape] : first.shape;
  const b = second.shape.length === 1 ? [...second.shape, 1] : second.shape;
  const [aBatch, bBatch] = [a.slice(0, -2), b.slice(0, -2)];
  const [rows, depth] = a.slice(-2);
  const [height, columns] = b.slice(-2);
  const batch = broadcastShape([aBatch, bBatch]) ?? fail();
  if (depth !== height) fail();
  const aStrides = rowMajorStrides(a);
  const bStrides = rowMajorStrides(b);
  /** The stride of a batch axis in an operand that has more than one entry along it. */
  const strideOf = (own: readonly number[], strides: readonly number[], axis: number) => {
    const index = axis - (batch.length - own.length);
    return index >= 0 && own[index] > 1 ? strides[index] : undefined;
  };
  const axes: ProductAxis[] = [];
  for (const [result, size] of batch.entries()) {
    const [stride, otherStride] = [strideOf(aBatch, aStrides, result), strideOf(bBatch, bStrides, result)];
    if (size === 1) continue;
    axes.push({
      size,
      result,
      ...(stride === undefined ? {} : { first: stride }),
      ...(otherStride === undefined ? {} : { second: otherStride }),
    });
  }
  const shape = [...batch];
  if (first.shape.length > 1) axes.push({ size: rows, first: depth, result: shape.push(rows) - 1 });
  if (second.shape.length > 1) axes.push({ size: columns, second: 1, result: shape.push(columns) - 1 });
  axes.push({ size: depth, first: 1, second: columns });
  return contract(call, { ...factors, axes, shape, biasParameters: 0 });
};

const matrixMultiplication: Operator = (call) => [
  multiply(call, {
    first: operand(call, 0),
    firstPosition: 0,
    second: operand(call, 1),
    secondPosition: 1,
  }),
];

/**
 * Gemm: alpha · A · B + beta · C of matrices. The factors are scalings of the result and left out; a constant C is
 * the bias.
 */
const generalProduct: Operator = (call) => {
  const [first, second] = [operand(call, 0), operand(call, 1)];
  if (first.shape.length !== 2 || second.shape.length !== 2) {
    failNode(call, `shapes ${showShape(first.shape)} and ${showShape(second.shape)}: expected matrices`);
  }
  const flip = (shape: readonly number[], flipped: boolean): readonly number[] =>
    flipped ? [shape[1], shape[0]] : shape;
  const flippedFirst = integerAttribute(call, "transA") === 1;
  const flippedSecond = integerAttribute(call, "transB") === 1;
  const [rows, depth] = flip(first.shape, flippedFirst);
  const [height, columns] = flip(second.shape, flippedSecond);
  if (depth !== height)
    failNode(call, `shapes ${showShape(first.shape)} and ${showShape(second.shape)} cannot be multiplied`);
  if (first.constant !== undefined && second.constant !== undefined)
    failNode(call, "all its operands are constants, and bitfront does not compute this operator");
  const axes: ProductAxis[] = [
    { size: rows, first: flippedFirst ? 1 : depth, result: 0 },
    { size: columns, second: flippedSecond ? depth : 1, result: 1 },
    { size: depth, first: flippedFirst ? rows : 1, second: flippedSecond ? 1 : columns },
  ];
  return [
    contract(call, {
      first,
      firstPosition: 0,
      second,
      secondPosition: 1,
      axes,
      shape: [rows, columns],
      biasParameters: biasParameters(call.operands[2]),
    }),
  ];
};

/** Matrix products. */
export const matrixProductOperators: Operators = { Gemm: generalProduct, MatMul: matrixMultiplication };
