import { describe, expect, test } from "vitest";
import { NetworkError } from "../../../../core/errors.ts";
import { networkParameters } from "../../../../core/workloads/architecture.ts";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import { macs } from "../../../../core/workloads/layer.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import {
  type WrittenGraph,
  type WrittenNode,
  type WrittenTensor,
  writeOnnx,
} from "../../../fixtures/onnx-writer.ts";

const node = (operator: string, inputs: readonly string[], output: string, name = output): WrittenNode => ({
  operator,
  name,
  inputs,
  outputs: [output],
});

const truth = (name: string, value: boolean): WrittenTensor => ({
  name,
  type: "bool",
  shape: [],
  values: [Number(value)],
});

const branch = (...nodes: WrittenNode[]): WrittenGraph => ({
  inputs: {},
  outputs: [nodes[nodes.length - 1].outputs[0]],
  nodes,
});

/** The layers of a choice between a product with `wide` and one with `narrow`, by the rate. */
const chooser: WrittenGraph = {
  inputs: { x: [1, 4], rate: [] },
  types: { rate: "int64" },
  outputs: ["y"],
  tensors: [integers("fast", [16000], []), weights("wide", [4, 8]), weights("narrow", [4, 2])],
  nodes: [
    node("Equal", ["rate", "fast"], "isFast"),
    {
      operator: "If",
      name: "choice",
      inputs: ["isFast"],
      outputs: ["y"],
      attributes: {
        then_branch: { graph: branch(node("MatMul", ["x", "wide"], "a")) },
        else_branch: { graph: branch(node("MatMul", ["x", "narrow"], "b")) },
      },
    },
  ],
};

describe("If", () => {
  test("takes the branch that the value of an input chooses", () => {
    expect(decodeGraph(chooser, 13, { rate: 16000 }).layers.map(({ name }) => name)).toEqual(["a"]);
    const slow = decodeGraph(chooser, 13, { rate: 8000 });
    expect(slow.layers.map(({ name, filters }) => [name, filters])).toEqual([["b", 2]]);
    expect(slow.inputs).toEqual({ x: [1, 4], rate: [] });
    expect(slow.absorbed).toEqual({ Equal: 1, If: 1 });
  });

  test("without the value the error names the input that it follows from", () => {
    expect(() => decodeGraph(chooser)).toThrow(
      "node choice (If): operand 1 (isFast) depends on run-time values; bitfront needs it as a constant; it follows from inputs that can be bound to a value, write values: { rate: … }",
    );
    // What depends on x alone cannot be bound.
    const nodes = [node("Equal", ["x", "x"], "same"), { ...chooser.nodes[1], inputs: ["same"] }];
    expect(() => decodeGraph({ ...chooser, nodes })).toThrow(/needs it as a constant$/);
  });

  test("a tensor of the graph around it that a branch reads twice is read once", () => {
    const square = {
      ...chooser.nodes[1].attributes,
      then_branch: { graph: branch(node("Sum", ["x", "z", "x"], "a")) },
    };
    const nodes = [
      chooser.nodes[0],
      node("Softmax", ["x"], "z"),
      { ...chooser.nodes[1], attributes: square },
    ];
    const { movements } = decodeGraph({ ...chooser, nodes }, 13, { rate: 16000 });
    expect(movements.map(({ readElements }) => readElements)).toEqual([4, 8]);
  });

  test("an operator that is not understood does not matter in the branch that is not taken", () => {
    const odd = { ...chooser.nodes[1].attributes, else_branch: { graph: branch(node("Odd", ["x"], "b")) } };
    const graph = { ...chooser, nodes: [chooser.nodes[0], { ...chooser.nodes[1], attributes: odd }] };
    expect(decodeGraph(graph, 13, { rate: 16000 }).layers).toHaveLength(1);
    expect(() => decodeGraph(graph, 13, { rate: 1 })).toThrow(
      "an operator is not understood: Odd (1 node, b)",
    );
  });

  test("a convolution inside is not changed by a normalization outside, which does not see its other readers", () => {
    const vector = (name: string): WrittenTensor => ({ name, type: "float32", shape: [2], values: [2, 2] });
    const network = decodeGraph({
      inputs: { x: [1, 2, 3, 3] },
      outputs: ["y", "other"],
      tensors: [truth("yes", true), weights("w", [2, 2, 1, 1]), ...["s", "b", "m", "v"].map(vector)],
      nodes: [
        {
          operator: "If",
          inputs: ["yes"],
          outputs: ["c", "other"],
          attributes: {
            then_branch: {
              graph: {
                inputs: {},
                outputs: ["conv", "r"],
                nodes: [node("Conv", ["x", "w"], "conv"), node("Relu", ["conv"], "r")],
              },
            },
            else_branch: { graph: branch(node("Relu", ["x"], "e")) },
          },
        },
        node("BatchNormalization", ["c", "s", "b", "m", "v"], "y"),
      ],
    });
    expect(network.foldedBatchNormalizations).toBe(0);
    expect(network.layers[0].weights.values[0]).toBe(weights("w", [2, 2, 1, 1]).values[0]);
  });
});

describe("values", () => {
  const bind =
    (values: Record<string, number>, inputs: Record<string, number[]> = {}) =>
    () =>
      decodeOnnx(writeOnnx(chooser), { name: "vad", source: "a test", inputs, values });

  test.each([
    [{ sr: 16000 }, "it has no input sr to give the value 16000; its inputs are x, rate"],
    [{ rate: 16000, x: 1 }, "input x: the value 1 is for one element, its shape is [1, 4]"],
    [{ rate: 0.5 }, "input rate: its element type int64 does not hold the value 0.5"],
    [{ rate: Number.NaN }, "input rate: its element type int64 does not hold the value NaN"],
  ] as const)("%j is refused", (values, problem) => {
    expect(bind(values)).toThrow(NetworkError);
    expect(bind(values)).toThrow(`network vad: ${problem}`);
  });

  test("an open dimension of an input with a value is 1, and a trip count is a value", () => {
    const length: WrittenGraph = {
      inputs: { x: [1, 4], n: ["any"] },
      types: { n: "int32" },
      outputs: ["y"],
      tensors: [weights("w", [4, 3]), integers("one", [1])],
      nodes: [
        { ...node("Cast", ["n"], "m"), attributes: { to: 7 } },
        { ...node("Concat", ["m", "one"], "counts"), attributes: { axis: 0 } },
        node("Tile", ["x", "counts"], "t"),
        node("MatMul", ["t", "w"], "y"),
      ],
    };
    const network = decodeGraph(length, 13, { n: 5 });
    expect(network.inputs).toEqual({ x: [1, 4], n: [1] });
    expect(network.layers[0].outputHeight).toBe(5);
    expect(() => decodeGraph(length, 13, { n: 2 ** 31 })).toThrow(
      "type int32 does not hold the value 2147483648",
    );
    const bound = { name: "n", source: "s", inputs: { n: [2] }, values: { n: 1 } };
    expect(() => decodeOnnx(writeOnnx(length), bound)).toThrow("is for one element, its shape is [2]");
  });
});

/** A loop body that multiplies its state by `w`, counts its iterations, and yields the state and the count. */
const body = (more: readonly WrittenNode[], going: string): WrittenGraph => ({
  inputs: { i: [], go: [], state: [1, 4] },
  types: { i: "int64", go: "bool" },
  outputs: [going, "next", "next", "i"],
  nodes: [node("MatMul", ["state", "w"], "next", "step"), ...more],
});

const loop = (trips: string, start: string, graph: WrittenGraph): WrittenGraph => ({
  inputs: { x: [1, 4], open: [] },
  types: { open: "bool" },
  outputs: ["final", "states", "counts"],
  tensors: [
    weights("w", [4, 4]),
    integers("three", [3], []),
    integers("none", [0], []),
    integers("million", [1_000_000], []),
    truth("yes", true),
    truth("no", false),
  ],
  nodes: [
    {
      operator: "Loop",
      name: "loop",
      inputs: [trips, start, "x"],
      outputs: ["final", "states", "counts"],
      attributes: { body: { graph } },
    },
  ],
});

describe("Loop", () => {
  test("runs its body as often as the trip count says, on the same weights", () => {
    const network = decodeGraph(loop("three", "", body([], "go")));
    const { layers, sharedWeights } = network;
    expect(sharedWeights).toEqual({ "step#2": "step", "step#3": "step" });
    expect(networkParameters(network)).toBe(16);
    expect(layers.map(({ name }) => name)).toEqual(["step", "step#2", "step#3"]);
    for (const layer of layers) expect(layer.weights.values).toBe(layers[0].weights.values);
    expect(layers.reduce((sum, layer) => sum + macs(layer), 0)).toBe(3 * 16);
  });

  test("runs until a condition that is computed before run time is false", () => {
    const until = body([node("Less", ["i", "three"], "again")], "again");
    // Iterations 0, 1, 2 and 3: the condition is looked at after each.
    expect(decodeGraph(loop("million", "", until)).layers).toHaveLength(4);
    expect(decodeGraph(loop("", "yes", until)).layers).toHaveLength(4);
    expect(decodeGraph({ ...loop("", "no", until), outputs: ["final"] }).layers).toHaveLength(0);
  });

  test("scan outputs are stacked: of activations as a tensor, of constants as a constant", () => {
    const graph = loop("three", "", body([], "go"));
    const tail = [
      node("Shape", ["states"], "sizes"),
      { ...node("Concat", ["sizes", "counts"], "both"), attributes: { axis: 0 } },
      { ...node("Cast", ["both"], "whole"), attributes: { to: 1 } },
      node("Add", ["whole", "zero"], "table"),
      node("Reshape", ["table", "column"], "row"),
      node("MatMul", ["unit", "row"], "read"),
    ];
    const zero: WrittenTensor = { name: "zero", type: "float32", shape: [1], values: [0] };
    const { layers } = decodeGraph({
      ...graph,
      inputs: { ...graph.inputs, unit: [1, 1] },
      outputs: ["read"],
      tensors: [...(graph.tensors ?? []), zero, integers("column", [1, -1])],
      nodes: [...graph.nodes, ...tail],
    });
    // States [3, 1, 4], and the counts 0, 1, 2.
    expect([...layers[3].weights.values]).toEqual([3, 1, 4, 0, 1, 2]);
  });

  test.each([
    ["open", "", body([], "go"), "operand 1 (open) depends on run-time values"],
    ["three", "open", body([], "go"), "operand 2 (open) depends on run-time values"],
    [
      "three",
      "",
      body([node("Equal", ["next", "next"], "again")], "again"),
      "whether it goes on depends on run-time values",
    ],
    ["three", "", { ...body([], "go"), inputs: { i: [] } }, "its graph has 1 inputs, expected 3"],
    ["three", "", { ...body([], "go"), outputs: ["go"] }, "its body has 1 outputs, expected at least 2"],
  ])("with the trip count %j and the condition %j it is refused by name", (trips, start, graph, problem) => {
    expect(() => decodeGraph(loop(trips, start, graph))).toThrow(`node loop (Loop): ${problem}`);
  });

  test("scan outputs of no iteration, and of different shapes, are refused where they are read", () => {
    expect(() => decodeGraph(loop("none", "", body([], "go")))).toThrow(
      "its output states is an output of Loop that is not supported",
    );
    const growing: WrittenGraph = {
      ...body([{ ...node("Concat", ["state", "state"], "next"), attributes: { axis: 1 } }], "go"),
      nodes: [{ ...node("Concat", ["state", "state"], "next"), attributes: { axis: 1 } }],
    };
    expect(() => decodeGraph(loop("three", "", growing))).toThrow(
      "its iterations yield results of the shapes [1, 8] and [1, 16]",
    );
  });

  test("a normalization in a body stays element-wise, since the iterations share the weights", () => {
    const vector = (name: string): WrittenTensor => ({ name, type: "float32", shape: [2], values: [2, 2] });
    const network = decodeGraph({
      inputs: { x: [1, 2, 3, 3] },
      outputs: ["y"],
      tensors: [integers("two", [2], []), weights("w", [2, 2, 1, 1]), ...["s", "b", "m", "v"].map(vector)],
      nodes: [
        {
          operator: "Loop",
          inputs: ["two", "", "x"],
          outputs: ["y"],
          attributes: {
            body: {
              graph: {
                inputs: { i: [], go: [], state: [1, 2, 3, 3] },
                outputs: ["go", "next"],
                nodes: [
                  node("Conv", ["state", "w"], "c"),
                  node("BatchNormalization", ["c", "s", "b", "m", "v"], "next"),
                ],
              },
            },
          },
        },
      ],
    });
    expect(network.layers).toHaveLength(2);
    expect(network.foldedBatchNormalizations).toBe(0);
    expect(network.absorbed).toMatchObject({ BatchNormalization: 2 });
  });
});

describe("Scan", () => {
  const step: WrittenGraph = {
    inputs: { state: [1, 4], entry: [1, 4] },
    outputs: ["next", "next"],
    nodes: [node("Add", ["state", "entry"], "sum"), node("MatMul", ["sum", "w"], "next", "step")],
  };
  const scan = (sequence: readonly number[], attributes: WrittenNode["attributes"], opset = 13) =>
    decodeGraph(
      {
        inputs: { x: sequence, h: [1, 4] },
        outputs: ["final", "all"],
        tensors: [weights("w", [4, 4])],
        nodes: [
          {
            operator: "Scan",
            name: "scan",
            inputs: ["h", "x"],
            outputs: ["final", "all"],
            attributes: { body: { graph: step }, num_scan_inputs: 1, ...attributes },
          },
        ],
      },
      opset,
    );

  test("runs its body once an entry of the scanned axis", () => {
    const { layers, movements } = scan([1, 7, 4], { scan_input_axes: [1] });
    expect(layers).toHaveLength(7);
    expect(movements).toHaveLength(7);
    expect(layers[6].weights.values).toBe(layers[0].weights.values);
  });

  test("constants are sliced forward and in reverse", () => {
    const last = (direction: number): number => {
      const graph: WrittenGraph = {
        inputs: { before: [], entry: [] },
        outputs: ["kept", "kept"],
        nodes: [node("Identity", ["entry"], "kept")],
      };
      const { layers } = decodeGraph({
        inputs: { x: [1, 1] },
        outputs: ["y"],
        tensors: [
          { name: "t", type: "float32", shape: [3], values: [5, 6, 7] },
          { name: "zero", type: "float32", shape: [], values: [0] },
          integers("matrix", [1, 1]),
        ],
        nodes: [
          {
            operator: "Scan",
            inputs: ["zero", "t"],
            outputs: ["final", "all"],
            attributes: {
              body: { graph },
              num_scan_inputs: 1,
              scan_input_directions: [direction],
              scan_output_directions: [1],
            },
          },
          node("Reshape", ["final", "matrix"], "w"),
          node("MatMul", ["x", "w"], "y"),
        ],
      });
      return layers[0].weights.values[0];
    };
    expect(last(0)).toBe(7);
    expect(last(1)).toBe(5);
  });

  test("what does not fit is refused by name", () => {
    expect(() => scan([1, 7, 4], { num_scan_inputs: 3 })).toThrow("num_scan_inputs is 3 of 2 operands");
    expect(() => scan([1, 7, 4], { scan_input_axes: [0, 1] })).toThrow(
      "scan_input_axes has 2 entries, expected 1",
    );
    expect(() => scan([1, 7, 4], { scan_input_axes: [3] })).toThrow("axis 3 of a tensor with 3 axes");
    expect(() => scan([1, 7, 4], {}, 8)).toThrow("Scan of operator set 8, which scans a batch");
  });
});
