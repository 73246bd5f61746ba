import fc from "fast-check";
import { expect, test } from "vitest";
import { type Layer, macs, parameters } from "../../../core/workloads/layer.ts";
import {
  type TransposedAxis,
  transposedConvolutionLayers,
} from "../../../core/workloads/transposed-convolution.ts";
import { numbers, planes, runLayer } from "../../fixtures/run-layer.ts";

const axis = fc
  .record({
    input: fc.integer({ min: 1, max: 4 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(3),
    extra: fc.nat(2),
  })
  .map(({ extra, ...geometry }): TransposedAxis => {
    const { input, kernel, stride, dilation, before } = geometry;
    return { ...geometry, output: stride * (input - 1) + dilation * (kernel - 1) + 1 - before + extra };
  })
  .filter((geometry) => geometry.output > 0);

const channelCounts = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  filtersPerGroup: fc.integer({ min: 1, max: 2 }),
  channelsPerGroup: fc.integer({ min: 1, max: 2 }),
});

/** Products a channel and output plane over the zero-inserted input, without those with an inserted zero. */
const products = (a: TransposedAxis): number => {
  let count = 0;
  for (let o = 0; o < a.output; o++) {
    for (let t = 0; t < a.kernel; t++) if ((o + a.before - t * a.dilation) % a.stride === 0) count++;
  }
  return count;
};

const phaseOf = (layer: Layer): number[] =>
  (/phase-(\d+)-(\d+)$/.exec(layer.name) ?? []).slice(1).map(Number);

test("the phases compute the transposed convolution with exactly its products", () => {
  fc.assert(
    fc.property(axis, axis, channelCounts, (vertical, horizontal, counts) => {
      const { groups, filtersPerGroup, channelsPerGroup } = counts;
      const [kh, kw] = [vertical.kernel, horizontal.kernel];
      const filters = groups * filtersPerGroup;
      const channels = groups * channelsPerGroup;
      const shape = [groups, filtersPerGroup, kh, kw, channelsPerGroup];
      const values = Float32Array.from(numbers(filters * kh * kw * channelsPerGroup, 1));
      const layers = transposedConvolutionLayers({
        name: "up",
        groups,
        vertical,
        horizontal,
        biasParameters: filters,
        weights: { shape, values, stored: "float32", origin: "trained" },
      });
      expect(layers.reduce((sum, layer) => sum + macs(layer), 0)).toBe(
        products(vertical) * products(horizontal) * filters * channelsPerGroup,
      );

      // The definition: every input adds to the outputs that its taps reach.
      const input = planes(channels, vertical.input, horizontal.input, 2);
      const expected = Array.from({ length: filters }, () =>
        Array.from({ length: vertical.output }, () => new Array<number>(horizontal.output).fill(0)),
      );
      for (let m = 0; m < filters; m++) {
        const first = Math.floor(m / filtersPerGroup) * channelsPerGroup;
        for (let c = 0; c < channelsPerGroup; c++)
          for (let y = 0; y < vertical.input; y++)
            for (let x = 0; x < horizontal.input; x++)
              for (let r = 0; r < kh; r++)
                for (let s = 0; s < kw; s++) {
                  const row = y * vertical.stride + r * vertical.dilation - vertical.before;
                  const column = x * horizontal.stride + s * horizontal.dilation - horizontal.before;
                  if (expected[m][row]?.[column] === undefined) continue;
                  expected[m][row][column] +=
                    values[((m * kh + r) * kw + s) * channelsPerGroup + c] * input[first + c][y][x];
                }
      }

      for (const layer of layers) {
        const [i, j] = phaseOf(layer);
        const part = expected.map((plane) =>
          plane
            .filter((_, row) => row % vertical.stride === i)
            .map((row) => row.filter((_, q) => q % horizontal.stride === j)),
        );
        // The layer states its padding on top only; look for the shift that makes it compute its outputs.
        const shifts = Array.from({ length: 25 }, (_, index) => index - 8);
        const tops = shifts.filter((top) =>
          shifts.some((left) => JSON.stringify(runLayer(layer, input, top, left)) === JSON.stringify(part)),
        );
        expect(tops.map((top) => Math.max(0, top))).toContain(layer.paddingTop);
      }
      // Outputs of phases without a layer are zero.
      const phases = layers.map((layer) => phaseOf(layer).join());
      for (const plane of expected)
        for (const [row, values] of plane.entries())
          for (const [column, value] of values.entries())
            if (!phases.includes(`${row % vertical.stride},${column % horizontal.stride}`))
              expect(value).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("a kernel as large as its stride gives stride² layers of one tap, and the bias once", () => {
  const side: TransposedAxis = { input: 5, output: 10, kernel: 2, stride: 2, dilation: 1, before: 0 };
  const layers = transposedConvolutionLayers({
    name: "up",
    groups: 1,
    vertical: side,
    horizontal: side,
    biasParameters: 3,
    weights: { shape: [1, 3, 2, 2, 4], values: new Float32Array(48), stored: "float32", origin: "trained" },
  });
  expect(layers.map(({ name }) => name)).toEqual([
    "up/phase-0-0",
    "up/phase-0-1",
    "up/phase-1-0",
    "up/phase-1-1",
  ]);
  expect(
    layers.map((layer) => [layer.kernelHeight, layer.kernelWidth, layer.outputHeight, layer.outputWidth]),
  ).toEqual(new Array(4).fill([1, 1, 5, 5]));
  expect(layers.reduce((sum, layer) => sum + parameters(layer), 0)).toBe(48 + 3);
});

test("a phase that no tap reaches has no layer", () => {
  const side: TransposedAxis = { input: 3, output: 7, kernel: 1, stride: 3, dilation: 1, before: 0 };
  const flat: TransposedAxis = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
  const layers = transposedConvolutionLayers({
    name: "sparse",
    groups: 1,
    vertical: flat,
    horizontal: side,
    biasParameters: 0,
    weights: { shape: [1, 1, 1, 1, 1], values: Float32Array.of(2), stored: "float32", origin: "trained" },
  });
  expect(layers.map(({ name, outputWidth }) => [name, outputWidth])).toEqual([["sparse/phase-0-0", 3]]);
});

test("a stride beyond every input costs no more than the taps there are", () => {
  const side: TransposedAxis = {
    input: 1,
    output: 3,
    kernel: 3,
    stride: 2 ** 40,
    dilation: 1,
    before: 0,
  };
  const layers = transposedConvolutionLayers({
    name: "wide",
    groups: 1,
    vertical: side,
    horizontal: side,
    biasParameters: 0,
    weights: {
      shape: [1, 1, 3, 3, 1],
      values: Float32Array.from(numbers(9, 1)),
      stored: "float32",
      origin: "trained",
    },
  });
  expect(layers.map((layer) => [layer.outputHeight, layer.kernelHeight, ...layer.weights.values])).toEqual(
    numbers(9, 1).map((value) => [1, 1, Math.fround(value)]),
  );
});
