import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { activationOperand, matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import type { Layer } from "../../../core/workloads/layer.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { countPlanes, profileNetwork } from "../../../core/workloads/profile.ts";
import type { Tensor } from "../../../core/workloads/tensor.ts";

const layerOf = (weights: Tensor, kind: "linear" | "matmul" = "linear"): Layer =>
  matrixProductLayer({ name: kind, kind, groups: 1, vectors: 2, biasParameters: 1, weights });

const trained = (values: number[], stored: Tensor["stored"] = "float32"): Tensor => ({
  shape: [1, 1, 1, values.length],
  values: Float32Array.from(values),
  stored,
  origin: "trained",
});

const networkOf = (layers: Layer[]): Network => ({
  name: "example",
  source: "a test",
  inputs: {},
  layers,
  movements: [],
  absorbed: {},
  foldedBatchNormalizations: 0,
});

const float32 = { format: parseFormat("float32"), scheme: "per-tensor", allowUpcast: false } as const;

test("planes are counted as the digits of the numbers show", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 })), (magnitudes) => {
      const counts = countPlanes(Int32Array.from(magnitudes), 24);
      const digits = magnitudes.map((magnitude) => magnitude.toString(2).padStart(24, "0"));
      const expected = Array.from(
        { length: 24 },
        (_, plane) => digits.filter((text) => text[23 - plane] === "1").length,
      );
      expect(counts).toEqual({
        weights: magnitudes.length,
        zeros: magnitudes.filter((magnitude) => magnitude === 0).length,
        ones: expected,
      });
    }),
  );
});

test("float32 counts the hidden 1 of normal numbers, and not of zeros and denormals", () => {
  // 1: hidden bit alone. 1.5: hidden bit and bit 22. 2^-149: the least denormal, bit 0. Zero: nothing.
  const profile = profileNetwork(networkOf([layerOf(trained([1, -1.5, 2 ** -149, 0]))]), float32);
  const [layer] = profile.layers;
  expect(layer.planeDensity[23]).toBe(2 / 4);
  expect(layer.planeDensity[22]).toBe(1 / 4);
  expect(layer.planeDensity[0]).toBe(1 / 4);
  expect(profile.zeroBits).toBe(1 - 4 / (4 * 24));
  expect(profile.zeroValues).toBe(1 / 4);
});

test("a fixed format counts the b - 1 bits of its codes", () => {
  const fixed4 = { ...float32, format: parseFormat("fixed4") };
  // The largest value becomes 7 = 111; -3 = 011 in magnitude; 0.4 rounds to 0.
  const profile = profileNetwork(networkOf([layerOf(trained([7, -3, 0.4, 4]))]), fixed4);
  expect(profile.layers[0].planeDensity).toEqual([2 / 4, 2 / 4, 2 / 4]);
  expect(profile.zeroValues).toBe(1 / 4);
  expect(profile.zeroBits).toBe(0.5);
});

test("totals weigh layers by their weights and leave operands known at run time out", () => {
  const dense = layerOf(trained([1.9999999, 1.9999999, 1.9999999]));
  const sparse = layerOf(trained([1]));
  const matmul = layerOf(activationOperand(4, 5, 0), "matmul");
  const profile = profileNetwork(networkOf([dense, sparse, matmul]), float32);
  const single = (layer: Layer) => profileNetwork(networkOf([layer]), float32).zeroBits;
  expect(profile.zeroBits).toBeCloseTo((3 * single(dense) + single(sparse)) / 4, 12);
  expect(profile.parameters).toBe(3 + 1 + 1 + 1);
  expect(profile.macs).toBe(2 * (3 + 1 + 20));
  expect(profile.layers[2]).toMatchObject({ origin: "activation", parameters: 0 });
});

test("float32 statistics of weights stored in float16 are refused, unless asked for", () => {
  const network = networkOf([layerOf(trained([0.5, 0.25], "float16"))]);
  expect(() => profileNetwork(network, float32)).toThrow(/example, layer linear was stored in float16/);
  expect(profileNetwork(network, { ...float32, allowUpcast: true }).layers[0].stored).toBe("float16");
  expect(profileNetwork(network, { ...float32, format: parseFormat("fixed8") }).zeroValues).toBe(0);
});

test("stand-ins for activations are standard normal and depend on the position alone", () => {
  const operand = activationOperand(100, 100, 3);
  expect(activationOperand(100, 100, 3)).toEqual(operand);
  expect(activationOperand(100, 100, 4).values).not.toEqual(operand.values);
  const power = [...operand.values].reduce((sum, value) => sum + value ** 2, 0) / operand.values.length;
  expect(power).toBeGreaterThan(0.95);
  expect(power).toBeLessThan(1.05);
});
