import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convolutionShape, matrixProductShape } from "../../../core/workloads/build-layer.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import { fitsLayout, fromLayout, storedShape, weightLayouts } from "../../../core/workloads/weight-layout.ts";

const axis = (kernel: number) => ({ input: 8, output: 8, kernel, stride: 1, dilation: 1, before: 0 });

const convolution = (
  filters: number,
  channels: number,
  kernel: readonly [number, number],
  groups = 1,
  depth?: number,
): LayerShape =>
  convolutionShape({
    name: "l",
    filters,
    channels,
    groups,
    vertical: axis(kernel[0]),
    horizontal: axis(kernel[1]),
    ...(depth === undefined ? {} : { depth: axis(depth) }),
    biasParameters: 0,
  });

const linear = matrixProductShape({
  name: "l",
  kind: "linear",
  filters: 4,
  channels: 6,
  groups: 1,
  vectors: 3,
  biasParameters: 0,
});

const layers = fc
  .record({
    filters: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    depth: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  })
  .map(({ filters, channels, groups, kernel, depth }) =>
    convolution(groups * filters, groups * channels, kernel, groups, depth),
  );

describe("a weight of a file in each layout", () => {
  it("comes to its place in the layer, whatever kernel, depth and groups", () => {
    fc.assert(
      fc.property(layers, fc.constantFrom(...weightLayouts), (layer, layout) => {
        const channels = layer.channels / layer.groups;
        const depth = layer.depth?.kernel ?? 1;
        const stored = new Float32Array(
          layer.filters * depth * layer.kernelHeight * layer.kernelWidth * channels,
        );
        const expected = new Float32Array(stored.length);
        const sizes: Record<string, number> = {
          o: layer.filters,
          t: depth,
          h: layer.kernelHeight,
          w: layer.kernelWidth,
          i: channels,
        };
        /** The place of an element where the axes stand in this order. */
        const place = (order: string, at: Record<string, number>): number =>
          [...order].reduce((index, name) => index * sizes[name] + at[name], 0);
        let value = 1;
        for (let o = 0; o < sizes.o; o++)
          for (let i = 0; i < sizes.i; i++)
            for (let t = 0; t < sizes.t; t++)
              for (let h = 0; h < sizes.h; h++)
                for (let w = 0; w < sizes.w; w++) {
                  const at = { o, t, h, w, i };
                  stored[place(layout.replace("h", "th"), at)] = value;
                  expected[place("othwi", at)] = value++;
                }
        expect(fromLayout(layer, stored, layout)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("has the shape that its framework writes", () => {
    const grouped = convolution(8, 6, [3, 5], 2);
    expect(weightLayouts.map((layout) => storedShape(grouped, layout))).toEqual([
      [8, 3, 3, 5],
      [8, 3, 5, 3],
      [3, 5, 3, 8],
    ]);
    expect(weightLayouts.map((layout) => storedShape(convolution(8, 6, [3, 5], 1, 7), layout))).toEqual([
      [8, 6, 7, 3, 5],
      [8, 7, 3, 5, 6],
      [7, 3, 5, 6, 8],
    ]);
    expect(weightLayouts.map((layout) => storedShape(linear, layout))).toEqual([
      [4, 6],
      [4, 6],
      [6, 4],
    ]);
  });

  it("fits with and without axes of one", () => {
    expect(fitsLayout(linear, [4, 6, 1, 1], "oihw")).toBe(true);
    expect(fitsLayout(convolution(4, 6, [1, 1]), [4, 6], "oihw")).toBe(true);
    // A one-dimensional convolution of PyTorch, and a depthwise one of Keras.
    expect(fitsLayout(convolution(4, 6, [1, 3]), [4, 6, 3], "oihw")).toBe(true);
    expect(fitsLayout(convolution(6, 6, [3, 3], 6), [3, 3, 6, 1], "hwio")).toBe(true);
    expect(fitsLayout(linear, [6, 4], "oihw")).toBe(false);
    expect(fitsLayout(linear, [24], "oihw")).toBe(false);
    expect(fitsLayout(convolution(4, 6, [3, 5]), [4, 6, 5, 3], "oihw")).toBe(false);
  });
});
