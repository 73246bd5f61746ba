import { activationOperand, matrixProductLayer } from "../../build-layer.ts";
import { type Constant, mostComputedElements } from "../../constant.ts";
import type { Layer } from "../../layer.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount, rowMajorStrides } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import { valueArray } from "../onnx-tensor.ts";
import { claimComputed, constantOf, leastPrecise } from "./constant-results.ts";
import { failNode, type NodeCall } from "./node-call.ts";
import { trainedWeights } from "./weights.ts";

/** An axis of a product of two tensors: its size, its stride in each operand that has it, its place in the result. */
export interface ProductAxis {
  readonly size: number;
  readonly first?: number;
  readonly second?: number;
  /** Undefined for an axis that is summed over. */
  readonly result?: number;
}

/** A sum of products of two tensors; the positions of the operands are for messages. */
export interface Contraction {
  readonly first: Value;
  readonly second: Value;
  readonly firstPosition: number;
  readonly secondPosition: number;
  /** Every axis is in the result or in both operands. */
  readonly axes: readonly ProductAxis[];
  readonly shape: readonly number[];
  readonly biasParameters: number;
}

/** The axes by their part in a matrix product: [batch, rows, depth] · [batch, depth, columns]. */
interface Parts {
  readonly batch: readonly ProductAxis[];
  readonly rows: readonly ProductAxis[];
  readonly columns: readonly ProductAxis[];
  readonly depth: readonly ProductAxis[];
}

const partsOf = (axes: readonly ProductAxis[]): Parts => {
  const inBoth = axes.filter(({ first, second }) => first !== undefined && second !== undefined);
  return {
    batch: inBoth.filter(({ result }) => result !== undefined),
    rows: axes.filter(({ second }) => second === undefined),
    columns: axes.filter(({ first }) => first === undefined),
    depth: inBoth.filter(({ result }) => result === undefined),
  };
};

const count = (axes: readonly ProductAxis[]): number => elementCount(axes.map(({ size }) => size));

/** An operand as [batch, outer, depth], where it lies. */
const placementOf = (parts: Parts, side: "first" | "second") => {
  const outer = side === "first" ? parts.rows : parts.columns;
  const axes = [...parts.batch, ...outer, ...parts.depth];
  return { shape: axes.map(({ size }) => size), strides: axes.map((axis) => axis[side] ?? 0) };
};

/** The product of two constants, rounded once from float64. */
const constantProduct = (call: NodeCall, contraction: Contraction, a: Constant, b: Constant): Constant => {
  const parts = partsOf(contraction.axes);
  const [batch, rows, columns, depth] = [parts.batch, parts.rows, parts.columns, parts.depth].map(count);
  const elements = batch * rows * columns;
  claimComputed(call, contraction.shape);
  if (elements * depth > mostComputedElements)
    failNode(
      call,
      `a product of constants with ${elements * depth} multiplications would be computed; at most ${mostComputedElements} are`,
    );
  const first = placementOf(parts, "first");
  const second = placementOf(parts, "second");
  const left = stridedCopy(a.values, first.shape, first.strides);
  const right = stridedCopy(b.values, second.shape, second.strides);
  const product = valueArray(a.elementType, elements);
  let target = 0;
  for (let g = 0; g < batch; g++) {
    for (let m = g * rows; m < (g + 1) * rows; m++) {
      for (let n = g * columns; n < (g + 1) * columns; n++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += left[m * depth + k] * right[n * depth + k];
        product[target++] = sum;
      }
    }
  }
  // From [batch, rows, columns] to the order of the result.
  const computed = [...parts.batch, ...parts.rows, ...parts.columns];
  const own = rowMajorStrides(computed.map(({ size }) => size));
  const strides = contraction.shape.map((_, place) => {
    const index = computed.findIndex(({ result }) => result === place);
    return index < 0 ? 0 : own[index];
  });
  const values = stridedCopy(product, contraction.shape, strides);
  return constantOf(contraction.shape, values, a.elementType, leastPrecise([a, b]));
};

/** The axis of the result that filters lie on, or −1 where they lie on several. */
const filterAxisOf = (filters: readonly ProductAxis[]): number => {
  const long = filters.filter(({ size }) => size > 1);
  const [axis] = long.length > 0 ? long : filters;
  return long.length > 1 ? -1 : (axis?.result ?? -1);
};

/**
 * The value of a product of two tensors: of two constants it is computed. A constant operand takes the weight side of a
 * linear layer; of two activations the one that is reused more does, in a tie the second, as a matmul. An axis of both
 * operands and the result is a batch, with a group for each of its matrices; what only one operand has adds to its rows or
 * columns, so that a matrix that serves a whole batch is one group.
 */
export const contract = (call: NodeCall, contraction: Contraction): Value => {
  const { first, second, shape } = contraction;
  if (first.constant !== undefined && second.constant !== undefined) {
    call.builder.absorb(call.node.operator);
    return call.builder.constant(constantProduct(call, contraction, first.constant, second.constant));
  }
  const parts = partsOf(contraction.axes);
  const [groups, rows, columns, depth] = [parts.batch, parts.rows, parts.columns, parts.depth].map(count);
  const trained = first.constant ?? second.constant;
  // An element of the first operand meets each column, one of the second each row.
  const weightsFirst = trained === undefined ? columns > rows : first.constant !== undefined;
  const filters = groups * (weightsFirst ? rows : columns);
  const shared = {
    name: call.node.name,
    groups,
    vectors: weightsFirst ? columns : rows,
    biasParameters: contraction.biasParameters,
  };
  let layer: Layer;
  if (trained === undefined) {
    if (filters * depth > mostComputedElements)
      failNode(
        call,
        `an operand of ${filters} x ${depth} would be drawn; at most ${mostComputedElements} elements are`,
      );
    call.claim(call, 8 * filters * depth);
    const weights = activationOperand(filters, depth, call.builder.layerCount());
    layer = matrixProductLayer({ ...shared, kind: "matmul", weights });
  } else {
    const position = weightsFirst ? contraction.firstPosition : contraction.secondPosition;
    const placed = trainedWeights(
      call,
      position,
      trained,
      placementOf(parts, weightsFirst ? "first" : "second"),
    );
    const weights = { ...placed, shape: [filters, 1, 1, depth] };
    layer = matrixProductLayer({ ...shared, kind: "linear", weights });
  }
  const filterAxis =
    trained === undefined || groups > 1 ? -1 : filterAxisOf(weightsFirst ? parts.rows : parts.columns);
  return call.builder.layers([layer], shape, filterAxis);
};
