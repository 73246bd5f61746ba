import { expect, test } from "vitest";
import { parameters } from "../../../../core/workloads/layer.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

/** Weights that nodes compute from constants: those of a product of `x` [1, rows] with their result `w`. */
const computed = (
  rows: number,
  nodes: readonly WrittenNode[],
  tensors: readonly WrittenTensor[],
  opset?: number,
) => {
  const product = { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] };
  const graph = { inputs: { x: [1, rows] }, outputs: ["y"], nodes: [...nodes, product], tensors };
  return decodeGraph(graph, opset).layers[0].weights;
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

/** The values that a node makes of a float32 column `t` and other operands. */
const valuesOf = (
  node: Omit<WrittenNode, "outputs">,
  rows: number,
  tensors: readonly WrittenTensor[],
  opset?: number,
): number[] => {
  const nodes = [
    { ...node, outputs: ["r"] },
    { operator: "Reshape", inputs: ["r", "column"], outputs: ["w"] },
  ];
  return [...computed(rows, nodes, [...tensors, integers("column", [-1, 1])], opset).values];
};

const square = { ...weights("t", [2, 3]), values: [1, 2, 3, 4, 5, 6] };

test.each<[Omit<WrittenNode, "outputs">, WrittenTensor[], number[]]>([
  [{ operator: "Split", inputs: ["t"], attributes: { axis: 1 } }, [], [1, 2, 3, 4, 5, 6]],
  [{ operator: "Tile", inputs: ["t", "n"] }, [integers("n", [2, 1])], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]],
  [{ operator: "Tile", inputs: ["t", "n"] }, [integers("n", [1, 2])], [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]],
  [{ operator: "Pad", inputs: ["t", "n"] }, [integers("n", [1, -1, 0, 0])], [0, 0, 2, 3, 5, 6]],
  [
    { operator: "Pad", inputs: ["t", "n", "v"] },
    [integers("n", [0, 0, 0, 1]), { ...weights("v", []), values: [9] }],
    [1, 2, 3, 9, 4, 5, 6, 9],
  ],
  [{ operator: "ReduceSum", inputs: ["t", "n"] }, [integers("n", [1])], [6, 15]],
  [{ operator: "ReduceProd", inputs: ["t"], attributes: { axes: [0] } }, [], [4, 10, 18]],
  [{ operator: "ReduceMax", inputs: ["t"] }, [], [6]],
  [{ operator: "ReduceMin", inputs: ["t"], attributes: { axes: [1] } }, [], [1, 4]],
  [{ operator: "ReduceMean", inputs: ["t"], attributes: { axes: [1] } }, [], [2, 5]],
  [{ operator: "Trilu", inputs: ["t"] }, [], [1, 2, 3, 0, 5, 6]],
  [
    { operator: "Trilu", inputs: ["t", "k"], attributes: { upper: 0 } },
    [integers("k", [1], [])],
    [1, 2, 0, 4, 5, 6],
  ],
  [{ operator: "Clip", inputs: ["t", "", "v"] }, [{ ...weights("v", []), values: [4] }], [1, 2, 3, 4, 4, 4]],
  [{ operator: "Clip", inputs: ["t", "v"] }, [{ ...weights("v", []), values: [4] }], [4, 4, 4, 4, 5, 6]],
  [{ operator: "Mod", inputs: ["t", "v"] }, [{ ...weights("v", []), values: [-4] }], [-3, -2, -1, 0, -3, -2]],
  [
    { operator: "Mod", inputs: ["t", "v"], attributes: { fmod: 1 } },
    [{ ...weights("v", []), values: [-4] }],
    [1, 2, 3, 0, 1, 2],
  ],
  [{ operator: "CastLike", inputs: ["t", "t"] }, [], [1, 2, 3, 4, 5, 6]],
  [{ operator: "Einsum", inputs: ["t"], attributes: { equation: "ij->ji" } }, [], [1, 4, 2, 5, 3, 6]],
])("%j of constants is computed", (node, tensors, expected) => {
  expect(valuesOf(node, expected.length, [square, ...tensors], 15)).toEqual(expected);
});

test("constants stand in each form of the node, as texts and sparse tensors they are refused", () => {
  const constant = (attributes: WrittenNode["attributes"], rows: number) =>
    valuesOf({ operator: "Constant", name: "c", inputs: [], ...(attributes && { attributes }) }, rows, []);
  expect(constant({ value: { tensor: { ...square, shape: [6] } } }, 6)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(constant({ value_float: { float: 1.5 } }, 1)).toEqual([1.5]);
  expect(constant({ value_float: { leftOut: "float" } }, 1)).toEqual([0]);
  expect(constant({ value_floats: { floats: [1, 2.5] } }, 2)).toEqual([1, 2.5]);
  // Whole numbers are no weights, but they are read.
  expect(() => constant({ value_int: 3 }, 1)).toThrow("its weights are stored as int64");
  expect(() => constant({ value_ints: [3, 4] }, 2)).toThrow("its weights are stored as int64");
  expect(() => constant({ value_string: "three" }, 1)).toThrow(
    "node c (Constant): a constant given as value_string is not supported",
  );
  expect(() => constant({ sparse_value: { sparse: true } }, 1)).toThrow(
    "given as sparse_value is not supported",
  );
  expect(() => constant({}, 1)).toThrow("it holds 0 values (), expected one");
});

test("ranges of floats, diagonals and products of constants are computed", () => {
  const scalar = (name: string, value: number): WrittenTensor => ({ ...weights(name, []), values: [value] });
  const range = { operator: "Range", inputs: ["from", "to", "step"] };
  expect(valuesOf(range, 3, [scalar("from", 1), scalar("to", 2), scalar("step", 0.375)])).toEqual([
    1, 1.375, 1.75,
  ]);
  const nodes: WrittenNode[] = [
    { operator: "EyeLike", inputs: ["t"], outputs: ["eye"], attributes: { k: 1 } },
    { operator: "Transpose", inputs: ["t"], outputs: ["s"] },
    { operator: "MatMul", inputs: ["t", "s"], outputs: ["p"] },
    { operator: "MatMul", inputs: ["p", "eye"], outputs: ["w"] },
  ];
  // p = t · tᵀ = [14 32 / 32 77], and the diagonal shifts its columns to the right; filters are columns.
  expect([...computed(2, nodes, [square]).values]).toEqual([0, 0, 14, 32, 32, 77]);
  expect(computed(2, nodes, [square]).stored).toBe("float32");
});

test("what would be no number, or is not computed, is refused by name", () => {
  const whole = { operator: "Div", name: "d", inputs: ["n", "z"] };
  const zeros = [integers("n", [4]), integers("z", [0])];
  expect(() => valuesOf(whole, 1, zeros)).toThrow(
    "node d (Div): element 0 of its result would be the int64 Infinity",
  );
  expect(() => valuesOf({ operator: "Erf", name: "e", inputs: ["t"] }, 6, [square])).toThrow(
    "node e (Erf): all its operands are constants, and bitfront does not compute this operator",
  );
  expect(() =>
    valuesOf({ operator: "Pad", name: "p", inputs: ["t", "n"], attributes: { mode: "reflect" } }, 6, [
      square,
      integers("n", [0, 0, 0, 1]),
    ]),
  ).toThrow("node p (Pad): its operand is a constant");
  expect(() => valuesOf({ operator: "ReduceL2", name: "r", inputs: ["t"] }, 1, [square])).toThrow(
    "node r (ReduceL2): its operand is a constant",
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
