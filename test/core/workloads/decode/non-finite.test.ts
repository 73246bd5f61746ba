import { expect, test } from "vitest";
import { parseFormat } from "../../../../core/numerics/formats.ts";
import type { Network } from "../../../../core/workloads/network.ts";
import { profileNetwork } from "../../../../core/workloads/profile.ts";
import { decodeGraph, weights } from "../../../fixtures/decode-graph.ts";
import { single } from "../../../fixtures/decode-keras.ts";
import type { WrittenTensor } from "../../../fixtures/onnx-writer.ts";

/** Weights that only become infinite while a network is built, or that a decoder lets through, are no numbers anywhere. */
const profiled = (network: Network, format: string) => () =>
  profileNetwork(network, { format: parseFormat(format), scheme: "per-tensor", allowUpcast: true });

test("weights of a TensorFlow.js model that are NaN or infinite are refused with their layer, in every format", () => {
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const kernel = { name: "l/kernel", shape: [4, 2], values: [1, 2, value, 4, 5, 6, 7, 8] };
    const network = single([4], { className: "Dense", config: { use_bias: false } }, [kernel]);
    for (const format of ["float32", "bfloat16", "fixed8"]) {
      expect(profiled(network, format)).toThrow("example, layer l: the value");
      expect(profiled(network, format)).toThrow(expect.objectContaining({ code: "not-finite" }));
    }
  }
});

test("weights that a folded normalization drives beyond float32 are refused with their layer", () => {
  const vector = (name: string, value: number): WrittenTensor => ({
    name,
    type: "float32",
    shape: [2],
    values: [value, value],
  });
  const network = decodeGraph({
    inputs: { x: [1, 1, 2, 2] },
    outputs: ["y"],
    tensors: [
      { ...weights("w", [2, 1, 1, 1]), values: [3e38, 1] },
      vector("scale", 1000),
      vector("shift", 0),
      vector("mean", 0),
      vector("variance", 1),
    ],
    nodes: [
      { operator: "Conv", name: "conv", inputs: ["x", "w"], outputs: ["c"] },
      { operator: "BatchNormalization", inputs: ["c", "scale", "shift", "mean", "variance"], outputs: ["y"] },
    ],
  });
  expect(profiled(network, "float32")).toThrow(
    "example, layer conv: the value Infinity, expected finite values",
  );
});
