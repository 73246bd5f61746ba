import fc from "fast-check";
import { expect, test } from "vitest";
import { type Layer, macs, parameters } from "../../../../core/workloads/layer.ts";
import type { Network } from "../../../../core/workloads/network.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenNode, WrittenTensor } from "../../../fixtures/onnx-writer.ts";

interface Cell {
  readonly operator: "LSTM" | "GRU" | "RNN";
  readonly direction?: string;
  readonly steps: number;
  readonly features: number;
  readonly hidden: number;
  readonly biases?: boolean;
  readonly batchFirst?: boolean;
}

const gatesOf = { LSTM: 4, GRU: 3, RNN: 1 } as const;

const tensorsOf = ({ operator, direction, features, hidden, biases }: Cell): WrittenTensor[] => {
  const directions = direction === "bidirectional" ? 2 : 1;
  const rows = gatesOf[operator] * hidden;
  return [
    weights("W", [directions, rows, features]),
    weights("R", [directions, rows, hidden]),
    ...(biases ? [weights("B", [directions, 2 * rows])] : []),
  ];
};

const decodeCell = (
  cell: Cell,
  more: Partial<WrittenNode> = {},
  tensors: WrittenTensor[] = tensorsOf(cell),
): Network => {
  const { operator, direction, steps, features, hidden, batchFirst } = cell;
  return decodeGraph(
    {
      inputs: { x: batchFirst ? [1, steps, features] : [steps, 1, features] },
      outputs: ["y"],
      tensors,
      nodes: [
        {
          operator,
          name: "cell",
          inputs: ["x", "W", "R", ...(cell.biases ? ["B"] : [])],
          outputs: ["y", "last"],
          attributes: {
            hidden_size: hidden,
            ...(direction === undefined ? {} : { direction }),
            ...(batchFirst ? { layout: 1 } : {}),
          },
          ...more,
        },
      ],
    },
    14,
  );
};

/** A layer applied to a vector: a sum for each of its filters. */
const apply = ({ weights: { values }, filters, channels }: Layer, vector: readonly number[]): number[] =>
  Array.from({ length: filters }, (_, m) =>
    vector.reduce((sum, x, c) => sum + x * values[m * channels + c], 0),
  );

test("an RNN run with the layers of its directions is the RNN run with the stored matrices", () => {
  const sizes = fc.record({
    direction: fc.constantFrom("forward", "reverse", "bidirectional"),
    steps: fc.integer({ min: 1, max: 4 }),
    features: fc.integer({ min: 1, max: 4 }),
    hidden: fc.integer({ min: 1, max: 3 }),
    batchFirst: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, (size) => {
      const cell: Cell = { ...size, operator: "RNN" };
      const { steps, features, hidden, direction } = size;
      const { layers } = decodeCell(cell);
      const [w, r] = tensorsOf(cell);
      const inputs = Array.from({ length: steps }, (_, t) =>
        Array.from({ length: features }, (_, i) => Math.sin(t * features + i)),
      );
      const names = direction === "bidirectional" ? ["forward", "reverse"] : [direction];
      expect(layers.map(({ name }) => name)).toEqual(
        names.flatMap((name) => [`cell/${name}/input`, `cell/${name}/recurrent`]),
      );
      for (const [d, name] of names.entries()) {
        const order = name === "reverse" ? [...inputs].reverse() : inputs;
        let ours = new Array<number>(hidden).fill(0);
        let theirs = [...ours];
        for (const x of order) {
          const [a, b] = [apply(layers[2 * d], x), apply(layers[2 * d + 1], ours)];
          ours = a.map((value, m) => Math.tanh((value + b[m]) / 100));
          theirs = Array.from({ length: hidden }, (_, m) => {
            let sum = 0;
            for (let i = 0; i < features; i++) sum += x[i] * w.values[(d * hidden + m) * features + i];
            for (let k = 0; k < hidden; k++) sum += theirs[k] * r.values[(d * hidden + m) * hidden + k];
            return Math.tanh(sum / 100);
          });
          for (let m = 0; m < hidden; m++) expect(ours[m]).toBeCloseTo(theirs[m], 12);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["LSTM", 4],
  ["GRU", 3],
  ["RNN", 1],
] as const)("%s is two products of %i gates a direction, with their biases", (operator, gates) => {
  const cell: Cell = { operator, direction: "bidirectional", steps: 7, features: 5, hidden: 3, biases: true };
  const { layers, movements } = decodeCell(cell);
  expect(layers).toHaveLength(4);
  expect(movements).toEqual([]);
  for (const [index, layer] of layers.entries()) {
    const channels = index % 2 === 0 ? 5 : 3;
    expect(layer).toMatchObject({ kind: "linear", filters: gates * 3, channels, outputHeight: 7, groups: 1 });
    expect(macs(layer)).toBe(7 * gates * 3 * channels);
    expect(parameters(layer)).toBe(gates * 3 * (channels + 1));
  }
});

test("the LSTM cell has as many products as the same cell written as two matrix products a step", () => {
  const cell: Cell = { operator: "LSTM", steps: 1, features: 6, hidden: 4 };
  const [w, r] = tensorsOf(cell);
  const { layers } = decodeGraph({
    inputs: { x: [1, 6], h: [1, 4] },
    outputs: ["y"],
    tensors: [
      { ...w, shape: [16, 6] },
      { ...r, shape: [16, 4] },
    ],
    nodes: [
      { operator: "Gemm", inputs: ["x", "W"], outputs: ["a"], attributes: { transB: 1 } },
      { operator: "Gemm", inputs: ["h", "R"], outputs: ["b"], attributes: { transB: 1 } },
      { operator: "Add", inputs: ["a", "b"], outputs: ["y"] },
    ],
  });
  const recurrent = decodeCell(cell).layers;
  expect(recurrent.map((layer) => [macs(layer), [...layer.weights.values]])).toEqual(
    layers.map((layer) => [macs(layer), [...layer.weights.values]]),
  );
});

test("the states are as wide as the node says, whatever the layout", () => {
  const state = (batchFirst: boolean): readonly number[] => {
    const cell: Cell = {
      operator: "GRU",
      direction: "bidirectional",
      steps: 7,
      features: 5,
      hidden: 3,
      batchFirst,
    };
    const network = decodeGraph(
      {
        inputs: { x: batchFirst ? [1, 7, 5] : [7, 1, 5] },
        outputs: ["p", "q"],
        tensors: tensorsOf(cell),
        nodes: [
          {
            operator: "GRU",
            inputs: ["x", "W", "R"],
            outputs: ["all", "last"],
            attributes: { direction: "bidirectional", ...(batchFirst ? { layout: 1 } : {}) },
          },
          { operator: "Softmax", inputs: ["all"], outputs: ["p"] },
          { operator: "Softmax", inputs: ["last"], outputs: ["q"] },
        ],
      },
      14,
    );
    return network.movements.map(({ writtenElements }) => writtenElements);
  };
  expect(state(false)).toEqual([7 * 2 * 3, 2 * 3]);
  expect(state(true)).toEqual([7 * 2 * 3, 2 * 3]);
});

test("steps behind the end of a sequence are not run, and peepholes are parameters", () => {
  const cell: Cell = { operator: "LSTM", steps: 7, features: 5, hidden: 3 };
  const lengths: WrittenTensor = { name: "lengths", type: "int32", shape: [1], values: [4] };
  const inputs = ["x", "W", "R", "", "lengths", "", "", "P"];
  const { layers } = decodeCell(cell, { inputs }, [...tensorsOf(cell), lengths, weights("P", [1, 9])]);
  expect(layers.map(({ outputHeight }) => outputHeight)).toEqual([4, 4]);
  expect(layers.map(parameters)).toEqual([12 * 5, 12 * 3 + 9]);
});

test.each([
  [{ inputs: ["x", "W"] }, "operand 3 (R) of operator set 14 is missing"],
  [{ inputs: ["x", "R", "W"] }, "weights of [1, 12, 3] and [1, 12, 5] for 1 directions of 4 gates"],
  [{ attributes: { direction: "toString" } }, "direction toString is not known"],
  [{ attributes: { direction: "bidirectional" } }, "for 2 directions of 4 gates"],
  [{ attributes: { hidden_size: 4 } }, "for 1 directions of 4 gates"],
  [{ inputs: ["x", "W", "R", "R"] }, "operand 4 is [1, 12, 3], expected [1, 24]"],
  [{ inputs: ["x", "W", "R", "", "n"] }, "sequence lengths of [9] for 1 sequences of 7 steps"],
  [{ inputs: ["x", "W", "x"] }, "operand 3 (x) depends on run-time values"],
] as const)("%j is refused", (more, problem) => {
  const cell: Cell = { operator: "LSTM", steps: 7, features: 5, hidden: 3 };
  const refused = () => decodeCell(cell, more, [...tensorsOf(cell), integers("n", [9])]);
  expect(refused).toThrow("node cell (LSTM): ");
  expect(refused).toThrow(problem);
});
