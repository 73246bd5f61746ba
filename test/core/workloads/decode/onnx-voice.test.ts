import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseFormat } from "../../../../core/numerics/formats.ts";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import { profileNetwork } from "../../../../core/workloads/profile.ts";
import { packageRoot } from "../../../../explore/catalog/package-root.ts";

const models = join(packageRoot(), "node_modules/@ricky0123/vad-web/dist");
const read = (name: string) => readFileSync(join(models, name));
const decode = (name: string, inputs: Record<string, number[]>, values: Record<string, number>) =>
  decodeOnnx(read(name), { name: "voice", source: "npm", inputs, values });
const float32 = { format: parseFormat("float32"), scheme: "per-tensor", allowUpcast: false } as const;

/** Filters, products that are summed, positions and biases of each layer; the encoder keeps, halves, halves and keeps its steps. */
const table = (samples: number, window: number, bins: number): readonly (readonly number[])[] => {
  const steps = Math.floor((samples + window / 4 - window) / (window / 2)) + 1;
  const half = Math.ceil(steps / 2);
  const quarter = Math.ceil(half / 2);
  return [
    [2 * bins, window, steps, 0],
    [128, 3 * bins, steps, 128],
    [64, 3 * 128, half, 64],
    [64, 3 * 64, quarter, 64],
    [128, 3 * 64, quarter, 128],
    [4 * 128, 128, 1, 4 * 128],
    [4 * 128, 128, 1, 4 * 128],
    [1, 128, 1, 1],
  ];
};

test.each([
  [16000, 512, 256, 129],
  [16000, 576, 256, 129],
  [8000, 256, 128, 65],
])(
  "Silero VAD v5 at %i samples a second, %i of them: the branch of that rate",
  (sr, samples, window, bins) => {
    const network = decode("silero_vad_v5.onnx", { input: [1, samples], state: [2, 1, 128] }, { sr });
    const profile = profileNetwork(network, float32);
    const rows = table(samples, window, bins);
    expect(profile.layers.map((layer) => layer.macs)).toEqual(rows.map(([m, c, p]) => m * c * p));
    expect(profile.layers.map((layer) => layer.parameters)).toEqual(rows.map(([m, c, , b]) => m * c + b));
    // The magnitude of the spectrum adds two halves of it, and the mean over time ends the network.
    expect(network.movements.map(({ operation }) => operation)).toEqual(["Add", "ReduceMean"]);
    expect(network.absorbed).toMatchObject({ If: 7, Pad: 1, Sigmoid: 1 });
    expect(profile.zeroBits).toBeGreaterThan(0.484);
    expect(profile.zeroBits).toBeLessThan(0.496);
  },
);

test("the earlier Silero VAD has two LSTM cells, run once a step of its sequence", () => {
  const states = { h: [2, 1, 64], c: [2, 1, 64] };
  const { layers } = decode("silero_vad_legacy.onnx", { input: [1, 1536], ...states }, { sr: 16000 });
  const recurrent = layers.filter(({ kind }) => kind === "linear");
  expect(recurrent.map(({ filters, channels, outputHeight }) => [filters, channels, outputHeight])).toEqual(
    new Array(4).fill([256, 64, 3]),
  );
});

test("without the rate the input that decides is named", () => {
  expect(() => decode("silero_vad_v5.onnx", { input: [1, 512], state: [2, 1, 128] }, {})).toThrow(
    "node If_0 (If): operand 1 (Equal_0_C) depends on run-time values; bitfront needs it as a constant; it follows from inputs that can be bound to a value, write values: { sr: … }",
  );
});
