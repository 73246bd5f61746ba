import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NetworkError } from "../../../core/errors.ts";
import { activationOperand, matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import { decodeSafetensors, type StoredTensor } from "../../../core/workloads/decode/safetensors.ts";
import { type Layer, positions, reductionLength } from "../../../core/workloads/layer.ts";
import { layerActivations } from "../../../core/workloads/layer-activations.ts";
import { rowMajorStrides } from "../../../core/workloads/shape.ts";
import { stridedCopy } from "../../../core/workloads/strided-copy.ts";
import { networkOf, weights } from "../../fixtures/decode-graph.ts";
import { planes, runLayer } from "../../fixtures/run-layer.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { unfold } from "../../fixtures/unfold.ts";

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");

/** The axes that the example of the README gives to what unfold returns, [G, C/G, R, S, L], in their new order. */
const readmeOrder = (): number[] => {
  const [, order] = /\.reshape\(G, C \/\/ G, R, S, -1\)\.permute\(([\d, ]+)\)/.exec(readme)!;
  return order.split(",").map(Number);
};

/** The columns of a convolution in the order of the axes that is given, as a file would hold them. */
const capturedFile = (layer: Layer, columns: Float32Array, order: readonly number[]): Uint8Array => {
  const { groups, channels, kernelHeight, kernelWidth } = layer;
  const shape = [groups, channels / groups, kernelHeight, kernelWidth, positions(layer)];
  const strides = rowMajorStrides(shape);
  const values = stridedCopy(
    columns,
    order.map((axis) => shape[axis]),
    order.map((axis) => strides[axis]),
  );
  const written = [positions(layer), groups, reductionLength(layer)];
  return writeSafetensors([{ name: layer.name, dtype: "F32", shape: written, values }]);
};

/** The outputs of a layer from its captured activations alone: a row of weights times a vector, [filter][position]. */
const products = (layer: Layer, file: Uint8Array): number[][] => {
  const tensor = decodeSafetensors(file).get(layer.name)!;
  const { values, vectors } = layerActivations("example", layer, tensor, "captured.safetensors");
  const length = reductionLength(layer);
  const filtersPerGroup = layer.filters / layer.groups;
  return Array.from({ length: layer.filters }, (_, filter) =>
    Array.from({ length: vectors }, (_, vector) => {
      const group = Math.floor(filter / filtersPerGroup);
      const start = (vector * layer.groups + group) * length;
      let sum = 0;
      for (let index = 0; index < length; index++) {
        sum += layer.weights.values[filter * length + index] * values[start + index];
      }
      return sum;
    }),
  );
};

const convolution = (
  channels: number,
  kernel: number[],
  attributes: Record<string, number | number[]>,
): Layer =>
  networkOf([1, channels, 7, 6], { operator: "Conv", inputs: ["x", "w"], attributes }, [weights("w", kernel)])
    .layers[0];

describe("a vector of captured activations", () => {
  it.each<[string, Layer]>([
    ["a plain convolution", convolution(3, [4, 3, 2, 3], {})],
    [
      "padding, strides and dilations that differ",
      convolution(3, [4, 3, 3, 2], { pads: [2, 1, 2, 1], strides: [2, 1], dilations: [1, 2] }),
    ],
    ["convolution groups", convolution(6, [4, 3, 3, 2], { group: 2, pads: [1, 0, 1, 0] })],
    ["a depthwise convolution", convolution(4, [4, 1, 3, 3], { group: 4 })],
    ["a kernel of one", convolution(5, [3, 5, 1, 1], {})],
  ])("is the column of im2col that the weights are multiplied with: %s", (_, layer) => {
    const input = planes(layer.channels, 7, 6, 3);
    const top = layer.paddingTop;
    const left = layer.dilationWidth === 2 ? 1 : 0;
    const file = capturedFile(layer, unfold(layer, input, top, left), readmeOrder());
    const outputs = runLayer(layer, input, top, left).map((plane) => plane.flat());
    expect(products(layer, file)).toEqual(outputs);
    // With the channels left outermost the sums would be others.
    if (layer.kernelHeight > 1 && layer.channels > layer.groups) {
      const unpermuted = capturedFile(layer, unfold(layer, input, top, left), [4, 0, 1, 2, 3]);
      expect(products(layer, unpermuted)).not.toEqual(outputs);
    }
  });
});

const linear = matrixProductLayer({
  name: "fc",
  kind: "linear",
  groups: 1,
  vectors: 5,
  biasParameters: 0,
  weights: { shape: [2, 1, 1, 3], values: new Float32Array(6), stored: "float32", origin: "trained" },
});

/** Attention with two heads: rows of three entries a head. */
const attention = matrixProductLayer({
  name: "qk",
  kind: "matmul",
  groups: 2,
  vectors: 5,
  biasParameters: 0,
  weights: activationOperand(8, 3, 0),
});

const tensor = (shape: number[], values?: number[]): StoredTensor => {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float32Array.from(values ?? new Array(length).fill(1)), stored: "float32" };
};

const attach = (layer: Layer, stored: StoredTensor) =>
  layerActivations("mine", layer, stored, "a.safetensors");

describe("layerActivations", () => {
  it("takes vectors with and without an axis of groups where there is one, with it where there are several", () => {
    const six = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    const expected = { values: six.values, vectors: 2, source: "a.safetensors" };
    expect(attach(linear, six)).toEqual(expected);
    expect(attach(linear, { ...six, shape: [2, 1, 3] })).toEqual(expected);
    expect(attach(attention, { ...six, shape: [1, 2, 3] })).toEqual({ ...expected, vectors: 1 });
  });

  it("takes 1 to 4096 vectors, whatever the layer's own number", () => {
    for (const vectors of [1, 4096]) expect(attach(linear, tensor([vectors, 3])).vectors).toBe(vectors);
  });

  it.each<[string, Layer, number[], string]>([
    [
      "no vectors",
      linear,
      [0, 3],
      'tensor "fc" has the shape [0, 3], expected [vectors, 3] or [vectors, 1, 3] with 1 to 4096 vectors',
    ],
    ["too many vectors", linear, [4097, 3], 'tensor "fc" has the shape [4097, 3], expected'],
    ["another length", linear, [2, 4], 'tensor "fc" has the shape [2, 4], expected'],
    ["vectors last", linear, [3, 2], 'tensor "fc" has the shape [3, 2], expected'],
    ["two groups for one", linear, [2, 2, 3], 'tensor "fc" has the shape [2, 2, 3], expected'],
    ["a group of another length", linear, [2, 1, 4], 'tensor "fc" has the shape [2, 1, 4], expected'],
    [
      "no axis of groups",
      attention,
      [2, 6],
      'tensor "qk" has the shape [2, 6], expected [vectors, 2, 3] with 1 to 4096 vectors',
    ],
    ["one group for two", attention, [2, 1, 3], 'tensor "qk" has the shape [2, 1, 3], expected'],
    ["one group of two, without its axis", attention, [2, 3], 'tensor "qk" has the shape [2, 3], expected'],
    ["groups first", attention, [3, 5, 2], 'tensor "qk" has the shape [3, 5, 2], expected'],
    ["one axis", linear, [3], 'tensor "fc" has the shape [3], expected'],
    ["a scalar", linear, [], 'tensor "fc" has the shape [], expected'],
    ["an axis too many", linear, [1, 1, 1, 3], 'tensor "fc" has the shape [1, 1, 1, 3], expected'],
    ["axes without end", linear, new Array(20).fill(1), 'tensor "fc" has 20 axes, expected'],
  ])("refuses %s", (_, layer, shape, problem) => {
    expect(() => attach(layer, tensor(shape))).toThrow(NetworkError);
    expect(() => attach(layer, tensor(shape))).toThrow(`network mine: a.safetensors: ${problem}`);
  });

  it.each([
    [Number.NaN, 0, 0, 0],
    [Number.NaN, 1, 0, 2],
    [Number.POSITIVE_INFINITY, 3, 1, 2],
    [Number.NEGATIVE_INFINITY, 2, 1, 0],
  ])("refuses %s with its place: vector %i, group %i, entry %i", (bad, vector, group, index) => {
    const values = new Array(24).fill(0);
    values[vector * 6 + group * 3 + index] = bad;
    expect(() => attach(attention, tensor([4, 2, 3], values))).toThrow(
      `tensor "qk" is ${bad} at vector ${vector}, group ${group}, entry ${index}: expected finite values`,
    );
  });
});
