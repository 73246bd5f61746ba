import fc from "fast-check";
import { expect, test } from "vitest";
import { NetworkError } from "../../../../core/errors.ts";
import { networkParameters } from "../../../../core/workloads/architecture.ts";
import { recordPass } from "../../../../core/workloads/architectures/record-pass.ts";
import { type LayerShape, macs, parameters } from "../../../../core/workloads/layer.ts";

const axis = fc.record({
  input: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.nat(2),
  dilation: fc.integer({ min: 1, max: 2 }),
});

/** Positions of a window, one by one: it starts every `stride` and must end inside the padded input. */
const windowStarts = (a: {
  input: number;
  kernel: number;
  stride: number;
  padding: number;
  dilation: number;
}) => {
  let count = 0;
  for (let start = -a.padding; start + a.dilation * (a.kernel - 1) < a.input + a.padding; start += a.stride)
    count++;
  return count;
};

test("a convolution over two or three axes has a product for every position, filter, tap and channel of its group", () => {
  fc.assert(
    fc.property(
      fc.array(axis, { minLength: 2, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (axes, groups, channelsPerGroup, filtersPerGroup) => {
        const [channels, filters] = [groups * channelsPerGroup, groups * filtersPerGroup];
        const pass = recordPass("any", { input: [1, channels, ...axes.map(({ input }) => input)] });
        const input = axes.length === 2 ? pass.image("input", channels) : pass.video("input", channels);
        const run = () =>
          pass.convolution("layer", input, {
            filters,
            groups,
            kernel: axes.map(({ kernel }) => kernel),
            stride: axes.map(({ stride }) => stride),
            padding: axes.map(({ padding }) => padding),
            dilation: axes.map(({ dilation }) => dilation),
            offset: "bias",
          });
        const size = axes.map(windowStarts);
        if (size.includes(0)) {
          expect(run).toThrow(/^network any: the kernel \[[\d, ]+\] of layer does not fit its input/);
          return;
        }
        expect(run()).toEqual({ channels: filters, size });
        const [layer] = pass.finish().layers;
        const taps = axes.reduce((product, { kernel }) => product * kernel, 1);
        const positions = size.reduce((product, length) => product * length, 1);
        expect(macs(layer)).toBe(positions * filters * taps * channelsPerGroup);
        expect(parameters(layer)).toBe(filters * taps * channelsPerGroup + filters);
      },
    ),
    { numRuns: 200 },
  );
});

test("a product of two activations keeps its multiply–accumulates, and weights are read most often", () => {
  const size = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(size, size, size, size, (groups, rows, columns, depth) => {
      const pass = recordPass("any", {});
      expect(pass.product("p", { groups, rows, columns, depth })).toEqual({
        channels: groups * columns,
        size: [rows, 1],
      });
      const [layer] = pass.finish().layers;
      expect(macs(layer)).toBe(groups * rows * columns * depth);
      expect(layer.outputHeight).toBe(Math.max(rows, columns));
    }),
  );
});

test("pooling rounds down, or up where it is asked to", () => {
  const pass = recordPass("any", { input: [1, 4, 112, 113] });
  const image = pass.image("input", 4);
  expect(pass.pool("down", "MaxPool", image, { kernel: 3, stride: 2 }).size).toEqual([55, 56]);
  expect(pass.pool("up", "MaxPool", image, { kernel: 3, stride: 2, roundUp: true }).size).toEqual([56, 56]);
});

test("folded, free-standing and other normalizations: which scalars are whose", () => {
  const pass = recordPass("any", { input: [1, 3, 8, 8] });
  const image = pass.image("input", 3);
  const options = { filters: 5, kernel: 1, offset: "batch-normalization" } as const;
  const folded = pass.convolution("conv", image, options);
  const free = pass.batchNormalization(pass.concatenated("both", [image, folded]));
  pass.normalization("norm", "InstanceNormalization", free);
  pass.otherParameters(7);
  const architecture = pass.finish();
  expect(architecture.layers[0].biasParameters).toBe(5);
  // Scale of five, scale and shift of eight, twice, and seven.
  expect(architecture.otherParameters).toBe(5 + 16 + 16 + 7);
  expect(networkParameters(architecture)).toBe(15 + 5 + 44);
  expect(architecture.absorbed).toEqual({ BatchNormalization: 2, Concat: 1 });
  expect(architecture.movements).toEqual([
    { name: "norm", operation: "InstanceNormalization", readElements: 512, writtenElements: 512 },
  ]);
});

test("a name that comes again shares weights, normalizations and the scalars beside them", () => {
  const once = (times: number) => {
    const pass = recordPass("any", { input: [1, 3, 8, 8] });
    const image = pass.image("input", 3);
    for (let index = 0; index < times; index++) {
      const options = { filters: 3, kernel: 3, offset: "batch-normalization" } as const;
      pass.normalization("norm", "GroupNormalization", pass.convolution("conv", image, options));
      pass.transposedConvolution("up", image, {
        filters: 2,
        kernel: 2,
        stride: 2,
        padding: 0,
        offset: "bias",
      });
    }
    return pass.finish();
  };
  const [first, third] = [once(1), once(3)];
  expect(networkParameters(third)).toBe(networkParameters(first));
  expect(third.layers).toHaveLength(3 * first.layers.length);
  expect(third.layers.map(({ name }: LayerShape) => name).slice(5, 7)).toEqual(["conv#2", "up/phase-0-0#2"]);
  expect(third.movements.map(({ name }) => name)).toEqual(["norm", "norm#2", "norm#3"]);
});

const refusals: readonly (readonly [string, (pass: ReturnType<typeof recordPass>) => unknown, string])[] = [
  [
    "groups",
    (pass) => pass.convolution("c", pass.image("x", 6), { filters: 8, kernel: 1, groups: 4, offset: "none" }),
    "c: 6 channels and 8 filters cannot be split into 4 groups",
  ],
  [
    "a kernel",
    (pass) => pass.convolution("c", pass.image("x", 6), { filters: 8, kernel: [9, 1], offset: "none" }),
    "the kernel [9, 1] of c does not fit its input [6, 8, 10]",
  ],
  [
    "a pool",
    (pass) => pass.pool("p", "MaxPool", pass.image("x", 6), { kernel: 11, stride: 1 }),
    "the kernel [11, 11] of p does not fit its input [6, 8, 10]",
  ],
  [
    "a linear layer",
    (pass) => pass.linear("l", pass.image("x", 6), { channels: 480, filters: 2, offset: "none" }),
    "l takes vectors of 480 values, its input is [6, 8, 10]",
  ],
  [
    "a sum",
    (pass) => pass.elementWise("s", "Add", pass.image("x", 6), { channels: 6, size: [10, 8] }),
    "s combines tensors of the shapes [6, 8, 10] and [6, 10, 8]",
  ],
  [
    "channels that are joined",
    (pass) => pass.concatenated("j", [pass.image("x", 6), { channels: 6, size: [8, 9] }]),
    "j joins tensors of the shapes [6, 8, 10] and [6, 8, 9]",
  ],
  [
    "a transposed convolution without output",
    (pass) => {
      const options = { filters: 1, kernel: 1, stride: 1, padding: 4, offset: "none" } as const;
      return pass.transposedConvolution("t", pass.image("x", 6), options);
    },
    "the output of t would have the shape [1, 0, 2]: sizes must be integers of at least 1, and their product below 2^53",
  ],
  [
    "half an element",
    (pass) => pass.absorbed("Slice", { channels: 1.5, size: [1, 1] }),
    "the output of Slice would have the shape [1.5, 1, 1]: sizes must be integers of at least 1, and their product below 2^53",
  ],
  [
    "other weights of the same name",
    (pass) => {
      const image = pass.image("x", 6);
      pass.convolution("c", image, { filters: 8, kernel: 1, offset: "none" });
      return pass.convolution("c", image, { filters: 8, kernel: 3, offset: "none" });
    },
    "c has weights of [8, 1, 1, 6] and of [8, 3, 3, 6]",
  ],
  [
    "a layer that is too large to count",
    (pass) => pass.product("p", { groups: 1, rows: 2 ** 20, columns: 2 ** 20, depth: 2 ** 20 }),
    "p has 2^53 multiply–accumulates or more",
  ],
];

test.each(refusals)("refuses %s", (_, run, message) => {
  const pass = recordPass("any", { x: [1, 6, 8, 10] });
  expect(() => run(pass)).toThrow(new NetworkError("any", message));
});
