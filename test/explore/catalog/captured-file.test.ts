import { expect, test } from "vitest";
import type { StoredTensor } from "../../../core/workloads/decode/safetensors.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { attachActivations } from "../../../explore/catalog/captured-file.ts";

const networkOf = (...names: string[]): Network =>
  syntheticNetwork("mine", {
    seed: 1,
    sigma: 1,
    layers: names.map((name, index) => ({
      kind: "linear",
      name,
      filters: 2,
      channels: index + 1,
      vectors: 1,
    })),
  });

/** A tensor a name; its values are its position, its length the one that the layer of that position has. */
const tensorsOf = (...names: string[]): Map<string, StoredTensor> =>
  new Map(
    names.map((name, index) => [
      name,
      { shape: [2, index + 1], values: new Float32Array(2 * (index + 1)).fill(index), stored: "float32" },
    ]),
  );

const attach = (network: Network, tensors: ReadonlyMap<string, StoredTensor>): Network =>
  attachActivations(network, tensors, "a.safetensors");

test("every layer gets the tensor of its name, whatever the order of the file, and stays as it was otherwise", () => {
  const network = networkOf("a", "b", "c");
  const reversed = new Map([...tensorsOf("a", "b", "c")].reverse());
  const { layers, ...rest } = attach(network, reversed);
  expect(layers).toEqual(
    network.layers.map((layer, index) => ({
      ...layer,
      activations: {
        values: new Float32Array(2 * (index + 1)).fill(index),
        vectors: 2,
        source: "a.safetensors",
      },
    })),
  );
  const { layers: before, ...others } = network;
  expect(rest).toEqual(others);
  expect(before.every((layer) => layer.activations === undefined)).toBe(true);
});

test("layers may have different numbers of vectors", () => {
  const tensors = tensorsOf("a", "b");
  tensors.set("b", { shape: [1, 1, 2], values: new Float32Array(2), stored: "float16" });
  expect(attach(networkOf("a", "b"), tensors).layers.map(({ activations }) => activations?.vectors)).toEqual([
    2, 1,
  ]);
});

test("a layer without a tensor and a tensor without a layer are one error, with the name that was meant", () => {
  expect(() => attach(networkOf("conv1", "conv2", "head"), tensorsOf("conv1", "cnov2", "other"))).toThrow(
    'network mine: a.safetensors: it has no tensor for 2 of 3 layers: conv2 (is it tensor "cnov2"?), head; ' +
      'no layer has the name of tensor "cnov2", tensor "other"; layers are conv1, conv2, head',
  );
});

test("a tensor too many is an error, a name of every object too", () => {
  expect(() => attach(networkOf("a"), tensorsOf("a", "toString"))).toThrow(
    'network mine: a.safetensors: no layer has the name of tensor "toString"; layers are a',
  );
  expect(() => attach(networkOf("constructor"), tensorsOf())).toThrow(
    "it has no tensor for 1 of 1 layers: constructor",
  );
});

test("long lists are cut short", () => {
  const names = Array.from({ length: 11 }, (_, index) => `layer-${index}`);
  expect(() => attach(networkOf(...names), new Map())).toThrow(
    /no tensor for 11 of 11 layers: layer-0, .*layer-7 and 3 more$/,
  );
});

test("a tensor that does not fit its layer is refused", () => {
  expect(() => attach(networkOf("a", "b"), tensorsOf("b", "a"))).toThrow(
    'network mine: a.safetensors: tensor "a" has the shape [2, 2], expected [vectors, 1] or [vectors, 1, 1]',
  );
});
