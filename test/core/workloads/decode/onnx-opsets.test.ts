import { expect, test } from "vitest";
import { operatorClasses } from "../../../../core/workloads/decode/onnx-operators/operator-classes.ts";
import { sinceOpset } from "../../../../core/workloads/decode/onnx-operators/signatures.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

interface Form {
  /** Operator sets that define the operator in this form, both ends included. */
  readonly opsets: readonly [number, number];
  readonly attributes?: WrittenNode["attributes"];
  /** Operands behind the first; an absent one is empty. */
  readonly operands?: readonly (WrittenTensor | "")[];
}

/** A node on an input [1, 4, 6, 6] in every form that operator sets give it, with the sizes of its first result. */
interface Case {
  readonly of: string;
  readonly shape: readonly number[];
  readonly outputs?: number;
  readonly forms: readonly Form[];
}

const last = 24;
const floats = (values: readonly number[], shape: readonly number[] = [values.length]): WrittenTensor => ({
  name: "",
  type: "float32",
  shape,
  values,
});
const ints = (...values: number[]): WrittenTensor => integers("", values);

const reductions = ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean"];

/** The changes of signature between operator sets 7 and 24, from the changelog of ONNX. */
const cases: readonly Case[] = [
  {
    of: "Slice",
    shape: [1, 2, 6, 6],
    forms: [
      { opsets: [7, 9], attributes: { starts: [1], ends: [3], axes: [1] } },
      { opsets: [10, last], operands: [ints(1), ints(3), ints(1)] },
    ],
  },
  {
    of: "Squeeze",
    shape: [4, 6, 6],
    forms: [
      { opsets: [7, 12], attributes: { axes: [0] } },
      { opsets: [13, last], operands: [ints(0)] },
    ],
  },
  {
    of: "Unsqueeze",
    shape: [1, 1, 4, 6, 6],
    forms: [
      { opsets: [7, 12], attributes: { axes: [1] } },
      { opsets: [13, last], operands: [ints(1)] },
    ],
  },
  {
    of: "Split",
    shape: [1, 1, 6, 6],
    outputs: 2,
    forms: [
      { opsets: [7, 12], attributes: { axis: 1, split: [1, 3] } },
      { opsets: [13, last], attributes: { axis: 1 }, operands: [ints(1, 3)] },
    ],
  },
  {
    of: "Split",
    shape: [1, 4, 6, 4],
    outputs: 2,
    forms: [{ opsets: [18, last], attributes: { axis: 3, num_outputs: 2 }, operands: [ints(4, 2)] }],
  },
  {
    of: "Pad",
    shape: [1, 4, 7, 8],
    forms: [
      { opsets: [7, 10], attributes: { pads: [0, 0, 1, 0, 0, 0, 0, 2] } },
      { opsets: [11, last], operands: [ints(0, 0, 1, 0, 0, 0, 0, 2)] },
      { opsets: [18, last], operands: [ints(1, 0, 0, 2), "", ints(-2, 3)] },
    ],
  },
  {
    of: "Clip",
    shape: [1, 4, 6, 6],
    forms: [
      { opsets: [7, 10], attributes: { min: { float: 0 }, max: { float: 6 } } },
      { opsets: [11, last], operands: [floats([0], []), floats([6], [])] },
      { opsets: [11, last], operands: ["", floats([6], [])] },
    ],
  },
  ...reductions.map(
    (of): Case => ({
      of,
      shape: [1, 4, 6],
      forms: [
        { opsets: [7, 17], attributes: { axes: [-1], keepdims: 0 } },
        { opsets: [18, last], attributes: { keepdims: 0 }, operands: [ints(-1)] },
      ],
    }),
  ),
  {
    of: "ReduceSum",
    shape: [1, 1, 6, 6],
    forms: [
      { opsets: [7, 12], attributes: { axes: [1] } },
      { opsets: [13, last], operands: [ints(1)] },
    ],
  },
  {
    of: "ReduceProd",
    shape: [1, 4, 6, 6],
    forms: [{ opsets: [18, last], attributes: { noop_with_empty_axes: 1 } }],
  },
  {
    of: "Upsample",
    shape: [1, 4, 12, 18],
    forms: [
      { opsets: [7, 8], attributes: { scales: { floats: [1, 1, 2, 3] } } },
      { opsets: [9, 9], operands: [floats([1, 1, 2, 3])] },
    ],
  },
  {
    of: "Resize",
    shape: [1, 4, 9, 12],
    forms: [
      { opsets: [10, 10], operands: [floats([1, 1, 1.5, 2])] },
      { opsets: [11, last], operands: [floats([]), floats([1, 1, 1.5, 2])] },
      { opsets: [11, last], operands: [floats([]), floats([]), ints(1, 4, 9, 12)] },
      { opsets: [13, last], operands: ["", "", ints(1, 4, 9, 12)] },
      { opsets: [18, last], operands: ["", floats([1.5, 2])], attributes: { axes: [2, 3] } },
    ],
  },
  {
    of: "Resize",
    shape: [1, 4, 9, 9],
    forms: [
      {
        opsets: [18, last],
        operands: ["", "", ints(9, 12)],
        attributes: { axes: [2, 3], keep_aspect_ratio_policy: "not_larger" },
      },
      {
        opsets: [18, last],
        operands: ["", "", ints(7, 9)],
        attributes: { axes: [2, 3], keep_aspect_ratio_policy: "not_smaller" },
      },
    ],
  },
  {
    of: "Dropout",
    shape: [1, 4, 6, 6],
    forms: [
      { opsets: [7, 11], attributes: { ratio: { float: 0.5 } } },
      { opsets: [12, last], operands: [floats([0.5], [])] },
    ],
  },
  {
    of: "TopK",
    shape: [1, 4, 6, 2],
    outputs: 2,
    forms: [
      { opsets: [7, 9], attributes: { k: 2 } },
      { opsets: [10, last], operands: [ints(2)] },
      { opsets: [11, last], operands: [ints(2)], attributes: { largest: 0, sorted: 0 } },
    ],
  },
  {
    of: "Softmax",
    shape: [1, 4, 6, 6],
    forms: [{ opsets: [7, last] }, { opsets: [7, last], attributes: { axis: 3 } }],
  },
  {
    of: "BatchNormalization",
    shape: [1, 4, 6, 6],
    forms: [
      { opsets: [7, 8], operands: new Array(4).fill(floats([1, 1, 1, 1])), attributes: { spatial: 1 } },
      { opsets: [7, last], operands: new Array(4).fill(floats([1, 1, 1, 1])) },
      {
        opsets: [14, last],
        operands: new Array(4).fill(floats([1, 1, 1, 1])),
        attributes: { training_mode: 0 },
      },
    ],
  },
  {
    of: "MaxPool",
    shape: [1, 4, 3, 3],
    forms: [
      { opsets: [7, last], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { opsets: [10, last], attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 } },
      { opsets: [10, last], attributes: { kernel_shape: [2, 2], dilations: [3, 3] } },
    ],
  },
  {
    of: "AveragePool",
    shape: [1, 4, 3, 3],
    forms: [
      { opsets: [7, last], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
      { opsets: [10, last], attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 } },
      { opsets: [19, last], attributes: { kernel_shape: [2, 2], dilations: [3, 3] } },
    ],
  },
  {
    of: "Reshape",
    shape: [4, 36],
    forms: [
      { opsets: [7, last], operands: [ints(4, -1)] },
      { opsets: [14, last], operands: [ints(4, 36)], attributes: { allowzero: 1 } },
    ],
  },
  {
    of: "DepthToSpace",
    shape: [1, 1, 12, 12],
    forms: [
      { opsets: [7, last], attributes: { blocksize: 2 } },
      { opsets: [11, last], attributes: { blocksize: 2, mode: "CRD" } },
    ],
  },
  {
    of: "ArgMax",
    shape: [1, 1, 6, 6],
    forms: [
      { opsets: [7, last], attributes: { axis: 1 } },
      { opsets: [12, last], attributes: { axis: 1, select_last_index: 1 } },
    ],
  },
  { of: "Gelu", shape: [1, 4, 6, 6], forms: [{ opsets: [20, last] }] },
  {
    of: "GroupNormalization",
    shape: [1, 4, 6, 6],
    forms: [
      {
        opsets: [18, last],
        operands: [floats([1, 1]), floats([1, 1])],
        attributes: { num_groups: 2, epsilon: { float: 1e-5 } },
      },
    ],
  },
];

/** The sizes of the first result of a node, read as the weights of a product; all of it in operators that never change. */
const sizesOf = ({ of, outputs = 1 }: Case, form: Form, opset: number): number[] => {
  const { operands = [], attributes } = form;
  const names = operands.map((operand, index) => (operand === "" ? "" : `t${index}`));
  const { layers } = decodeGraph(
    {
      inputs: { x: [1, 4, 6, 6] },
      outputs: ["table"],
      tensors: [
        ...operands.flatMap((operand, index) => (operand === "" ? [] : [{ ...operand, name: `t${index}` }])),
        floats([0]),
        { ...ints(1, -1), name: "line" },
      ].map((tensor) => (tensor.name === "" ? { ...tensor, name: "zero" } : tensor)),
      nodes: [
        {
          operator: of,
          name: "node",
          inputs: ["x", ...names],
          outputs: Array.from({ length: outputs }, (_, output) => `y${output}`),
          ...(attributes === undefined ? {} : { attributes }),
        },
        { operator: "Shape", inputs: ["y0"], outputs: ["sizes"] },
        { operator: "Cast", inputs: ["sizes"], outputs: ["whole"], attributes: { to: 1 } },
        { operator: "Add", inputs: ["whole", "zero"], outputs: ["weights"] },
        { operator: "Reshape", inputs: ["weights", "line"], outputs: ["row"] },
        { operator: "GlobalMaxPool", inputs: ["x"], outputs: ["scalar"] },
        { operator: "MatMul", inputs: ["scalar", "row"], outputs: ["table"] },
      ],
    },
    opset,
  );
  return [...layers[0].weights.values];
};

test.each(cases)(
  "$of gives $shape in the form of its operator sets, and is refused in those around",
  (example) => {
    for (const form of example.forms) {
      const [first, until] = form.opsets;
      for (const opset of new Set([7, first - 1, first, until, until + 1, last])) {
        if (opset < 7 || opset > last) continue;
        if (opset >= first && opset <= until) expect(sizesOf(example, form, opset)).toEqual(example.shape);
        else
          expect(() => sizesOf(example, form, opset)).toThrow(
            /node node \(\w+\): .*(operator set|gives 0 scales)/,
          );
      }
    }
  },
);

const message =
  (node: Omit<WrittenNode, "outputs">, opset: number, tensors: WrittenTensor[] = []) =>
  () =>
    decodeGraph(
      { inputs: { x: [1, 4] }, outputs: ["y"], nodes: [{ ...node, name: "n", outputs: ["y"] }], tensors },
      opset,
    );

test("what an operator set does not define is named with the sets that do", () => {
  expect(message({ operator: "Squeeze", inputs: ["x"], attributes: { axes: [0] } }, 13)).toThrow(
    "node n (Squeeze): operator set 13 does not define its attribute axes; 7 to 12 do",
  );
  expect(message({ operator: "Shape", inputs: ["x"], attributes: { start: 1 } }, 14)).toThrow(
    "operator set 14 does not define its attribute start; 15 and later do",
  );
  expect(message({ operator: "Relu", inputs: ["x"], attributes: { odd: 1 } }, 14)).toThrow(
    /does not define its attribute odd$/,
  );
  expect(message({ operator: "Gelu", inputs: ["x"] }, 19)).toThrow(
    "node n (Gelu): this operator is there from operator set 20 on, the file declares 19",
  );
  expect(message({ operator: "Upsample", inputs: ["x"] }, 10)).toThrow(
    "node n (Upsample): this operator is not there from operator set 10 on, the file declares 10",
  );
  expect(message({ operator: "Squeeze", inputs: ["x", "a"] }, 12, [integers("a", [0])])).toThrow(
    "it has 2 operands, operator set 12 defines data",
  );
  expect(message({ operator: "Unsqueeze", inputs: ["x"] }, 13)).toThrow(
    "operand 2 (axes) of operator set 13 is missing",
  );
  expect(message({ operator: "Pad", inputs: ["x", ""] }, 13)).toThrow(
    "operand 2 (pads) of operator set 13 is missing",
  );
});

test("an even split is even before operator set 18, and as even as it can be from then on", () => {
  const split = (opset: number) =>
    decodeGraph(
      {
        inputs: { x: [1, 5] },
        outputs: ["y"],
        tensors: [weights("w", [3, 2])],
        nodes: [
          { operator: "Split", name: "n", inputs: ["x"], outputs: ["a", "b"], attributes: { axis: 1 } },
          { operator: "MatMul", inputs: ["a", "w"], outputs: ["y"] },
        ],
      },
      opset,
    ).layers[0].channels;
  expect(split(18)).toBe(3);
  expect(() => split(17)).toThrow("an axis of 5 has no 2 even parts");
  expect(message({ operator: "Split", inputs: ["x"], attributes: { axis: 1, num_outputs: 3 } }, 18)).toThrow(
    "num_outputs is 3, it has 1 outputs",
  );
});

test("an attribute of zero that the file leaves out is zero, one of another kind is refused", () => {
  const join = (axis: NonNullable<WrittenNode["attributes"]>[string]) =>
    decodeGraph({
      inputs: { x: [1, 4] },
      outputs: ["y"],
      nodes: [{ operator: "Concat", name: "n", inputs: ["x", "x"], outputs: ["y"], attributes: { axis } }],
    });
  // Joined along axis 0 and not along another, of which the default would be the last.
  expect(join({ leftOut: "integer" }).absorbed).toEqual({ Concat: 1 });
  expect(() => join({ float: 1 })).toThrow("node n (Concat): its attribute axis is not an integer");
  expect(message({ operator: "Squeeze", inputs: ["x"], attributes: { axes: 0 } }, 9)).toThrow(
    "node n (Squeeze): its attribute axes is not a list of integers",
  );
  const softmax = (attributes: WrittenNode["attributes"]) =>
    message({ operator: "Softmax", inputs: ["x"], ...(attributes === undefined ? {} : { attributes }) }, 13);
  expect(softmax({ axis: { leftOut: "integer" } })).not.toThrow();
  expect(softmax({ axis: 2 })).toThrow("axis 2 of a tensor with 2 axes");
});

test("every operator that is understood is in one class and in the table of signatures", () => {
  const all = Object.values(operatorClasses).flat();
  expect(new Set(all).size).toBe(all.length);
  for (const operator of all) expect(sinceOpset(operator)).toBeGreaterThanOrEqual(7);
  expect(operatorClasses.layers).toEqual([
    "Conv",
    "ConvInteger",
    "ConvTranspose",
    "DeformConv",
    "Einsum",
    "GRU",
    "Gemm",
    "LSTM",
    "MatMul",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
    "RNN",
  ]);
  expect(operatorClasses["control flow"]).toEqual(["If", "Loop", "Scan"]);
  expect(sinceOpset("Gelu")).toBe(20);
  expect(sinceOpset("Relu")).toBe(7);
  expect(sinceOpset("Attention")).toBeUndefined();
});
