import { expect, test } from "vitest";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { profileActivations } from "../../../core/workloads/activation-profile.ts";
import { matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import type { Layer } from "../../../core/workloads/layer.ts";

const layer: Layer = matrixProductLayer({
  name: "fc",
  kind: "linear",
  groups: 1,
  vectors: 1,
  biasParameters: 0,
  weights: { shape: [1, 1, 1, 4], values: new Float32Array(4), stored: "float32", origin: "trained" },
});

const captured = (...values: number[]): Layer => ({
  ...layer,
  activations: { values: Float32Array.from(values), vectors: 1, source: "a.npy" },
});

const profile = (
  of: Layer,
  format: string,
  stated?: { distribution: "relu" | "normal"; zeroShare: number },
) => profileActivations("mine", of, 0, stated, parseFormat(format));

test("fixed activations count the bits of their codes, in every encoding, with one scale for the layer", () => {
  // The largest becomes 7: codes 7, -1, 0, 4 are 111, 001, 000, 100, and in two's complement 0111, 1111, 0000, 0100.
  expect(profile(captured(7, -1, 0.4, 4), "fixed4")).toMatchObject({
    zeroShare: 1 / 4,
    zeroBits: 1 - 5 / 12,
    planeDensity: [2 / 4, 1 / 4, 2 / 4],
    essentialDigits: { signMagnitude: 5 / 4, twosComplement: 8 / 4, canonicalSignedDigits: (2 + 1 + 1) / 4 },
    origin: "captured",
    source: "a.npy",
  });
});

test("float activations count the bits of their significands", () => {
  // 1 and -2 have the hidden 1 alone, 1.5 the next bit too; a zero has none.
  const found = profile(captured(1, -2, 1.5, 0), "bfloat16")!;
  expect(found.planeDensity).toEqual([0, 0, 0, 0, 0, 0, 1 / 4, 3 / 4]);
  expect(found).toMatchObject({
    zeroShare: 1 / 4,
    zeroBits: 1 - 4 / 32,
    essentialDigits: { signMagnitude: 1 },
  });
});

test("stated activations are drawn where none were captured, and nothing is made up where neither is known", () => {
  const relu = { distribution: "relu", zeroShare: 0.5 } as const;
  const long = { ...layer, channels: 4000 };
  const drawn = profile(long, "float32", relu)!;
  expect(drawn).toMatchObject({ origin: "distribution", source: "relu, 50 % zeros" });
  // Five standard errors of 64,000 draws are 0.01; every activation that is not zero has its hidden 1.
  expect(Math.abs(drawn.zeroShare - 0.5)).toBeLessThan(0.01);
  expect(drawn.planeDensity[23]).toBe(1 - drawn.zeroShare);
  expect(profile(captured(1, 1, 1, 1), "float32", relu)).toMatchObject({ origin: "captured", zeroShare: 0 });
  expect(profile(layer, "float32")).toBeUndefined();
});

test("activations that the format cannot hold are refused by layer and file", () => {
  expect(() => profile(captured(1e6, 1, 1, 1), "float16")).toThrow(
    "mine, activations of layer fc (a.npy): the value 1000000 is infinite in float16",
  );
});
