import { expect, test } from "vitest";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

interface Case {
  readonly of: string;
  readonly input?: readonly number[];
  readonly operands?: readonly (string | WrittenTensor)[];
  readonly attributes?: WrittenNode["attributes"];
  readonly shape: readonly number[];
  readonly as: "movement" | "absorbed";
  readonly opset?: number;
}

/** The node on its input, followed by nodes that make the sizes of its result the weights of a product, to be read there. */
const interpret = ({ of, input = [1, 4, 6, 6], operands = [], attributes, opset }: Case) => {
  const tensors = operands.map((operand, index) =>
    typeof operand === "string" ? undefined : { ...operand, name: `t${index}` },
  );
  const node: WrittenNode = {
    operator: of,
    name: "node",
    inputs: ["x", ...operands.map((operand, index) => (typeof operand === "string" ? operand : `t${index}`))],
    outputs: ["y"],
    ...(attributes === undefined ? {} : { attributes }),
  };
  return decodeGraph(
    {
      inputs: { x: input },
      outputs: ["table"],
      tensors: [
        ...tensors.filter((tensor) => tensor !== undefined),
        { name: "zero", type: "float32", shape: [1], values: [0], typed: true },
        integers("line", [1, -1]),
      ],
      nodes: [
        node,
        // Sizes, as the weights of a product: each size becomes a weight that can be read.
        { operator: "Shape", inputs: ["y"], outputs: ["sizes"] },
        { operator: "Cast", inputs: ["sizes"], outputs: ["whole"], attributes: { to: 1 } },
        { operator: "Add", inputs: ["whole", "zero"], outputs: ["weights"] },
        { operator: "Reshape", inputs: ["weights", "line"], outputs: ["row"] },
        { operator: "GlobalMaxPool", inputs: ["x"], outputs: ["scalar"] },
        { operator: "MatMul", inputs: ["scalar", "row"], outputs: ["table"] },
      ],
    },
    opset,
  );
};

const cases: readonly Case[] = [
  { of: "Relu", shape: [1, 4, 6, 6], as: "absorbed" },
  { of: "Mul", operands: [weights("", [4, 1, 1])], shape: [1, 4, 6, 6], as: "absorbed" },
  { of: "Add", operands: [weights("", [2, 1, 1, 1, 1])], shape: [2, 1, 4, 6, 6], as: "movement" },
  { of: "Softmax", shape: [1, 4, 6, 6], as: "movement" },
  { of: "Identity", shape: [1, 4, 6, 6], as: "absorbed" },
  {
    of: "MaxPool",
    attributes: { kernel_shape: [3, 2], strides: [2, 1] },
    shape: [1, 4, 2, 5],
    as: "movement",
  },
  {
    of: "MaxPool",
    attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    shape: [1, 4, 3, 3],
    as: "movement",
  },
  {
    of: "AveragePool",
    attributes: { kernel_shape: [3, 3], auto_pad: "SAME_UPPER", strides: [4, 4] },
    shape: [1, 4, 2, 2],
    as: "movement",
  },
  { of: "GlobalAveragePool", shape: [1, 4, 1, 1], as: "movement" },
  { of: "ReduceMean", attributes: { axes: [-1, 1], keepdims: 0 }, shape: [1, 6], as: "movement" },
  { of: "ReduceSum", operands: [integers("", [2])], shape: [1, 4, 1, 6], as: "movement" },
  { of: "ReduceMax", attributes: { keepdims: 1 }, shape: [1, 1, 1, 1], as: "movement" },
  { of: "ArgMax", attributes: { axis: 1, keepdims: 0 }, shape: [1, 6, 6], as: "movement" },
  { of: "Reshape", operands: [integers("", [0, -1, 12])], shape: [1, 12, 12], as: "absorbed" },
  { of: "Flatten", attributes: { axis: 2 }, shape: [4, 36], as: "absorbed" },
  { of: "Flatten", attributes: { axis: 4 }, shape: [144, 1], as: "absorbed" },
  { of: "Squeeze", shape: [4, 6, 6], as: "absorbed" },
  { of: "Squeeze", attributes: { axes: [0] }, shape: [4, 6, 6], as: "absorbed", opset: 9 },
  { of: "Unsqueeze", operands: [integers("", [0, -1])], shape: [1, 1, 4, 6, 6, 1], as: "absorbed" },
  { of: "Transpose", attributes: { perm: [0, 2, 3, 1] }, shape: [1, 6, 6, 4], as: "absorbed" },
  { of: "Transpose", shape: [6, 6, 4, 1], as: "absorbed" },
  {
    of: "Slice",
    attributes: { starts: [1], ends: [3], axes: [1] },
    shape: [1, 2, 6, 6],
    as: "absorbed",
    opset: 9,
  },
  {
    of: "Slice",
    operands: [
      integers("", [-1, 1]),
      integers("", [-(2 ** 40), 2 ** 40]),
      integers("", [3, 2]),
      integers("", [-2, 3]),
    ],
    shape: [1, 4, 2, 3],
    as: "absorbed",
  },
  {
    of: "Concat",
    operands: ["x", weights("", [1, 3, 6, 6])],
    attributes: { axis: 1 },
    shape: [1, 11, 6, 6],
    as: "absorbed",
  },
  {
    of: "Gather",
    operands: [integers("", [0, 3, 3, 1, 2], [5, 1])],
    attributes: { axis: 1 },
    shape: [1, 5, 1, 6, 6],
    as: "absorbed",
  },
  { of: "Expand", operands: [integers("", [3, 4, 1, 6])], shape: [3, 4, 6, 6], as: "absorbed" },
  { of: "Tile", operands: [integers("", [1, 2, 1, 3])], shape: [1, 8, 6, 18], as: "absorbed" },
  { of: "Pad", operands: [integers("", [0, 0, 1, 2, 0, 0, 3, 4])], shape: [1, 4, 10, 12], as: "absorbed" },
  { of: "DepthToSpace", attributes: { blocksize: 2 }, shape: [1, 1, 12, 12], as: "absorbed" },
  { of: "SpaceToDepth", attributes: { blocksize: 3 }, shape: [1, 36, 2, 2], as: "absorbed" },
  {
    of: "Resize",
    operands: ["", { name: "", type: "float32", shape: [4], values: [1, 1, 1.5, 2] }],
    attributes: { mode: "nearest" },
    shape: [1, 4, 9, 12],
    as: "absorbed",
  },
  {
    of: "Resize",
    operands: ["", "", integers("", [1, 4, 7, 5])],
    attributes: { mode: "linear" },
    shape: [1, 4, 7, 5],
    as: "movement",
  },
  {
    of: "Upsample",
    operands: [{ name: "", type: "float32", shape: [4], values: [1, 1, 2, 3] }],
    shape: [1, 4, 12, 18],
    as: "absorbed",
    opset: 9,
  },
  { of: "LayerNormalization", operands: [weights("", [6])], shape: [1, 4, 6, 6], as: "movement", opset: 17 },
  { of: "Dropout", shape: [1, 4, 6, 6], as: "absorbed" },
  { of: "Trilu", shape: [1, 4, 6, 6], as: "absorbed", opset: 14 },
  { of: "Hardmax", shape: [1, 4, 6, 6], as: "movement" },
  { of: "RandomNormalLike", shape: [1, 4, 6, 6], as: "movement" },
  {
    of: "GatherElements",
    operands: [integers("", [0, 1], [1, 2, 1, 1])],
    shape: [1, 2, 1, 1],
    as: "movement",
  },
  { of: "GatherND", operands: [integers("", [0, 1, 0, 2], [2, 2])], shape: [2, 6, 6], as: "movement" },
  {
    of: "GatherND",
    operands: [integers("", [0, 1], [1, 2, 1])],
    attributes: { batch_dims: 1 },
    shape: [1, 2, 6, 6],
    as: "movement",
  },
  {
    of: "ScatterND",
    operands: [integers("", [0, 1], [1, 2]), weights("", [1, 6, 6])],
    shape: [1, 4, 6, 6],
    as: "movement",
  },
  {
    of: "OneHot",
    operands: [integers("", [9], []), integers("", [0, 1])],
    attributes: { axis: 1 },
    shape: [1, 9, 4, 6, 6],
    as: "movement",
  },
  { of: "ReverseSequence", operands: [integers("", [2])], shape: [1, 4, 6, 6], as: "movement" },
  { of: "GridSample", operands: [weights("", [1, 3, 7, 2])], shape: [1, 4, 3, 7], as: "movement", opset: 16 },
  {
    of: "RoiAlign",
    operands: [weights("", [5, 4]), integers("", [0, 0, 0, 0, 0])],
    attributes: { output_height: 3, output_width: 2 },
    shape: [5, 4, 3, 2],
    as: "movement",
  },
  {
    of: "MaxRoiPool",
    operands: [weights("", [5, 5])],
    attributes: { pooled_shape: [3, 2] },
    shape: [5, 4, 3, 2],
    as: "movement",
  },
  {
    of: "MaxUnpool",
    operands: [integers("", new Array(144).fill(0), [1, 4, 6, 6])],
    attributes: { kernel_shape: [2, 3], strides: [2, 2], pads: [0, 1, 0, 0] },
    shape: [1, 4, 12, 12],
    as: "movement",
  },
];

test.each(cases)("$of gives $shape", (example) => {
  const network = interpret(example);
  const [table] = network.layers;
  expect([...table.weights.values]).toEqual(example.shape);
  const [first] = network.movements;
  const elements = example.shape.reduce((a, b) => a * b, 1);
  if (example.as === "movement") {
    expect(first).toMatchObject({ name: "node", operation: example.of, writtenElements: elements });
    // The pooling of the input that feeds the product is the other one.
    expect(network.movements).toHaveLength(2);
  } else {
    expect(network.movements.map(({ operation }) => operation)).toEqual(["GlobalMaxPool"]);
    expect(network.absorbed[example.of]).toBeGreaterThanOrEqual(1);
  }
});

test("places that pooling and sorting return beside their values are written too", () => {
  const written = (operator: string, operands: readonly string[], attributes: WrittenNode["attributes"]) =>
    decodeGraph({
      inputs: { x: [1, 2, 6] },
      outputs: ["v", "i"],
      tensors: [integers("k", [4])],
      nodes: [
        {
          operator,
          name: "n",
          inputs: ["x", ...operands],
          outputs: ["v", "i"],
          ...(attributes === undefined ? {} : { attributes }),
        },
      ],
    }).movements;
  expect(written("TopK", ["k"], {})).toEqual([
    { name: "n", operation: "TopK", readElements: 12, writtenElements: 8 },
    { name: "n/indices", operation: "TopK", readElements: 0, writtenElements: 8 },
  ]);
  expect(written("MaxPool", [], { kernel_shape: [3], strides: [3] })).toEqual([
    { name: "n", operation: "MaxPool", readElements: 12, writtenElements: 4 },
    { name: "n/indices", operation: "MaxPool", readElements: 0, writtenElements: 4 },
  ]);
});

test("the parts of a split are accounted for once, and rest on different roots", () => {
  const network = decodeGraph({
    inputs: { x: [1, 4, 6] },
    outputs: ["y"],
    tensors: [integers("sizes", [1, 3]), integers("into", [1, 3, 6])],
    nodes: [
      { operator: "Split", inputs: ["x", "sizes"], outputs: ["a", "b"], attributes: { axis: 1 } },
      { operator: "Expand", inputs: ["a", "into"], outputs: ["c"] },
      { operator: "Mul", name: "gate", inputs: ["c", "b"], outputs: ["y"] },
    ],
  });
  expect(network.absorbed).toEqual({ Expand: 1, Split: 1 });
  expect(network.movements).toEqual([
    { name: "gate", operation: "Mul", readElements: 36, writtenElements: 18 },
  ]);
});

test("shape arithmetic is computed: a reshape to half the channels and twice the height", () => {
  const network = decodeGraph({
    inputs: { x: [1, 8, 3, 5] },
    outputs: ["y"],
    tensors: [
      integers("zero", [0]),
      integers("one", [1]),
      integers("two", [2]),
      integers("three", [3]),
      integers("four", [4]),
    ],
    nodes: [
      { operator: "Shape", inputs: ["x"], outputs: ["s"] },
      { operator: "Gather", inputs: ["s", "one"], outputs: ["c"] },
      { operator: "Div", inputs: ["c", "two"], outputs: ["half"] },
      { operator: "Slice", inputs: ["s", "two", "three"], outputs: ["h"] },
      { operator: "Mul", inputs: ["h", "two"], outputs: ["double"] },
      { operator: "Slice", inputs: ["s", "three", "four", "zero"], outputs: ["w"] },
      {
        operator: "Concat",
        inputs: ["one", "half", "double", "w"],
        outputs: ["target"],
        attributes: { axis: 0 },
      },
      { operator: "Reshape", inputs: ["x", "target"], outputs: ["z"] },
      { operator: "GlobalMaxPool", inputs: ["z"], outputs: ["y"] },
    ],
  });
  expect(network.movements).toEqual([
    { name: "y", operation: "GlobalMaxPool", readElements: 120, writtenElements: 4 },
  ]);
});

test("every node is a layer, a movement or absorbed", () => {
  const network = decodeGraph({
    inputs: { x: [1, 3, 8, 8] },
    outputs: ["y"],
    tensors: [weights("w", [4, 3, 3, 3])],
    nodes: [
      {
        operator: "Constant",
        inputs: [],
        outputs: ["k"],
        attributes: { value: { tensor: weights("", [1]) } },
      },
      { operator: "Conv", inputs: ["x", "w"], outputs: ["a"] },
      { operator: "Mul", inputs: ["a", "k"], outputs: ["b"] },
      { operator: "Sigmoid", inputs: ["b"], outputs: ["c"] },
      { operator: "GlobalAveragePool", inputs: ["c"], outputs: ["d"] },
      { operator: "Mul", inputs: ["c", "d"], outputs: ["y"] },
    ],
  });
  expect(network.layers).toHaveLength(1);
  expect(network.movements.map(({ operation }) => operation)).toEqual(["GlobalAveragePool", "Mul"]);
  expect(network.absorbed).toEqual({ Constant: 1, Mul: 1, Sigmoid: 1 });
});
