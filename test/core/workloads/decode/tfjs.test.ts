import fc from "fast-check";
import { expect, test } from "vitest";
import { macs, parameters } from "../../../../core/workloads/layer.ts";
import { decode, single, weight } from "../../../fixtures/decode-keras.ts";
import { functionalModel, manifest, type WrittenWeight } from "../../../fixtures/keras-writer.ts";
import { at, planes, runLayer } from "../../../fixtures/run-layer.ts";

const geometry = fc.record({
  groups: fc.integer({ min: 1, max: 2 }),
  filtersPerGroup: fc.integer({ min: 1, max: 3 }),
  channelsPerGroup: fc.integer({ min: 1, max: 3 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.integer({ min: 1, max: 2 }),
  padding: fc.constantFrom("same", "valid"),
  input: fc.integer({ min: 5, max: 7 }),
});

test("a canonical layer computes what the stored Conv2D does", () => {
  fc.assert(
    fc.property(geometry, (g) => {
      const [kh, kw] = g.kernel;
      const [channels, filters] = [g.groups * g.channelsPerGroup, g.groups * g.filtersPerGroup];
      const kernel = weight("l/kernel", [kh, kw, g.channelsPerGroup, filters]);
      const config = {
        filters,
        strides: [g.strides, g.strides],
        padding: g.padding,
        groups: g.groups,
        use_bias: false,
      };
      const [layer] = single([g.input, g.input, channels], { className: "Conv2D", config }, [kernel]).layers;
      const same = g.padding === "same";
      const outputs = same ? Math.ceil(g.input / g.strides) : Math.floor((g.input - kh) / g.strides) + 1;
      const before = (k: number) =>
        same
          ? Math.floor(Math.max(0, (Math.ceil(g.input / g.strides) - 1) * g.strides + k - g.input) / 2)
          : 0;
      expect([layer.outputHeight, layer.paddingTop]).toEqual([outputs, before(kh)]);
      const input = planes(channels, g.input, g.input, 9);
      const output = runLayer(layer, input, before(kh), before(kw));
      for (let m = 0; m < filters; m++) {
        const first = Math.floor(m / g.filtersPerGroup) * g.channelsPerGroup;
        for (const [p, row] of output[m].entries())
          for (const [q, value] of row.entries()) {
            let sum = 0;
            for (let r = 0; r < kh; r++)
              for (let s = 0; s < kw; s++)
                for (let c = 0; c < g.channelsPerGroup; c++)
                  sum +=
                    kernel.values[((r * kw + s) * g.channelsPerGroup + c) * filters + m] *
                    at(input[first + c], p * g.strides + r - before(kh), q * g.strides + s - before(kw));
            expect(value).toBe(sum);
          }
      }
    }),
    { numRuns: 40 },
  );
});

test("a depthwise layer has a group a channel, and its multiplier gives filters side by side", () => {
  const kernel = weight("l/depthwise_kernel", [2, 2, 3, 2]);
  const config = { depth_multiplier: 2, padding: "valid", use_bias: true };
  const [layer] = single([4, 4, 3], { className: "DepthwiseConv2D", config }, [
    kernel,
    weight("l/bias", [6]),
  ]).layers;
  expect(layer).toMatchObject({ filters: 6, channels: 3, groups: 3, outputHeight: 3, biasParameters: 6 });
  // Filter 5 is channel 2, multiple 1: stored at [r][s][2][1].
  expect([...layer.weights.values.slice(20)]).toEqual([0, 1, 2, 3].map((tap) => kernel.values[tap * 6 + 5]));
});

test("a separable layer is a depthwise and a pointwise one", () => {
  const weights = [
    weight("l/depthwise_kernel", [3, 3, 4, 1]),
    weight("l/pointwise_kernel", [1, 1, 4, 5]),
    weight("l/bias", [5]),
  ];
  const { layers } = single(
    [6, 6, 4],
    { className: "SeparableConv2D", config: { padding: "same" } },
    weights,
  );
  expect(layers.map(({ name, groups, filters }) => [name, groups, filters])).toEqual([
    ["l/depthwise", 4, 4],
    ["l/pointwise", 1, 5],
  ]);
  expect(layers.reduce((sum, layer) => sum + parameters(layer), 0)).toBe(36 + 20 + 5);
});

test("Dense and Conv1D have their filters in the last axis of the kernel", () => {
  const kernel = weight("l/kernel", [3, 2]);
  const [dense] = single([7, 3], { className: "Dense", config: { use_bias: false } }, [kernel]).layers;
  expect(dense).toMatchObject({
    kind: "linear",
    filters: 2,
    channels: 3,
    outputHeight: 7,
    biasParameters: 0,
  });
  expect([...dense.weights.values]).toEqual(
    [0, 1].flatMap((m) => [0, 1, 2].map((c) => kernel.values[c * 2 + m])),
  );
  const line = weight("l/kernel", [3, 4, 5]);
  const [convolution] = single(
    [10, 4],
    { className: "Conv1D", config: { padding: "same", strides: [2], use_bias: false } },
    [line],
  ).layers;
  expect(convolution).toMatchObject({ outputHeight: 1, outputWidth: 5, kernelHeight: 1, kernelWidth: 3 });
  expect(convolution.weights.values[1 * 12 + 2 * 4 + 3]).toBe(line.values[(2 * 4 + 3) * 5 + 1]);
});

test("a transposed convolution has Keras' size and one product a tap that meets no inserted zero", () => {
  const kernel = weight("l/kernel", [3, 3, 2, 4]);
  const config = { strides: [2, 2], padding: "same", use_bias: false };
  const same = single([5, 5, 4], { className: "Conv2DTranspose", config }, [kernel]).layers;
  expect(same.reduce((sum, layer) => sum + layer.outputHeight * layer.outputWidth, 0)).toBe(100);
  expect(same.reduce((sum, layer) => sum + macs(layer), 0)).toBe((5 + 10) ** 2 * 8);
  const valid = single([5, 5, 4], { className: "Conv2DTranspose", config: { ...config, padding: "valid" } }, [
    kernel,
  ]).layers;
  expect(valid.reduce((sum, layer) => sum + layer.outputHeight * layer.outputWidth, 0)).toBe(121);
});

const shapeOf = (
  className: string,
  config: Record<string, unknown>,
  input: number[],
  weights: WrittenWeight[] = [],
) => {
  const flat = { className: "Flatten", name: "flat", inputs: ["l"] };
  const product = { className: "GlobalAveragePooling2D", name: "pool", inputs: ["l"], config: {} };
  const last = input.length === 3 && className !== "Flatten" && className !== "Reshape" ? product : flat;
  const model = functionalModel(input, [{ className, name: "l", inputs: ["x"], config }, last], weights);
  return decode(model, { x: [1, ...input] });
};

test.each([
  ["MaxPooling2D", { pool_size: [2, 2], strides: null, padding: "valid" }, 2 * 3 * 4],
  ["AveragePooling2D", { pool_size: [3, 3], strides: [2, 2], padding: "same" }, 3 * 4 * 4],
  ["UpSampling2D", { size: [2, 3], interpolation: "bilinear" }, 10 * 21 * 4],
  ["Softmax", {}, 5 * 7 * 4],
  ["LayerNormalization", {}, 5 * 7 * 4],
])("%s is a movement", (className, config, written) => {
  const { movements } = shapeOf(className, config, [5, 7, 4]);
  expect(movements[0]).toMatchObject({
    name: "l",
    operation: className,
    readElements: 140,
    writtenElements: written,
  });
});

test.each([
  ["UpSampling2D", { size: [2, 3] }, 10 * 21 * 4],
  [
    "ZeroPadding2D",
    {
      padding: [
        [1, 2],
        [0, 3],
      ],
    },
    8 * 10 * 4,
  ],
  ["ZeroPadding2D", { padding: 1 }, 7 * 9 * 4],
  ["Cropping2D", { cropping: [1, 2] }, 3 * 3 * 4],
  ["PixelShuffle", { scale: 2 }, 10 * 14],
  ["PixelShuffle4x", { scale: 2 }, 10 * 14],
  ["MultiplyBeta", { beta: 0.2 }, 140],
  ["Permute", { dims: [3, 1, 2] }, 140],
  ["LeakyReLU", { alpha: 0.1 }, 140],
  ["Dropout", { rate: 0.5 }, 140],
])("%s is absorbed", (className, config, elements) => {
  const { movements, absorbed } = shapeOf(className, config, [5, 7, 4]);
  expect(absorbed).toEqual({ [className]: 1 });
  expect(movements).toMatchObject([{ name: "pool", readElements: elements }]);
});

test("a residual addition is a movement, an activation is not, a softmax activation is", () => {
  const kernel = (name: string) => [weight(`${name}/kernel`, [4, 4]), weight(`${name}/bias`, [4])];
  const model = functionalModel(
    [4],
    [
      // The order of the file is not the order of execution.
      { className: "Add", name: "sum", inputs: ["a", "b"] },
      { className: "Dense", name: "b", inputs: ["a"], config: { activation: "relu" } },
      { className: "Dense", name: "a", inputs: ["x"], config: { activation: "swish" } },
      { className: "Concatenate", name: "both", inputs: ["sum", "x"], config: { axis: -1 } },
      { className: "Dense", name: "c", inputs: ["both"], config: { activation: "softmax", use_bias: false } },
    ],
    [...kernel("a"), ...kernel("b"), weight("c/kernel", [8, 3])],
  );
  const network = decode(model, { x: [1, 4] });
  expect(network.layers.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(network.movements).toEqual([
    { name: "sum", operation: "Add", readElements: 8, writtenElements: 4 },
    { name: "c/softmax", operation: "Softmax", readElements: 3, writtenElements: 3 },
  ]);
  expect(network.absorbed).toEqual({ Concatenate: 1, relu: 1, swish: 1 });
});

test("a batch normalization is folded into the convolution before it", () => {
  const model = functionalModel(
    [2, 2, 1],
    [
      { className: "Conv2D", name: "c", inputs: ["x"], config: { use_bias: false } },
      {
        className: "BatchNormalization",
        name: "n",
        inputs: ["c"],
        config: { axis: [3], epsilon: 0.5, scale: true },
      },
    ],
    [
      weight("c/kernel", [1, 1, 1, 2]),
      { name: "n/gamma", shape: [2], values: [2, 4] },
      { name: "n/moving_variance", shape: [2], values: [0.5, 3.5] },
    ],
  );
  const network = decode(model, { x: [1, 2, 2, 1] });
  const [first, second] = weight("", [2]).values;
  expect([...network.layers[0].weights.values]).toEqual([first * 2, second * 2]);
  expect(network.foldedBatchNormalizations).toBe(1);
});

test("a sequential model chains its layers from the shape of its first", () => {
  const { shards, weightsManifest } = manifest([weight("d/kernel", [6, 2]), weight("d/bias", [2])]);
  const layers = [
    { class_name: "Flatten", config: { name: "f", batch_input_shape: [null, 2, 3] } },
    { class_name: "Dense", config: { name: "d", activation: "relu" } },
  ];
  for (const config of [layers, { name: "s", layers }]) {
    const model = { modelTopology: { model_config: { class_name: "Sequential", config } }, weightsManifest };
    const network = decode({ model, shards }, { f_input: [1, 2, 3] });
    expect(network.layers).toMatchObject([{ name: "d", filters: 2, channels: 6 }]);
  }
});
