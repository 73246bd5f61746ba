import { expect, test } from "vitest";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { activationOperand, matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import type { Layer } from "../../../core/workloads/layer.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { profileNetwork } from "../../../core/workloads/profile.ts";
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
  for (const name of ["fixed8", "float16", "bfloat16"]) {
    expect(profileNetwork(network, { ...float32, format: parseFormat(name) }).zeroValues).toBe(0);
  }
});

test("float16 and bfloat16 count their own significands", () => {
  // 1 + 2⁻¹⁰ has the last bit of float16; in bfloat16 it is 1. 2⁻²⁴ is the least denormal of float16, normal in bfloat16.
  const network = networkOf([layerOf(trained([1 + 2 ** -10, -1.5, 2 ** -24, 2 ** -26]))]);
  const half = profileNetwork(network, { ...float32, format: parseFormat("float16") });
  expect(half.layers[0].planeDensity).toEqual([2 / 4, 0, 0, 0, 0, 0, 0, 0, 0, 1 / 4, 2 / 4]);
  expect(half.zeroValues).toBe(1 / 4);
  expect(half.zeroBits).toBe(1 - 5 / 44);
  const brain = profileNetwork(network, { ...float32, format: parseFormat("bfloat16") });
  expect(brain.layers[0].planeDensity).toEqual([0, 0, 0, 0, 0, 0, 1 / 4, 1]);
  expect(brain.zeroValues).toBe(0);
  expect(brain.essentialDigits).toEqual({ signMagnitude: 5 / 4 });
});

test("fixed1 has one magnitude bit, which is always 1", () => {
  const fixed1 = { ...float32, format: parseFormat("fixed1") };
  const profile = profileNetwork(networkOf([layerOf(trained([0.5, -0.25, 0, 2]))]), fixed1);
  expect(profile.layers[0].planeDensity).toEqual([1]);
  expect([profile.zeroValues, profile.zeroBits]).toEqual([0, 0]);
  // −1 is 11 in two's complement.
  expect(profile.essentialDigits).toEqual({
    signMagnitude: 1,
    twosComplement: 5 / 4,
    canonicalSignedDigits: 1,
  });
});

test("essential digits are those of each encoding, in total over all weights", () => {
  const fixed4 = { ...float32, format: parseFormat("fixed4") };
  // Scale 1. Sign–magnitude 3 + 2 + 0 + 1; two's complement of −3 is 1101: 3 + 3 + 0 + 1; signed digits 2 + 2 + 0 + 1.
  const first = layerOf(trained([7, -3, 0, 4]));
  const digits = { signMagnitude: 6, twosComplement: 7, canonicalSignedDigits: 5 };
  const [layer] = profileNetwork(networkOf([first]), fixed4).layers;
  for (const [encoding, count] of Object.entries(digits)) {
    expect(layer.essentialDigits).toHaveProperty(encoding, count / 4);
  }
  // A second layer of two weights with 3, 1 and 2 digits more; activations count nowhere.
  const layers = [first, layerOf(trained([7, 0])), layerOf(activationOperand(4, 5, 0), "matmul")];
  expect(profileNetwork(networkOf(layers), fixed4).essentialDigits).toEqual({
    signMagnitude: 9 / 6,
    twosComplement: 10 / 6,
    canonicalSignedDigits: 7 / 6,
  });
  expect(profileNetwork(networkOf(layers), float32).layers[1].essentialDigits).toHaveProperty(
    "signMagnitude",
  );
  expect(Object.keys(profileNetwork(networkOf(layers), float32).essentialDigits)).toEqual(["signMagnitude"]);
});

test("the signal-to-noise ratio is that of a layer, and of all trained weights together", () => {
  const fixed4 = { ...float32, format: parseFormat("fixed4") };
  // Scale 1 in both: 0.5 and 2.5 are ties that lose ½, 0.25 loses ¼.
  const lossy = layerOf(trained([7, 0.5, 2.5]));
  const fine = layerOf(trained([-7, 0.25]));
  const exact = layerOf(trained([7, 3]));
  const zero = layerOf(trained([0, 0]));
  const matmul = layerOf(activationOperand(4, 5, 0), "matmul");
  const profile = profileNetwork(networkOf([lossy, fine, exact, zero, matmul]), fixed4);
  const ratio = (signal: number, noise: number): number => 10 * Math.log10(signal / noise);
  expect(profile.layers[0].sqnr_dB).toBeCloseTo(ratio(49 + 6.5, 0.5), 12);
  expect(profile.layers[1].sqnr_dB).toBeCloseTo(ratio(49 + 0.0625, 0.0625), 12);
  expect(profile.layers[2].sqnr_dB).toBeNull();
  expect(profile.layers[3].sqnr_dB).toBeNull();
  expect(profile.sqnr_dB).toBeCloseTo(ratio(49 + 6.5 + 49 + 0.0625 + 58, 0.5625), 12);
  expect(profileNetwork(networkOf([lossy, fine]), float32).sqnr_dB).toBeNull();
});

test("a layer of zeros has no ratio in fixed1, which has no zero, but its noise counts in the network's", () => {
  const fixed1 = { ...float32, format: parseFormat("fixed1") };
  const profile = profileNetwork(networkOf([layerOf(trained([0, 0])), layerOf(trained([1, -3]))]), fixed1);
  expect(profile.layers[0].sqnr_dB).toBeNull();
  // Two zeros stand as 1 each; 1 and −3 as ±2.
  expect(profile.sqnr_dB).toBeCloseTo(10 * Math.log10(10 / 4), 12);
});

test("weights beyond the range of float16 are refused by layer and value", () => {
  const network = networkOf([layerOf(trained([1, -70000]))]);
  expect(() => profileNetwork(network, { ...float32, format: parseFormat("float16") })).toThrow(
    "example, layer linear: the value 70000 is infinite in float16",
  );
  expect(() => profileNetwork(networkOf([layerOf(trained([Number.NaN]))]), float32)).toThrow(
    "example, layer linear: the value NaN, expected finite values for float32",
  );
});

test("stand-ins for activations are standard normal and depend on the position alone", () => {
  const operand = activationOperand(100, 100, 3);
  expect(activationOperand(100, 100, 3)).toEqual(operand);
  expect(activationOperand(100, 100, 4).values).not.toEqual(operand.values);
  const power = [...operand.values].reduce((sum, value) => sum + value ** 2, 0) / operand.values.length;
  expect(power).toBeGreaterThan(0.95);
  expect(power).toBeLessThan(1.05);
});

test("operations without products, drawn weights and known activations stand in the profile", () => {
  const synthetic = layerOf({ ...trained([1, 2]), origin: "synthetic" });
  const activations = { values: Float32Array.of(0, 1), vectors: 1, source: "a.npy" };
  const network: Network = {
    ...networkOf([synthetic, { ...layerOf(trained([1, 2])), activations }]),
    movements: [
      { name: "p", operation: "MaxPool", readElements: 8, writtenElements: 2 },
      { name: "s", operation: "Softmax", readElements: 3, writtenElements: 3 },
      { name: "q", operation: "MaxPool", readElements: 4, writtenElements: 1 },
    ],
    absorbed: { Relu: 5 },
    foldedBatchNormalizations: 2,
  };
  const profile = profileNetwork(network, float32);
  expect(profile).toMatchObject({
    mark: "synthetic weights: 1 of 2 layers",
    movements: {
      MaxPool: { count: 2, readElements: 12, writtenElements: 3 },
      Softmax: { count: 1, readElements: 3, writtenElements: 3 },
    },
    absorbed: { Relu: 5 },
    foldedBatchNormalizations: 2,
  });
  expect(profile.layers.map((layer) => layer.activations?.zeroShare)).toEqual([undefined, 0.5]);
  expect(profileNetwork(networkOf([layerOf(trained([1]))]), float32)).not.toHaveProperty("mark");
});
