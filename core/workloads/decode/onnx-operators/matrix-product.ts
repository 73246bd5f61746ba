import { activationOperand, matrixProductLayer } from "../../build-layer.ts";
import { type Constant, mostComputedElements } from "../../constant.ts";
import type { Layer } from "../../layer.ts";
import { broadcastShape, elementCount, showShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { broadcastConstant } from "./element-wise.ts";
import { failNode, integerAttribute, type NodeCall, type Operator, operand } from "./node-call.ts";
import { biasParameters, trainedWeights } from "./weights.ts";

/** A product [batch, rows, depth] · [batch, depth, columns], before one side is chosen for the weights. */
interface Product {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Matrices of either operand: 1, or as many as the batch. */
  readonly firstMatrices: number;
  readonly secondMatrices: number;
  readonly biasParameters: number;
}

/**
 * The layer of a product. `weightsFirst` says which operand takes the weight side, `weightsOf` yields it with that
 * many filters in all. A single weight matrix serves the whole batch; otherwise each matrix is a group.
 */
const productLayer = (
  call: NodeCall,
  product: Product,
  kind: Layer["kind"] & ("linear" | "matmul"),
  weightsFirst: boolean,
  weightsOf: (filters: number, groups: number) => Tensor,
): Layer => {
  const groups = weightsFirst ? product.firstMatrices : product.secondMatrices;
  const filters = weightsFirst ? product.rows : product.columns;
  const vectors = (weightsFirst ? product.columns : product.rows) * (groups === 1 ? product.batch : 1);
  return matrixProductLayer({
    name: call.node.name,
    kind,
    groups,
    vectors,
    biasParameters: product.biasParameters,
    weights: weightsOf(groups * filters, groups),
  });
};

/** Two operands known at run time only: the one that is reused more takes the weight side, in a tie the second. */
const activationProduct = (call: NodeCall, product: Product): Layer => {
  const firstReuse = (product.columns * product.batch) / product.firstMatrices;
  const secondReuse = (product.rows * product.batch) / product.secondMatrices;
  return productLayer(call, product, "matmul", firstReuse > secondReuse, (filters) => {
    if (filters * product.depth > mostComputedElements) {
      failNode(
        call,
        `an operand of ${filters} x ${product.depth} would be drawn; at most ${mostComputedElements} elements are`,
      );
    }
    return activationOperand(filters, product.depth, call.builder.layerCount());
  });
};

const leading = (shape: readonly number[]): readonly number[] => shape.slice(0, -2);

/** MatMul of NumPy: the last two axes multiply, those before broadcast, vectors gain a unit axis that is dropped again. */
const matrixMultiplication: Operator = (call) => {
  const [first, second] = [operand(call, 0), operand(call, 1)];
  const a = first.shape.length === 1 ? [1, ...first.shape] : first.shape;
  const b = second.shape.length === 1 ? [...second.shape, 1] : second.shape;
  const batchShape = broadcastShape([leading(a), leading(b)]);
  const [rows, depth] = a.slice(-2);
  const [height, columns] = b.slice(-2);
  if (batchShape === undefined || depth !== height) {
    return failNode(
      call,
      `shapes ${showShape(first.shape)} and ${showShape(second.shape)} cannot be multiplied`,
    );
  }
  const batch = elementCount(batchShape);
  const matrices = (shape: readonly number[]): number => (elementCount(leading(shape)) === 1 ? 1 : batch);
  const product: Product = {
    batch,
    rows,
    columns,
    depth,
    firstMatrices: matrices(a),
    secondMatrices: matrices(b),
    biasParameters: 0,
  };
  const trained =
    (constant: Constant, matrix: readonly number[], strides: readonly [number, number]) =>
    (filters: number, groups: number): Tensor => {
      const asMatrices = { ...constant, shape: matrix };
      const all =
        groups === 1 ? asMatrices : broadcastConstant(call, asMatrices, [...batchShape, ...matrix.slice(-2)]);
      const perGroup = filters / groups;
      const weights = trainedWeights(
        call,
        all,
        [groups, perGroup, 1, 1, depth],
        [perGroup * depth, strides[0], 0, 0, strides[1]],
      );
      return { ...weights, shape: [filters, 1, 1, depth] };
    };
  const result = [
    ...batchShape,
    ...(first.shape.length === 1 ? [] : [rows]),
    ...(second.shape.length === 1 ? [] : [columns]),
  ];
  let layer: Layer;
  let filterAxis = result.length - 1;
  if (second.constant !== undefined) {
    layer = productLayer(call, product, "linear", false, trained(second.constant, b, [1, columns]));
  } else if (first.constant !== undefined) {
    layer = productLayer(call, product, "linear", true, trained(first.constant, a, [depth, 1]));
    filterAxis = batchShape.length;
  } else {
    layer = activationProduct(call, product);
    filterAxis = -1;
  }
  return [call.builder.layers([layer], result, layer.groups === 1 ? filterAxis : -1)];
};

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
  const product: Product = {
    batch: 1,
    rows,
    columns,
    depth,
    firstMatrices: 1,
    secondMatrices: 1,
    biasParameters: biasParameters(call.operands[2]),
  };
  const trained =
    (constant: Constant, strides: readonly [number, number]) =>
    (filters: number): Tensor =>
      trainedWeights(call, constant, [filters, 1, 1, depth], [strides[0], 0, 0, strides[1]]);
  let layer: Layer;
  let filterAxis = 1;
  if (second.constant !== undefined) {
    layer = productLayer(
      call,
      product,
      "linear",
      false,
      trained(second.constant, flippedSecond ? [depth, 1] : [1, columns]),
    );
  } else if (first.constant !== undefined) {
    layer = productLayer(
      call,
      product,
      "linear",
      true,
      trained(first.constant, flippedFirst ? [1, rows] : [depth, 1]),
    );
    filterAxis = 0;
  } else {
    layer = activationProduct(call, product);
    filterAxis = -1;
  }
  return [call.builder.layers([layer], [rows, columns], filterAxis)];
};

/** Matrix products. */
export const matrixProductOperators: Readonly<Record<string, Operator>> = {
  Gemm: generalProduct,
  MatMul: matrixMultiplication,
};
