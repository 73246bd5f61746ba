import { expect, test } from "vitest";
import { parseFormat } from "../../../core/numerics/formats.ts";
import {
  activationOperand,
  convolutionLayer,
  matrixProductLayer,
} from "../../../core/workloads/build-layer.ts";
import type { Layer } from "../../../core/workloads/layer.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { profileNetwork } from "../../../core/workloads/profile.ts";
import type { Tensor } from "../../../core/workloads/tensor.ts";
import { profileText } from "../../../explore/report/profile-text.ts";

const weights = (shape: number[], origin: Tensor["origin"], stored: Tensor["stored"]): Tensor => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 1),
  stored,
  origin,
});

const axis = (output: number, kernel: number) => ({
  input: 9,
  output,
  kernel,
  stride: 1,
  dilation: 1,
  before: 0,
});

const volume: Layer = {
  ...convolutionLayer({
    name: "video",
    channels: 1,
    groups: 1,
    depth: axis(4, 6),
    vertical: axis(7, 3),
    horizontal: axis(8, 2),
    biasParameters: 0,
    weights: weights([2, 6, 3, 2, 1], "trained", "uint8"),
  }),
  activations: { values: Float32Array.of(0, 1, 2, 3), vectors: 1, source: "a folder" },
};

const linear = matrixProductLayer({
  name: "fc",
  kind: "linear",
  groups: 1,
  vectors: 5,
  biasParameters: 0,
  weights: weights([2, 1, 1, 3], "synthetic", "float32"),
});

const product = matrixProductLayer({
  name: "qk",
  kind: "matmul",
  groups: 1,
  vectors: 5,
  biasParameters: 0,
  weights: activationOperand(2, 3, 0),
});

const textOf = (changes: Partial<Network>, format: string): string => {
  const network: Network = {
    name: "mine",
    source: "./mine.yaml",
    inputs: {},
    layers: [volume, linear, product],
    movements: [],
    absorbed: {},
    foldedBatchNormalizations: 0,
    ...changes,
  };
  const options = { format: parseFormat(format), scheme: "per-tensor", allowUpcast: true } as const;
  return profileText(profileNetwork(network, options), network);
};

/** The cells of the row of a table that begins with this name, in the first table that has one. */
const row = (text: string, name: string): string[] =>
  text
    .split("\n")
    .find((line) => line.startsWith(`${name} `))!
    .split(/\s{2,}/);

test("the head carries the mark, layers say where their weights come from and show a depth", () => {
  const text = textOf({}, "float32");
  expect(text.split("\n")[0]).toBe("mine (./mine.yaml), float32; synthetic weights: 1 of 2 layers");
  expect(row(text, "video")).toEqual(
    expect.arrayContaining(["convolution", "4x7x8", "6x3x2", "trained, uint8"]),
  );
  expect(row(text, "fc")).toEqual(expect.arrayContaining(["linear", "5x1", "1x1", "synthetic"]));
  expect(row(text, "qk")).toEqual(expect.arrayContaining(["matmul", "stand-in for an activation"]));
  const sampled = { ...linear, weights: { ...linear.weights, sampledFilters: 1 } };
  expect(row(textOf({ layers: [sampled] }, "float32"), "fc")).toContain("synthetic, 1 filters drawn");
  expect(textOf({ layers: [volume] }, "float32").split("\n")[0]).toBe("mine (./mine.yaml), float32");
});

test("activations have a table where they are known, operations without products a line each", () => {
  const text = textOf(
    {
      movements: [{ name: "s", operation: "Softmax", readElements: 3, writtenElements: 3 }],
      absorbed: { Relu: 5 },
      foldedBatchNormalizations: 2,
    },
    "fixed3",
  );
  const table = text.slice(text.indexOf("Activations that a layer reads"));
  // The largest is 3: codes 0, 1, 2, 3 have four ones among eight bits; half of the codes have each bit.
  expect(row(table, "video")).toEqual(["video", "captured: a folder", "25", "50", "1", "1", "1", "50", "50"]);
  expect(text).toContain(
    [
      "Operations without MACs that move data: 1 Softmax",
      "Fused, or views that cost nothing: 5 Relu",
      "Batch normalizations folded into weights: 2",
    ].join("\n"),
  );
  expect(textOf({ layers: [linear] }, "fixed3")).not.toContain("Activations that a layer reads");
  const stated = textOf({ activationDistribution: { distribution: "relu", zeroShare: 0.5 } }, "float32");
  expect(row(stated.slice(stated.indexOf("Activations")), "fc")[1]).toBe("distribution: relu, 50 % zeros");
});
