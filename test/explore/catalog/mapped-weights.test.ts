import { describe, expect, it } from "vitest";
import { NetworkError } from "../../../core/errors.ts";
import type { Architecture } from "../../../core/workloads/architecture.ts";
import { convolutionShape, matrixProductShape } from "../../../core/workloads/build-layer.ts";
import type { StoredTensor } from "../../../core/workloads/decode/safetensors.ts";
import { attachWeights, type WeightMapping } from "../../../explore/catalog/mapped-weights.ts";

const axis = { input: 4, output: 4, kernel: 1, stride: 1, dilation: 1, before: 0 };

const conv = (name: string, filters: number, channels: number) =>
  convolutionShape({
    name,
    filters,
    channels,
    groups: 1,
    vertical: axis,
    horizontal: { ...axis, kernel: 2 },
    biasParameters: 0,
  });

const product = (name: string, kind: "linear" | "matmul") =>
  matrixProductShape({ name, kind, filters: 3, channels: 2, groups: 1, vectors: 1, biasParameters: 0 });

const architectureOf = (layers: Architecture["layers"], sharedWeights = {}): Architecture => ({
  name: "mine",
  source: "architecture mine",
  inputs: {},
  layers,
  movements: [],
  absorbed: {},
  sharedWeights,
});

const tensor = (shape: number[], values?: number[]): StoredTensor => {
  const length = shape.reduce((total, size) => total * size, 1);
  return {
    shape,
    values: Float32Array.from(values ?? Array.from({ length }, (_, index) => index + 1)),
    stored: "float16",
  };
};

const plain: WeightMapping = { layout: "oihw", names: {}, normalizations: {}, epsilon: 1, unused: [] };

const attach = (
  architecture: Architecture,
  tensors: Record<string, StoredTensor>,
  mapping: Partial<WeightMapping> = {},
) => attachWeights(architecture, new Map(Object.entries(tensors)), { ...plain, ...mapping }, "w.safetensors");

const two = architectureOf([conv("conv1", 2, 2), product("fc", "linear")]);

describe("attachWeights", () => {
  it("takes <layer>.weight, then <layer>, and what the mapping names; biases may be left over", () => {
    const conv1 = tensor([2, 2, 1, 2]);
    const expected = [
      [1, 3, 2, 4, 5, 7, 6, 8],
      [1, 2, 3, 4, 5, 6],
    ];
    const files: [Record<string, StoredTensor>, Partial<WeightMapping>][] = [
      [{ "conv1.weight": conv1, "conv1.bias": tensor([2]), fc: tensor([3, 2]), step: tensor([]) }, {}],
      [{ "conv1.weight": conv1, "head.w": tensor([3, 2]) }, { names: { fc: "head.w" } }],
      [{ conv1: tensor([2, 1, 2, 2]), fc: tensor([3, 2]) }, {}],
    ];
    for (const [tensors, mapping] of files.slice(0, 2)) {
      const { layers, ...network } = attach(two, tensors, mapping);
      expect(layers.map(({ weights }) => [...weights.values])).toEqual(expected);
      expect(layers[0].weights).toMatchObject({ shape: [2, 1, 2, 2], stored: "float16", origin: "trained" });
      expect(network).toMatchObject({
        source: "architecture mine, weights w.safetensors",
        foldedBatchNormalizations: 0,
      });
    }
    const [ohwi] = attach(two, files[2][0], { layout: "ohwi" }).layers;
    expect([...ohwi.weights.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("gives shared layers the weights of the first, and products of activations a stand-in", () => {
    const layers = [product("fc", "linear"), product("fc#2", "linear"), product("qk", "matmul")];
    const network = attach(architectureOf(layers, { "fc#2": "fc" }), { "fc.weight": tensor([3, 2]) });
    expect(network.layers.map(({ weights }) => weights.origin)).toEqual(["trained", "trained", "activation"]);
    expect(network.layers[1].weights.values).toEqual(network.layers[0].weights.values);
  });

  it("folds batch normalizations, named as PyTorch does or by the mapping", () => {
    const layers = architectureOf([conv("a.conv1", 2, 1), conv("b.0", 2, 1), conv("c", 2, 1)]);
    const kernel = tensor([2, 1, 1, 2]);
    const tensors = {
      "a.conv1.weight": kernel,
      "a.bn1.weight": tensor([2], [2, 4]),
      "a.bn1.bias": tensor([2]),
      "a.bn1.running_mean": tensor([2]),
      "a.bn1.running_var": tensor([2], [3, 0]),
      "b.0.weight": kernel,
      "b.1.running_var": tensor([2], [0, 3]),
      "c.weight": kernel,
      "norm.running_var": tensor([2], [15, 0]),
    };
    const network = attach(layers, tensors, { normalizations: { c: "norm" } });
    // Each filter times scale / √(variance + 1).
    expect(network.layers.map(({ weights }) => [...weights.values])).toEqual([
      [1, 2, 12, 16],
      [1, 2, 1.5, 2],
      [0.25, 0.5, 3, 4],
    ]);
    expect(network.foldedBatchNormalizations).toBe(3);
    expect(() => attach(layers, tensors)).toThrow(
      'network mine: w.safetensors: batch normalizations that no layer is known to precede, so that they would not be folded: tensor "norm.running_var"; write normalizations',
    );
    expect(attach(layers, tensors, { unused: ["norm\\..*"] }).foldedBatchNormalizations).toBe(2);
  });

  it.each<[string, Record<string, StoredTensor>, Partial<WeightMapping>, string]>([
    [
      "a missing tensor, with the nearest that fits",
      { "cnov1.weight": tensor([2, 2, 1, 2]), "conv2.weight": tensor([9, 9]), fc: tensor([3, 2]) },
      {},
      'it has no tensor for 1 of 2 layers: conv1: tensor "conv1.weight" (is it tensor "cnov1.weight"?); ' +
        'no layer takes tensor "cnov1.weight", tensor "conv2.weight"',
    ],
    [
      "a tensor that is named and not there",
      { "conv1.weight": tensor([2, 2, 1, 2]), "head.weight": tensor([3, 2]) },
      { names: { fc: "haed.weight" } },
      'fc: tensor "haed.weight" (is it tensor "head.weight"?)',
    ],
    [
      "another shape, with both and the tensor that may be meant",
      { "conv1.weight": tensor([2, 3, 1, 2]), "conv1b.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) },
      {},
      'layer conv1 has weights of [2, 2, 1, 2] in the layout oihw, tensor "conv1.weight" has [2, 3, 1, 2] (is it tensor "conv1b.weight"?)',
    ],
    [
      "another layout",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([2, 3]) },
      {},
      'layer fc has weights of [3, 2] in the layout oihw, tensor "fc" has [2, 3]; it would fit with layout: hwio',
    ],
    [
      "kernels that are left over",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]), embedding: tensor([9, 2]) },
      {},
      'no layer takes tensor "embedding"; name them under unused if that is meant',
    ],
    [
      "a pattern that matches nothing left over",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) },
      { unused: ["fc"] },
      "unused: no tensor that is left over matches fc",
    ],
    [
      "names of no layer",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) },
      { names: { cnov1: "x" } },
      "names: no layer with weights is called cnov1; did you mean conv1?",
    ],
    [
      "a normalization of no layer",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) },
      { normalizations: { toString: "x" } },
      "normalizations: no layer with weights is called toString; layers are conv1, fc",
    ],
    [
      "a normalization that is not there",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) },
      { normalizations: { fc: "bn" } },
      'layer fc: its batch normalization bn has no tensor "bn.running_var"',
    ],
    [
      "a normalization of another length",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]), "bn1.running_var": tensor([3]) },
      {},
      'its batch normalization bn1 has 3 values in tensor "bn1.running_var", the layer 2 filters',
    ],
    [
      "a negative variance",
      { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]), "bn1.running_var": tensor([2], [1, -2]) },
      {},
      'tensor "bn1.running_var" is -2 at 1, expected a variance',
    ],
  ])("refuses %s", (_, tensors, mapping, problem) => {
    expect(() => attach(two, tensors, mapping)).toThrow(NetworkError);
    expect(() => attach(two, tensors, mapping)).toThrow(problem);
  });

  it("refuses a pattern that is no regular expression", () => {
    const tensors = { "conv1.weight": tensor([2, 2, 1, 2]), fc: tensor([3, 2]) };
    expect(() => attach(two, tensors, { unused: ["("] })).toThrow("unused: ( is no regular expression");
  });
});
