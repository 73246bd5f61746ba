import { expect, test } from "vitest";
import { macs } from "../../../core/workloads/layer.ts";
import { type SyntheticLayer, syntheticNetwork } from "../../../core/workloads/synthetic.ts";

const convolution: SyntheticLayer = {
  kind: "convolution",
  name: "conv",
  filters: 64,
  channels: 32,
  groups: 2,
  input: [15, 20],
  kernel: [3, 5],
  stride: [2, 1],
  dilation: [1, 1],
  padding: "same",
};
const linear: SyntheticLayer = { kind: "linear", name: "fc", filters: 10, channels: 64, vectors: 7 };
const table = { seed: 3, sigma: 0.25, layers: [convolution, linear] };

test("shapes follow the table", () => {
  const [first, second] = syntheticNetwork("small", table).layers;
  expect(first.weights.shape).toEqual([64, 3, 5, 16]);
  expect([first.outputHeight, first.outputWidth, first.paddingTop]).toEqual([8, 20, 1]);
  expect(macs(first)).toBe(64 * 8 * 20 * 3 * 5 * 16);
  expect(macs(second)).toBe(10 * 64 * 7);
  expect(second.weights.origin).toBe("synthetic");
});

test("weights are a function of seed and position, with the stated deviation", () => {
  const [first, second] = syntheticNetwork("small", table).layers;
  const repeated = syntheticNetwork("other", table).layers[0];
  const reseeded = syntheticNetwork("small", { ...table, seed: 4 }).layers[0];
  expect(repeated.weights.values).toEqual(first.weights.values);
  expect(reseeded.weights.values).not.toEqual(first.weights.values);
  expect(second.weights.values.subarray(0, 10)).not.toEqual(first.weights.values.subarray(0, 10));
  const values = [...first.weights.values];
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  expect(deviation).toBeGreaterThan(0.245);
  expect(deviation).toBeLessThan(0.255);
});

test("shapes that do not fit and names that repeat are refused by name", () => {
  const one = (change: Partial<typeof convolution>) => () =>
    syntheticNetwork("small", { ...table, layers: [{ ...convolution, ...change } as SyntheticLayer] });
  expect(one({ groups: 3 })).toThrow("layer conv: 32 channels and 64 filters cannot be split into 3 groups");
  expect(one({ kernel: [16, 1], padding: "valid" })).toThrow("layer conv: its kernel does not fit its input");
  expect(one({ filters: 2 ** 24, channels: 2 ** 24, groups: 1 })).toThrow("weights would be drawn");
  const half = { ...linear, filters: 2 ** 13, channels: 2 ** 12 };
  const three = ["a", "b", "c"].map((name) => ({ ...half, name }));
  expect(() => syntheticNetwork("small", { ...table, layers: three })).toThrow(
    "layer c: with it 100663296 weights would be drawn, at most 67108864 are",
  );
  expect(one({ dilation: [2 ** 52, 1], kernel: [5, 1] })).toThrow("layer conv: paddingTop is 900719925474");
  expect(() => syntheticNetwork("small", { ...table, layers: [linear, linear] })).toThrow(
    "two layers have the name fc",
  );
});
