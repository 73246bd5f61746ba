import { expect, test } from "vitest";
import { activationOperand, matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import { syntheticMark } from "../../../core/workloads/synthetic-mark.ts";
import type { Tensor } from "../../../core/workloads/tensor.ts";

const layerOf = (weights: Tensor, kind: "linear" | "matmul" = "linear") =>
  matrixProductLayer({ name: "l", kind, groups: 1, vectors: 1, biasParameters: 0, weights });
const from = (origin: Tensor["origin"]) =>
  layerOf({ shape: [1, 1, 1, 1], values: new Float32Array(1), stored: "float32", origin });
const product = layerOf(activationOperand(1, 1, 0), "matmul");

test("a network says how many of its layers have drawn weights; products of activations have none", () => {
  expect(syntheticMark({ layers: [from("synthetic"), from("trained"), product] })).toBe(
    "synthetic weights: 1 of 2 layers",
  );
  expect(syntheticMark({ layers: [from("synthetic"), product, from("synthetic")] })).toBe(
    "synthetic weights: all layers",
  );
  const sampled = from("synthetic");
  const layers = [{ ...sampled, weights: { ...sampled.weights, sampledFilters: 1 } }, from("synthetic")];
  expect(syntheticMark({ layers })).toBe("synthetic weights: all layers, in 1 a sample of the filters");
  expect(syntheticMark({ layers: [from("trained"), product] })).toBeUndefined();
  expect(syntheticMark({ layers: [] })).toBeUndefined();
});
