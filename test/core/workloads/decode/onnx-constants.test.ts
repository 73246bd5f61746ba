import { expect, test } from "vitest";
import { parameters } from "../../../../core/workloads/layer.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

/** Weights that nodes compute from constants: those of a product of `x` [1, rows] with their result `w`. */
const computed = (rows: number, nodes: readonly WrittenNode[], tensors: readonly WrittenTensor[]) => {
  const product = { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] };
  return decodeGraph({ inputs: { x: [1, rows] }, outputs: ["y"], nodes: [...nodes, product], tensors })
    .layers[0].weights;
};

const column = (name: string, type: WrittenTensor["type"], values: readonly number[]): WrittenTensor => ({
  name,
  type,
  shape: [values.length, 1],
  values,
});

const slice = (operands: string[]): WrittenNode => ({
  operator: "Slice",
  inputs: ["t", ...operands],
  outputs: ["w"],
});

test("a slice with a negative step reverses, its end beyond the first element included", () => {
  const bounds = [
    integers("from", [-1]),
    integers("to", [-(2 ** 40)]),
    integers("axis", [0]),
    integers("step", [-1]),
  ];
  const { values } = computed(
    4,
    [slice(["from", "to", "axis", "step"])],
    [column("t", "float32", [1, 2, 3, 4]), ...bounds],
  );
  expect([...values]).toEqual([4, 3, 2, 1]);
});

test("gather, concatenation, transposition and expansion move the values of constants", () => {
  const t = { ...weights("t", [2, 3]), values: [1, 2, 3, 4, 5, 6] };
  const tensors = [t, integers("order", [2, 0]), integers("shape", [4, 2])];
  const nodes: WrittenNode[] = [
    { operator: "Gather", inputs: ["t", "order"], outputs: ["g"], attributes: { axis: 1 } },
    { operator: "Transpose", inputs: ["t"], outputs: ["r"] },
    { operator: "Concat", inputs: ["g", "r"], outputs: ["w"], attributes: { axis: 0 } },
  ];
  // Rows 3 1 / 6 4 / 1 4 / 2 5 / 3 6, read column by column.
  expect([...computed(5, nodes, tensors).values]).toEqual([3, 6, 1, 2, 3, 1, 4, 4, 5, 6]);
  const row = { ...t, shape: [1, 2], values: [7, 8] };
  const expand: WrittenNode = { operator: "Expand", inputs: ["t", "shape"], outputs: ["w"] };
  expect([...computed(4, [expand], [row, tensors[2]]).values]).toEqual([7, 7, 7, 7, 8, 8, 8, 8]);
});

test("arithmetic on constants broadcasts, and claims no more precision than its least precise operand", () => {
  const exact = column("exact", "float32", [0.1, 0.2]);
  const half = column("half", "float16", [0.5, 0.25]);
  const first: WrittenNode = { operator: "Mul", inputs: ["exact", "half"], outputs: ["w"] };
  const result = computed(2, [first], [exact, half]);
  expect(result.stored).toBe("float16");
  expect([...result.values]).toEqual([
    Math.fround(Math.fround(0.1) * 0.5),
    Math.fround(Math.fround(0.2) * 0.25),
  ]);
  expect(computed(2, [{ ...first, inputs: ["half", "exact"] }], [exact, half]).stored).toBe("float16");
});

test.each([
  ["Div", "int64", [7, -7], [2, 2], [3, -3]],
  ["Div", "float32", [7, -7], [2, 2], [3.5, -3.5]],
  ["Pow", "float32", [3, 2], [2, 3], [9, 8]],
  ["Max", "float32", [1, 5], [2, 4], [2, 5]],
  ["Less", "float32", [1, 5], [2, 4], [1, 0]],
] as const)("%s of %s constants", (operator, type, a, b, expected) => {
  const nodes: WrittenNode[] = [
    { operator, inputs: ["a", "b"], outputs: ["c"] },
    { operator: "Cast", inputs: ["c"], outputs: ["f"], attributes: { to: 1 } },
    { operator: "Add", inputs: ["f", "zero"], outputs: ["w"] },
  ];
  const zero = column("zero", "float32", [0, 0]);
  expect([...computed(2, nodes, [column("a", type, a), column("b", type, b), zero]).values]).toEqual(
    expected,
  );
});

test("a constant that would be too large to compute is refused", () => {
  const huge = integers("shape", [2 ** 20, 2 ** 20]);
  const expand: WrittenNode = {
    operator: "ConstantOfShape",
    name: "huge",
    inputs: ["shape"],
    outputs: ["w"],
  };
  expect(() => computed(2 ** 20, [expand], [huge])).toThrow(
    "node huge (ConstantOfShape): a constant of the shape [1048576, 1048576]",
  );
});

test("the bias of a folded normalization is counted once for all phases of a transposed convolution", () => {
  const vector = (name: string): WrittenTensor => ({ name, type: "float32", shape: [3], values: [1, 1, 1] });
  const { layers, foldedBatchNormalizations } = decodeGraph({
    inputs: { x: [1, 2, 4, 4] },
    outputs: ["y"],
    tensors: [weights("w", [2, 3, 2, 2]), ...["s", "b", "m", "v"].map(vector)],
    nodes: [
      { operator: "ConvTranspose", inputs: ["x", "w"], outputs: ["c"], attributes: { strides: [2, 2] } },
      { operator: "BatchNormalization", inputs: ["c", "s", "b", "m", "v"], outputs: ["y"] },
    ],
  });
  expect(foldedBatchNormalizations).toBe(1);
  expect(layers).toHaveLength(4);
  expect(layers.reduce((sum, layer) => sum + parameters(layer), 0)).toBe(24 + 3);
});
