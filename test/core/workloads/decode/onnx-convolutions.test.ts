import fc from "fast-check";
import { expect, test } from "vitest";
import { type Layer, macs, parameters } from "../../../../core/workloads/layer.ts";
import { decodeGraph, networkOf, weights } from "../../../fixtures/decode-graph.ts";
import { numbers } from "../../../fixtures/run-layer.ts";

/** An element of [channels][depth][height][width], 0 outside. */
type Volume = (c: number, z: number, y: number, x: number) => number;

const volumeOf = (values: readonly number[], sizes: readonly number[]): Volume => {
  const [depth, height, width] = sizes;
  return (c, z, y, x) =>
    z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width
      ? 0
      : values[((c * depth + z) * height + y) * width + x];
};

/** A layer with a depth, computed by the loops of its definition: [filters, depth, height, width]. */
const runVolume = (layer: Layer, input: Volume, top: number, left: number): number[] => {
  const depth = layer.depth!;
  const each = layer.channels / layer.groups;
  const output: number[] = [];
  for (let m = 0; m < layer.filters; m++) {
    const group = Math.floor((m * layer.groups) / layer.filters);
    for (let o = 0; o < depth.output; o++)
      for (let p = 0; p < layer.outputHeight; p++)
        for (let q = 0; q < layer.outputWidth; q++) {
          let sum = 0;
          let index = m * depth.kernel * layer.kernelHeight * layer.kernelWidth * each;
          for (let t = 0; t < depth.kernel; t++)
            for (let r = 0; r < layer.kernelHeight; r++)
              for (let s = 0; s < layer.kernelWidth; s++)
                for (let c = 0; c < each; c++)
                  sum +=
                    layer.weights.values[index++] *
                    input(
                      group * each + c,
                      o * depth.stride + t * depth.dilation - depth.before,
                      p * layer.strideHeight + r * layer.dilationHeight - top,
                      q * layer.strideWidth + s * layer.dilationWidth - left,
                    );
          output.push(sum);
        }
  }
  return output;
};

const size = (least: number, most: number) => fc.integer({ min: least, max: most });
const three = (least: number, most: number) =>
  fc.tuple(size(least, most), size(least, most), size(least, most));

test("a convolution of three dimensions has a depth, and computes what the stored one does", () => {
  const geometry = fc.record({
    groups: size(1, 2),
    each: size(1, 2),
    filters: size(1, 2),
    kernel: three(1, 2),
    strides: three(1, 2),
    dilations: three(1, 2),
    pads: fc.array(fc.nat(1), { minLength: 6, maxLength: 6 }),
    input: three(3, 4),
  });
  fc.assert(
    fc.property(geometry, ({ groups, each, filters: per, kernel, strides, dilations, pads, input }) => {
      const [channels, filters] = [groups * each, groups * per];
      const w = weights("w", [filters, each, ...kernel]);
      const node = {
        operator: "Conv",
        inputs: ["x", "w"],
        attributes: { group: groups, strides, dilations, pads },
      };
      const [layer] = networkOf([1, channels, ...input], node, [w]).layers;
      const volume = volumeOf(numbers(channels * input[0] * input[1] * input[2], 3), input);
      const expected: number[] = [];
      const out = input.map(
        (length, axis) =>
          Math.floor(
            (length + pads[axis] + pads[axis + 3] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis],
          ) + 1,
      );
      for (let m = 0; m < filters; m++)
        for (let o = 0; o < out[0]; o++)
          for (let p = 0; p < out[1]; p++)
            for (let q = 0; q < out[2]; q++) {
              let sum = 0;
              for (let c = 0; c < each; c++)
                for (let t = 0; t < kernel[0]; t++)
                  for (let r = 0; r < kernel[1]; r++)
                    for (let s = 0; s < kernel[2]; s++)
                      sum +=
                        w.values[(((m * each + c) * kernel[0] + t) * kernel[1] + r) * kernel[2] + s] *
                        volume(
                          Math.floor(m / per) * each + c,
                          o * strides[0] + t * dilations[0] - pads[0],
                          p * strides[1] + r * dilations[1] - pads[1],
                          q * strides[2] + s * dilations[2] - pads[2],
                        );
              expected.push(sum);
            }
      expect(runVolume(layer, volume, pads[1], pads[2])).toEqual(expected);
      expect(macs(layer)).toBe(expected.length * each * kernel[0] * kernel[1] * kernel[2]);
      expect(parameters(layer)).toBe(w.values.length);
    }),
    { numRuns: 20 },
  );
});

const batchOf = (images: number, rest: readonly number[], kernel: readonly number[]) =>
  decodeGraph({
    inputs: { x: [1, images * rest.reduce((a, b) => a * b, 1)] },
    outputs: ["y"],
    tensors: [
      weights("w", [4, rest[0], ...kernel]),
      { name: "s", type: "int64", shape: [rest.length + 1], values: [images, ...rest] },
    ],
    nodes: [
      { operator: "Reshape", inputs: ["x", "s"], outputs: ["images"] },
      { operator: "Conv", name: "conv", inputs: ["images", "w"], outputs: ["y"] },
    ],
  });

test("images that the graph stacks into a batch are a depth that the kernel does not reach along", () => {
  const [many] = batchOf(5, [3, 6, 7], [2, 3]).layers;
  const [one] = batchOf(1, [3, 6, 7], [2, 3]).layers;
  expect(many.depth).toEqual({ input: 5, output: 5, kernel: 1, stride: 1, dilation: 1, before: 0 });
  expect(one.depth).toBeUndefined();
  expect(macs(many)).toBe(5 * macs(one));
  expect(parameters(many)).toBe(parameters(one));
  expect([...many.weights.values]).toEqual([...one.weights.values]);
  expect(many.weights.shape).toEqual([4, 1, 2, 3, 3]);
  expect(macs(batchOf(5, [3, 7], [2]).layers[0])).toBe(5 * macs(batchOf(1, [3, 7], [2]).layers[0]));
  expect(() => batchOf(5, [3, 6, 6, 7], [2, 2, 3])).toThrow(
    "node conv (Conv): convolutions of three dimensions are supported on one image, its input has 5",
  );
});

test("a transposed convolution of three dimensions, or of several images, is refused by name", () => {
  const transposed =
    (shape: readonly number[], kernel: readonly number[], attributes = {}) =>
    () =>
      decodeGraph({
        inputs: { x: [1, ...shape.slice(1)] },
        outputs: ["y"],
        tensors: [
          weights("w", [2, 3, ...kernel]),
          {
            name: "times",
            type: "int64",
            shape: [shape.length],
            values: shape.map((n, axis) => (axis === 0 ? n : 1)),
          },
        ],
        nodes: [
          { operator: "Tile", inputs: ["x", "times"], outputs: ["t"] },
          { operator: "ConvTranspose", name: "up", inputs: ["t", "w"], outputs: ["y"], attributes },
        ],
      });
  expect(transposed([1, 2, 4, 4], [2, 2])().layers).toHaveLength(1);
  expect(transposed([1, 2, 4, 4, 4], [2, 2, 2])).toThrow(
    "node up (ConvTranspose): transposed convolutions of one and two dimensions are supported; its input is [1, 2, 4, 4, 4]",
  );
  expect(transposed([3, 2, 4, 4], [2, 2])).toThrow("supported on one image, its input has 3");
  expect(transposed([1, 2, 4, 4], [2, 2], { strides: [1024, 1024] })).toThrow(
    "its strides and taps make 4194304 pairs, expected at most 1048576",
  );
});

test("a deformable convolution is its plain layer behind a movement that samples", () => {
  const deform = (offsets: readonly number[], more: readonly string[] = []) =>
    decodeGraph(
      {
        inputs: { x: [1, 4, 8, 8], offsets, mask: [1, 9, 6, 6] },
        outputs: ["y"],
        tensors: [weights("w", [6, 4, 3, 3]), weights("b", [6])],
        nodes: [
          { operator: "DeformConv", name: "deform", inputs: ["x", "w", "offsets", ...more], outputs: ["y"] },
        ],
      },
      19,
    );
  const { layers, movements } = deform([1, 18, 6, 6], ["b", "mask"]);
  expect(layers).toHaveLength(1);
  expect(layers[0]).toMatchObject({ name: "deform", filters: 6, kernelHeight: 3, outputHeight: 6 });
  expect([macs(layers[0]), parameters(layers[0])]).toEqual([6 * 36 * 4 * 9, 6 * 36 + 6]);
  expect(movements).toEqual([
    {
      name: "deform/sampling",
      operation: "DeformConv",
      readElements: 4 * 64 + 18 * 36 + 9 * 36,
      writtenElements: 4 * 9 * 36,
    },
  ]);
  expect(() => deform([1, 9, 6, 6])).toThrow(
    "node deform (DeformConv): offsets of [1, 9, 6, 6], expected [1, 18, 6, 6]",
  );
});
