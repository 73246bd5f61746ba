import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError, NetworkError } from "../../../../core/errors.ts";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import type { NodeCall } from "../../../../core/workloads/decode/onnx-operators/node-call.ts";
import { createWalk } from "../../../../core/workloads/decode/onnx-walk.ts";
import { createNetworkBuilder } from "../../../../core/workloads/network-builder.ts";
import { decodeGraph, integers, networkOf, weights } from "../../../fixtures/decode-graph.ts";
import {
  float16Network,
  type WrittenGraph,
  type WrittenTensor,
  writeOnnx,
} from "../../../fixtures/onnx-writer.ts";

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

const unknown = (node: { operator: string; domain?: string }) => (): unknown =>
  networkOf([1, 2], { ...node, inputs: ["x"] });

test("an operator that is not understood is named, with its domain and, where one is known, the reason", () => {
  expect(unknown({ operator: "Gelu", domain: "com.microsoft" })).toThrow(
    "network example: an operator is not understood: com.microsoft::Gelu (1 node, node)",
  );
  expect(unknown({ operator: "toString" })).toThrow("toString (1 node, node)");
  expect(unknown({ operator: "NonZero" })).toThrow(
    "NonZero (1 node, node: the size of its result depends on run-time values)",
  );
});

test("all operators that are not understood are listed, nested ones too, up to a bound", () => {
  const odd = (operator: string, input: string, output: string) => ({
    operator,
    name: `of ${output}`,
    inputs: [input],
    outputs: [output],
  });
  const branch = (output: string): WrittenGraph => ({
    inputs: {},
    outputs: [output],
    nodes: [odd("Inner", "x", output), odd("Outer", output, `${output}2`)],
  });
  const attributes = { then_branch: { graph: branch("p") }, else_branch: { graph: branch("q") } };
  const choice = { operator: "If", inputs: ["x"], outputs: ["z"], attributes };
  const nodes = [odd("Outer", "x", "a"), choice, odd("Last", "x", "y")];
  const graph = { inputs: { x: [1, 2] }, outputs: ["y"] };
  expect(() => decodeGraph({ ...graph, nodes })).toThrow(
    "3 operators are not understood: Outer (3 nodes, first of a), Inner (2 nodes, first of p), Last (1 node, of y)",
  );
  const many = Array.from({ length: 15 }, (_, index) => odd(`Odd${index}`, "x", `y${index}`));
  expect(() => decodeGraph({ ...graph, nodes: many })).toThrow(/15 operators .*, Odd11 .*, and 3 more$/);
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

test("the batch of an input of three dimensions may lie behind its sequence", () => {
  const bytes = writeOnnx({
    inputs: { x: ["steps", "batch", 5], state: [2, "batch", 4] },
    outputs: ["y"],
    nodes: [relu("x", "y")],
  });
  const decode = (x: number[]) => () =>
    decodeOnnx(bytes, { name: "rnn", source: "s", inputs: { x, state: [2, 1, 4] } });
  expect(decode([7, 1, 5])().inputs).toEqual({ x: [7, 1, 5], state: [2, 1, 4] });
  expect(decode([1, 7, 5])).not.toThrow();
  expect(decode([7, 2, 5])).toThrow(
    "input x: its batch (dimension 0) is 7 or (dimension 1) is 2, expected 1; the batch is a parameter",
  );
});

test("names that objects have from the start are names as any other", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    const inputs = Object.fromEntries([[name, [1, 2]]]);
    const network = decodeGraph({ inputs, outputs: ["y"], nodes: [relu(name, "y")] });
    expect(Object.keys(network.inputs)).toEqual([name]);
  }
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
    "operator set 6: expected a version from 7 to 24, whose operators are known",
  );
  expect(decode(writeOnnx({ inputs: {}, outputs: [], nodes: [] }, 25))).toThrow("operator set 25: expected");
  const functions = Uint8Array.from([...writeOnnx({ inputs: {}, outputs: [], nodes: [] }), 0xca, 0x01, 0]);
  expect(decode(functions)).toThrow("functions of its own");
});

const nested: WrittenGraph = {
  inputs: { state: [1, 5], entry: [1] },
  outputs: ["next"],
  nodes: [
    { operator: "MatMul", inputs: ["state", "square"], outputs: ["p"] },
    { operator: "Mul", inputs: ["p", "entry"], outputs: ["next"] },
  ],
};
const model = writeOnnx({
  inputs: { x: [1, 3, 8, 8] },
  outputs: ["y"],
  tensors: [
    weights("w", [4, 3, 3, 3]),
    integers("target", [1, -1]),
    { name: "q", type: "int8", shape: [144, 5], values: new Array(720).fill(7) },
    { name: "scale", type: "float32", shape: [], values: [0.5] },
    weights("square", [5, 5]),
  ],
  nodes: [
    {
      operator: "Conv",
      inputs: ["x", "w"],
      outputs: ["a"],
      attributes: { strides: [1, 1], auto_pad: "VALID" },
    },
    { operator: "Reshape", inputs: ["a", "target"], outputs: ["b"] },
    { operator: "DequantizeLinear", inputs: ["q", "scale"], outputs: ["m"] },
    { operator: "MatMul", inputs: ["b", "m"], outputs: ["c"] },
    {
      operator: "Scan",
      inputs: ["c", "c"],
      outputs: ["d"],
      attributes: { num_scan_inputs: 1, scan_input_axes: [1], body: { graph: nested } },
    },
    { operator: "Softmax", inputs: ["d"], outputs: ["y"] },
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

test("a file that claims more than it holds is refused before anything is allocated", () => {
  const claim = (tensor: Partial<WrittenTensor>) => () =>
    networkOf([1, 2], { operator: "MatMul", inputs: ["x", "w"] }, [
      { name: "w", type: "float32", shape: [2 ** 20, 2 ** 10], values: [1, 2], ...tensor },
    ]);
  expect(claim({})).toThrow('tensor "w": shape [1048576, 1024] needs 1073741824 values, the file has 2');
  expect(claim({ typed: true })).toThrow("the file has 2");
  expect(claim({ shape: new Array(60).fill(2 ** 40) })).toThrow("needs Infinity values");
  expect(claim({ shape: new Array(65).fill(1), values: [1] })).toThrow("has 65 axes, expected at most 64");
  const computed = (operator: string, operands: readonly WrittenTensor[]) => () =>
    decodeGraph({
      inputs: { x: [1, 1] },
      outputs: ["y"],
      tensors: [weights("t", [1, 1]), ...operands],
      nodes: [
        { operator, name: "large", inputs: ["t", ...operands.map(({ name }) => name)], outputs: ["w"] },
        { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
      ],
    });
  expect(computed("Tile", [integers("count", [1, 8])])().layers[0].filters).toBe(8);
  for (const [operator, sizes] of [
    ["Tile", [1, 2 ** 27]],
    ["Expand", [1, 2 ** 27]],
    ["Pad", [0, 0, 0, 2 ** 27 - 1]],
  ] as const) {
    expect(computed(operator, [integers("count", sizes)])).toThrow(
      `node large (${operator}): a constant of the shape [1, 134217728] would be computed`,
    );
  }
});

test("constants and iterations that a file asks for over and over are refused by what they take in all", () => {
  const walk = createWalk("example", 13, 1000, createNetworkBuilder("example"));
  const call = { network: "example", node: { name: "n", operator: "Range" } } as NodeCall;
  for (let index = 0; index < 32; index++) walk.claim(call, 2 ** 23);
  // 16 more for each byte of the file.
  walk.claim(call, 16_000);
  expect(() => walk.claim(call, 1)).toThrow(
    "node n (Range): what is computed up to it takes 268451457 bytes, expected at most 268451456",
  );
});

test("graphs in graphs are read up to a bound", () => {
  const inside = (depth: number): WrittenGraph => ({
    inputs: {},
    outputs: ["z"],
    nodes:
      depth === 0
        ? [relu("x", "z")]
        : [
            {
              operator: "If",
              inputs: ["yes"],
              outputs: ["z"],
              attributes: { then_branch: { graph: inside(depth - 1) }, else_branch: { graph: inside(0) } },
            },
          ],
  });
  const file = (depth: number) => () =>
    decodeGraph({
      ...inside(depth),
      inputs: { x: [1, 2] },
      tensors: [{ name: "yes", type: "bool", shape: [], values: [1] }],
    });
  expect(file(32)().absorbed).toEqual({ If: 32, Relu: 1 });
  expect(file(33)).toThrow(/the graph at byte \d+: it lies in 33 graphs, expected at most 32/);
});

test.each([
  ["float32", Number.NaN, "element 5 of its weights w [4, 2] is NaN"],
  ["float32", Number.POSITIVE_INFINITY, "element 5 of its weights w [4, 2] is Infinity"],
  ["float64", 1e300, "element 5 of its weights w [4, 2] is 1e+300, expected finite float32 values"],
] as const)("weights of %s that hold %d are refused", (type, value, problem) => {
  const w: WrittenTensor = { name: "w", type, shape: [4, 2], values: [1, 2, 3, 4, 5, value, 7, 8] };
  const product = (tensors: readonly WrittenTensor[]) =>
    networkOf([1, 4], { operator: "MatMul", inputs: ["x", "w"] }, tensors);
  expect(() => product([w])).toThrow(`node node (MatMul): ${problem}`);
  // A mask may be infinite: it is no weight.
  const mask: WrittenTensor = { name: "w", type: "float32", shape: [4], values: [0, 0, -Infinity, 0] };
  expect(networkOf([1, 4], { operator: "Add", inputs: ["x", "w"] }, [mask]).absorbed).toEqual({ Add: 1 });
});

test("a batch normalization whose factor is not finite is refused by channel", () => {
  const vector = (name: string, values: readonly number[]): WrittenTensor => ({
    name,
    type: "float32",
    shape: [2],
    values,
  });
  const normalize = (variance: readonly number[], attributes = {}, opset = 13) =>
    networkOf(
      [1, 2, 3, 3],
      { operator: "BatchNormalization", inputs: ["x", "s", "b", "m", "v"], attributes },
      [vector("s", [1, 2]), vector("b", [0, 0]), vector("m", [0, 0]), vector("v", variance)],
      opset,
    );
  expect(normalize([1, 1]).absorbed).toEqual({ BatchNormalization: 1 });
  expect(() => normalize([1, -1])).toThrow(
    "channel 1 has the scale 2 and the variance -1, expected a finite",
  );
  expect(() => normalize([1, 1], { spatial: 0 }, 7)).toThrow("it normalizes each element");
  expect(() => normalize([1, 1], { training_mode: 1 }, 14)).toThrow("it is in training mode");
});

test("a file that is cut off anywhere is refused", () => {
  expect(decodeOnnx(model, { name: "n", source: "s", inputs: {} }).layers).toHaveLength(7);
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
    { numRuns: 500 },
  );
});
