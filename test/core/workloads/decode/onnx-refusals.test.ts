import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError, NetworkError } from "../../../../core/errors.ts";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import { decodeGraph, integers, networkOf, weights } from "../../../fixtures/decode-graph.ts";
import { float16Network, type WrittenGraph, writeOnnx } from "../../../fixtures/onnx-writer.ts";

const relu = (inputs: string, outputs: string, name?: string) => ({
  operator: "Relu",
  inputs: [inputs],
  outputs: [outputs],
  ...(name === undefined ? {} : { name }),
});

test("a cyclic graph, and an operand that nothing produces, are errors that name the node", () => {
  const graph = { inputs: { x: [1, 2] }, outputs: ["y"] };
  expect(() =>
    decodeGraph({ ...graph, nodes: [relu("b", "a", "first"), relu("a", "b", "second"), relu("x", "y")] }),
  ).toThrow(
    "network example: node first (Relu): its operand b is produced by node second, which is not before it",
  );
  expect(() => decodeGraph({ ...graph, nodes: [relu("y", "y", "self")] })).toThrow("node self (Relu)");
  expect(() => decodeGraph({ ...graph, nodes: [relu("z", "y", "lost")] })).toThrow(
    "nothing produces its operand z",
  );
  expect(() => decodeGraph({ ...graph, nodes: [relu("x", "q")] })).toThrow("nothing produces its output y");
  expect(() => decodeGraph({ ...graph, nodes: [relu("x", "y"), relu("x", "y", "again")] })).toThrow(
    "node again (Relu): it produces y",
  );
});

const unknown =
  (node: { operator: string; domain?: string; attributes?: Record<string, { graph: WrittenGraph }> }) => () =>
    networkOf([1, 2], { ...node, inputs: ["x"] });

test("an operator that is not understood is named, with its domain or because it holds a graph", () => {
  expect(unknown({ operator: "LSTM" })).toThrow("node node (LSTM): this operator is not understood");
  expect(unknown({ operator: "Gelu", domain: "com.microsoft" })).toThrow("node node (com.microsoft::Gelu)");
  const graph: WrittenGraph = { inputs: {}, outputs: ["z"], nodes: [relu("x", "z")] };
  expect(unknown({ operator: "If", attributes: { then_branch: { graph } } })).toThrow(
    "(If): it holds a nested graph",
  );
  expect(unknown({ operator: "toString" })).toThrow("(toString): this operator is not understood");
});

const dynamic = writeOnnx({
  inputs: { x: ["batch", 3, 48, "width"], plain: [1, 2] },
  outputs: ["y"],
  nodes: [relu("x", "y")],
});
const bind = (inputs: Record<string, number[]>) => () =>
  decodeOnnx(dynamic, { name: "ocr", source: "a test", inputs });

test("an input that is not bound is named, with its dimension and what to write", () => {
  expect(bind({})).toThrow(
    "network ocr: input x: dimension 0 (batch) is not bound; write inputs: { x: [1, 3, 48, N] } with a size for each N",
  );
  expect(bind({ x: [1, 3, 48, 320] })().inputs).toEqual({ x: [1, 3, 48, 320], plain: [1, 2] });
});

test.each([
  [{ x: [2, 3, 48, 320] }, "its batch (dimension 0) is 2, expected 1"],
  [{ x: [1, 3, 48] }, "[1, 3, 48] has 3 dimensions, the file has 4: [batch, 3, 48, width]"],
  [{ x: [1, 3, 32, 320] }, "dimension 2 is 32, the file fixes it to 48"],
  [{ x: [1, 3, 48, 0] }, "dimension 3 is 0, expected an integer of at least 1"],
  [{ x: [1, 3, 48, 2.5] }, "dimension 3 is 2.5"],
  [{ image: [1] }, "it has no input image; its inputs are x, plain"],
])("a wrong binding %j is refused", (inputs, problem) => {
  expect(bind(inputs as unknown as Record<string, number[]>)).toThrow(problem);
});

test("sizes that depend on run-time values are refused, not guessed", () => {
  const graph = { inputs: { x: [1, 6], s: [2] }, outputs: ["y"] };
  expect(() =>
    decodeGraph({
      ...graph,
      nodes: [{ operator: "Reshape", name: "r", inputs: ["x", "s"], outputs: ["y"] }],
    }),
  ).toThrow("node r (Reshape): operand 2 (s) depends on run-time values");
});

test.each([
  ["Reshape", [integers("t", [4])], {}, "[1, 6] cannot take the shape [4]"],
  ["Reshape", [integers("t", [-1, 4])], {}, "[1, 6] cannot take the shape [-1, 4]"],
  ["Reshape", [integers("t", [-1, -1])], {}, "cannot take the shape"],
  ["Transpose", [], { perm: [0, 0] }, "perm [0, 0] is no order of the axes of [1, 6]"],
  ["Squeeze", [integers("t", [1])], {}, "axis 1 of [1, 6] is not 1"],
  ["Concat", [weights("t", [2, 3])], { axis: 1 }, "cannot be joined along axis 1"],
  ["Add", [weights("t", [5])], {}, "operands of the shapes [1, 6] and [5] do not fit together"],
  ["Softmax", [], {}, ""],
  ["Expand", [integers("t", [5, 5])], {}, "cannot be expanded to [5, 5]"],
  ["Slice", [integers("t", [7]), integers("u", [9]), integers("v", [1])], {}, "[1, 0]"],
  ["Gather", [integers("t", [6])], { axis: 1 }, "axis 6 of a tensor with 6 axes"],
  ["Flatten", [], { axis: 3 }, "axis 3 of a tensor with 2 axes"],
  ["MaxPool", [], {}, "kernel_shape is missing"],
])("%s that does not fit is an error", (operator, tensors, attributes, problem) => {
  const decode = () =>
    networkOf([1, 6], { operator, inputs: ["x", ...tensors.map(({ name }) => name)], attributes }, tensors);
  if (problem === "") expect(decode).not.toThrow();
  else expect(decode).toThrow(problem);
});

test("files that are not ONNX, have no graph, an old operator set or functions are refused", () => {
  const decode = (bytes: Uint8Array) => () => decodeOnnx(bytes, { name: "n", source: "s", inputs: {} });
  expect(decode(new Uint8Array(0))).toThrow("it has no graph");
  expect(decode(new TextEncoder().encode("not a model at all"))).toThrow(DecodeError);
  expect(decode(writeOnnx({ inputs: {}, outputs: [], nodes: [] }, 6))).toThrow(
    "operator set 6: expected version 7 or later",
  );
  const functions = Uint8Array.from([...writeOnnx({ inputs: {}, outputs: [], nodes: [] }), 0xca, 0x01, 0]);
  expect(decode(functions)).toThrow("functions of its own");
});

const model = writeOnnx({
  inputs: { x: [1, 3, 8, 8] },
  outputs: ["y"],
  tensors: [weights("w", [4, 3, 3, 3]), integers("target", [1, -1]), weights("m", [144, 5])],
  nodes: [
    {
      operator: "Conv",
      inputs: ["x", "w"],
      outputs: ["a"],
      attributes: { strides: [1, 1], auto_pad: "VALID" },
    },
    { operator: "Reshape", inputs: ["a", "target"], outputs: ["b"] },
    { operator: "MatMul", inputs: ["b", "m"], outputs: ["c"] },
    { operator: "Softmax", inputs: ["c"], outputs: ["y"] },
  ],
});

const decodesOrRefuses = (bytes: Uint8Array): void => {
  try {
    const { layers } = decodeOnnx(bytes, { name: "n", source: "s", inputs: {} });
    for (const layer of layers)
      expect(layer.weights.values.every((value) => typeof value === "number")).toBe(true);
  } catch (error) {
    expect(error instanceof DecodeError || error instanceof NetworkError ? "refused" : error).toBe("refused");
  }
};

test("a file that is cut off anywhere is refused", () => {
  expect(decodeOnnx(model, { name: "n", source: "s", inputs: {} }).layers).toHaveLength(2);
  for (const file of [model, float16Network()]) {
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeOnnx(file.subarray(0, length), { name: "n", source: "s", inputs: {} })).toThrow(
        DecodeError,
      );
    }
  }
});

test("a file with changed bytes is decoded or refused, never a crash", () => {
  const change = fc.record({ at: fc.nat(model.length - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = model.slice();
      for (const { at, to } of changes) bytes[at] = to;
      decodesOrRefuses(bytes);
    }),
    { numRuns: 3000 },
  );
});
