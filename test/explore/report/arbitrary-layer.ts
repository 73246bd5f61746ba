import fc from "fast-check";
import { shapeOfAxes } from "../../../core/workloads/build-shape.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";

const size = fc.integer({ min: 1, max: 6 });

/** A window with as much padding as moves the input, not the outputs. */
const window = fc
  .record({
    output: size,
    kernel: size,
    stride: size,
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(2),
  })
  .map(({ before, ...axis }) => {
    const reach = (axis.output - 1) * axis.stride + axis.dilation * (axis.kernel - 1) + 1;
    return { ...axis, before: Math.min(before, reach - 1), input: reach - Math.min(before, reach - 1) };
  });

/** Layers of all kinds, of two axes or also of three, grouped and depthwise, under names that files have trouble with. */
export const arbitraryLayer = (axes: 2 | 3): fc.Arbitrary<LayerShape> =>
  fc
    .record({
      name: fc.constantFrom(
        "conv",
        "a/b:c",
        "x, y",
        "DP_1",
        " dp ",
        "{{z}}",
        "no",
        "1.5",
        "line\nbreak",
        "#",
      ),
      groups: size,
      filters: size,
      channels: size,
      vertical: window,
      horizontal: window,
      depth: axes === 2 ? fc.constant(undefined) : fc.option(window, { nil: undefined }),
      product: fc.boolean(),
      weightsOfEachInput: fc.boolean(),
    })
    .map(({ name, groups, filters, channels, vertical, horizontal, depth, product, weightsOfEachInput }) => {
      const point = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
      const { output } = vertical;
      return shapeOfAxes(
        {
          name,
          groups,
          filters: groups * filters,
          channels: groups * channels,
          vertical: product ? { ...point, input: output, output } : vertical,
          horizontal: product ? point : horizontal,
          ...(product || depth === undefined ? {} : { depth }),
          weightsOfEachInput: product && weightsOfEachInput,
        },
        (problem) => {
          throw new Error(problem);
        },
      );
    });
