import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import { macs, parameters } from "../../../../core/workloads/layer.ts";
import type { Network } from "../../../../core/workloads/network.ts";
import { decodeGraph, networkOf, weights } from "../../../fixtures/decode-graph.ts";
import { writeOnnx } from "../../../fixtures/onnx-writer.ts";
import { at, planes, runLayer } from "../../../fixtures/run-layer.ts";

const geometry = fc.record({
  groups: fc.integer({ min: 1, max: 3 }),
  filtersPerGroup: fc.integer({ min: 1, max: 3 }),
  channelsPerGroup: fc.integer({ min: 1, max: 3 }),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
  input: fc.tuple(fc.integer({ min: 5, max: 8 }), fc.integer({ min: 5, max: 8 })),
});

test("a canonical layer computes what the stored convolution does, for groups, strides, dilation and uneven padding", () => {
  fc.assert(
    fc.property(geometry, (g) => {
      const channels = g.groups * g.channelsPerGroup;
      const filters = g.groups * g.filtersPerGroup;
      const [kh, kw] = g.kernel;
      const w = weights("w", [filters, g.channelsPerGroup, kh, kw]);
      const network = networkOf(
        [1, channels, ...g.input],
        {
          operator: "Conv",
          inputs: ["x", "w"],
          attributes: {
            group: g.groups,
            strides: g.strides,
            dilations: g.dilations,
            pads: g.pads,
            kernel_shape: g.kernel,
          },
        },
        [w],
      );
      const [layer] = network.layers;
      const input = planes(channels, g.input[0], g.input[1], 5);
      const output = runLayer(layer, input, g.pads[0], g.pads[1]);
      expect(layer.paddingTop).toBe(g.pads[0]);
      expect(macs(layer)).toBe(output.flat(2).length * g.channelsPerGroup * kh * kw);

      for (let m = 0; m < filters; m++) {
        const first = Math.floor(m / g.filtersPerGroup) * g.channelsPerGroup;
        const rows =
          Math.floor((g.input[0] + g.pads[0] + g.pads[2] - g.dilations[0] * (kh - 1) - 1) / g.strides[0]) + 1;
        expect(output[m]).toHaveLength(rows);
        for (const [p, row] of output[m].entries()) {
          for (const [q, value] of row.entries()) {
            let sum = 0;
            for (let c = 0; c < g.channelsPerGroup; c++)
              for (let r = 0; r < kh; r++)
                for (let s = 0; s < kw; s++)
                  sum +=
                    w.values[((m * g.channelsPerGroup + c) * kh + r) * kw + s] *
                    at(
                      input[first + c],
                      p * g.strides[0] + r * g.dilations[0] - g.pads[0],
                      q * g.strides[1] + s * g.dilations[1] - g.pads[1],
                    );
            expect(value).toBe(sum);
          }
        }
      }
    }),
    { numRuns: 50 },
  );
});

test("a convolution of one dimension has height 1", () => {
  const node = { operator: "Conv", inputs: ["x", "w", "b"], attributes: { strides: [2], pads: [1, 1] } };
  const [layer] = networkOf([1, 4, 10], node, [weights("w", [6, 4, 3]), weights("b", [6])]).layers;
  expect(layer).toMatchObject({
    outputHeight: 1,
    outputWidth: 5,
    kernelHeight: 1,
    kernelWidth: 3,
    strideWidth: 2,
    paddingTop: 0,
  });
  expect(layer.weights.shape).toEqual([6, 1, 3, 4]);
  // Stored [m][c][s], canonical [m][s][c].
  expect(layer.weights.values[1]).toBe(weights("w", [6, 4, 3]).values[3]);
  expect(parameters(layer)).toBe(6 * 4 * 3 + 6);
});

test.each([
  ["SAME_UPPER", [4, 4], 0],
  ["SAME_LOWER", [4, 4], 1],
  ["VALID", [3, 3], 0],
])("automatic padding %s", (mode, output, top) => {
  const node = { operator: "Conv", inputs: ["x", "w"], attributes: { auto_pad: mode, strides: [2, 2] } };
  const [layer] = networkOf([1, 1, 8, 8], node, [weights("w", [1, 1, 3, 3])]).layers;
  expect([layer.outputHeight, layer.outputWidth]).toEqual(output);
  expect(layer.paddingTop).toBe(top);
});

test("a transposed convolution becomes its phases, with sizes by ONNX's rule", () => {
  const node = {
    operator: "ConvTranspose",
    inputs: ["x", "w"],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
  };
  const network = networkOf([1, 4, 5, 6], node, [weights("w", [4, 3, 3, 3])]);
  expect(network.layers.map((layer) => [layer.outputHeight, layer.outputWidth])).toEqual(
    new Array(4).fill([5, 6]),
  );
  // 10 × 12 outputs; on each axis half of them have two taps and half have one.
  expect(network.layers.reduce((sum, layer) => sum + macs(layer), 0)).toBe((5 + 10) * (6 + 12) * 4 * 3);
  // Stored [c][m][r][s]; the single tap of phase 0-0 is the middle one.
  const [first] = network.layers;
  const stored = weights("w", [4, 3, 3, 3]).values;
  expect([...first.weights.values]).toEqual(
    [0, 1, 2].flatMap((m) => [0, 1, 2, 3].map((c) => stored[(c * 3 + m) * 9 + 4])),
  );
});

const linearOf = (network: Network) => {
  const [layer] = network.layers;
  return {
    kind: layer.kind,
    filters: layer.filters,
    groups: layer.groups,
    vectors: layer.outputHeight,
    weights: [...layer.weights.values],
  };
};

const w34 = weights("w", [3, 4]);
const transposed = [0, 1, 2, 3].flatMap((m) => [0, 1, 2].map((c) => w34.values[c * 4 + m]));

test("a product with a constant on the right has a filter a column, on the left a filter a row", () => {
  const right = networkOf([1, 5, 3], { operator: "MatMul", inputs: ["x", "w"] }, [w34]);
  expect(linearOf(right)).toEqual({ kind: "linear", filters: 4, groups: 1, vectors: 5, weights: transposed });
  const left = networkOf([1, 4, 6], { operator: "MatMul", inputs: ["w", "x"] }, [w34]);
  expect(linearOf(left)).toEqual({ kind: "linear", filters: 3, groups: 1, vectors: 6, weights: w34.values });
});

test("a constant with a matrix for each of the batch has a group for each", () => {
  const w = weights("w", [2, 3, 4]);
  const network = networkOf([1, 2, 5, 3], { operator: "MatMul", inputs: ["x", "w"] }, [w]);
  const [layer] = network.layers;
  expect(layer).toMatchObject({ kind: "linear", groups: 2, filters: 8, channels: 6, outputHeight: 5 });
  const expected = [0, 1].flatMap((g) =>
    [0, 1, 2, 3].flatMap((m) => [0, 1, 2].map((c) => w.values[(g * 3 + c) * 4 + m])),
  );
  expect([...layer.weights.values]).toEqual(expected);
});

test.each([
  [0, 0, [1, 3], [3, 4]],
  [0, 1, [1, 3], [4, 3]],
  [1, 1, [3, 1], [4, 3]],
])("Gemm with transA %i and transB %i", (transA, transB, shape, matrix) => {
  const w = weights("w", matrix);
  const node = { operator: "Gemm", inputs: ["x", "w", "b"], attributes: { transA, transB } };
  // A batch in front would be 3 with transA; the node is fed by a reshape instead.
  const network = decodeGraph({
    inputs: { x: [1, 3] },
    outputs: ["y"],
    tensors: [w, weights("b", [4]), { name: "s", type: "int64", shape: [2], values: shape }],
    nodes: [
      { operator: "Reshape", inputs: ["x", "s"], outputs: ["z"] },
      { ...node, inputs: ["z", "w", "b"], outputs: ["y"] },
    ],
  });
  const expected = transB === 1 ? w.values : transposed;
  expect(linearOf(network)).toEqual({ kind: "linear", filters: 4, groups: 1, vectors: 1, weights: expected });
  expect(parameters(network.layers[0])).toBe(12 + 4);
});

const attention = (a: readonly number[], b: readonly number[]) =>
  decodeGraph({
    inputs: { a, b },
    outputs: ["y"],
    nodes: [{ operator: "MatMul", name: "qk", inputs: ["a", "b"], outputs: ["y"] }],
  }).layers[0];

test("of two activations the one that is reused more takes the weight side, in a tie the second", () => {
  // 7 rows and 5 columns: the second operand is read 7 times.
  expect(attention([1, 8, 7, 3], [1, 8, 3, 5])).toMatchObject({
    kind: "matmul",
    groups: 8,
    filters: 8 * 5,
    channels: 8 * 3,
    outputHeight: 7,
  });
  expect(attention([1, 8, 5, 3], [1, 8, 3, 7])).toMatchObject({ filters: 8 * 5, outputHeight: 7 });
  expect(attention([1, 8, 5, 3], [1, 8, 3, 5])).toMatchObject({ filters: 8 * 5, outputHeight: 5 });
  // One second matrix for 8 first ones: it is reused 8 times as often, and is one group.
  expect(attention([1, 8, 4, 3], [1, 1, 3, 5])).toMatchObject({ groups: 1, filters: 5, outputHeight: 32 });
  // Both are read 32 times.
  expect(attention([1, 8, 4, 3], [1, 1, 3, 32])).toMatchObject({ groups: 1, filters: 32, outputHeight: 32 });
  const layer = attention([1, 8, 7, 3], [1, 8, 3, 5]);
  expect(layer.weights.origin).toBe("activation");
  expect(layer.weights.shape).toEqual([40, 1, 1, 3]);
  expect([macs(layer), parameters(layer)]).toEqual([8 * 7 * 3 * 5, 0]);
});

const convolutionAndNormalization = (extraOutput: boolean) =>
  decodeGraph({
    inputs: { x: [1, 2, 4, 4] },
    outputs: extraOutput ? ["y", "c"] : ["y"],
    tensors: [
      weights("w", [2, 2, 1, 1]),
      { name: "scale", type: "float32", shape: [2], values: [2, 3] },
      { name: "shift", type: "float32", shape: [2], values: [1, 1] },
      { name: "mean", type: "float32", shape: [2], values: [5, 5] },
      { name: "variance", type: "float32", shape: [2], values: [0.25, 4] },
    ],
    nodes: [
      { operator: "Conv", name: "conv", inputs: ["x", "w"], outputs: ["c"] },
      {
        operator: "BatchNormalization",
        inputs: ["c", "scale", "shift", "mean", "variance"],
        outputs: ["y"],
        attributes: { epsilon: { float: 0.5 } },
      },
    ],
  });

test("a batch normalization is folded where nothing else reads the convolution", () => {
  const stored = weights("w", [2, 2, 1, 1]).values;
  const factors = [2 / Math.sqrt(0.75), 3 / Math.sqrt(4.5)];
  const folded = convolutionAndNormalization(false);
  expect(folded.foldedBatchNormalizations).toBe(1);
  expect([...folded.layers[0].weights.values]).toEqual(
    stored.map((value, index) => Math.fround(value * factors[index >> 1])),
  );
  expect(folded.layers[0].biasParameters).toBe(2);
  const kept = convolutionAndNormalization(true);
  expect(kept.foldedBatchNormalizations).toBe(0);
  expect([...kept.layers[0].weights.values]).toEqual(stored);
});

test("a head that is applied twice is trained once, one without its biases is another", () => {
  const heads = (biases: readonly string[]) =>
    decodeGraph({
      inputs: { x: [1, 2, 4, 4], y: [1, 2, 8, 8] },
      outputs: ["p", "q"],
      tensors: [weights("w", [3, 2, 1, 1]), weights("b", [3])],
      nodes: [
        { operator: "Conv", name: "head", inputs: ["x", "w", "b"], outputs: ["p"] },
        { operator: "Conv", name: "head", inputs: ["y", "w", ...biases], outputs: ["q"] },
      ],
    });
  expect(heads(["b"]).sharedWeights).toEqual({ "head#2": "head" });
  expect(heads([]).sharedWeights).toBeUndefined();
});

test("weights keep the precision they were stored in through a cast", () => {
  const bytes = writeOnnx({
    inputs: { x: [1, 2] },
    outputs: ["y"],
    tensors: [{ name: "half", type: "float16", shape: [2, 1], values: [0.5, 1.5] }],
    nodes: [
      { operator: "Cast", inputs: ["half"], outputs: ["w"], attributes: { to: 1 } },
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ],
  });
  const [layer] = decodeOnnx(bytes, { name: "example", source: "a test", inputs: {} }).layers;
  expect(layer.weights).toMatchObject({ stored: "float16", values: Float32Array.of(0.5, 1.5) });
});

test("layers that cannot be are errors that name node and operator", () => {
  const conv =
    (shape: number[], w: number[], attributes = {}) =>
    () =>
      networkOf(shape, { operator: "Conv", inputs: ["x", "w"], attributes }, [weights("w", w)]);
  expect(conv([1, 3, 8, 8], [4, 2, 3, 3])).toThrow(
    "network example: node node (Conv): weights of [4, 2, 3, 3] in 1 groups",
  );
  expect(conv([1, 3, 2, 2], [4, 3, 3, 3])).toThrow("a kernel of [3, 3] does not fit an input of [2, 2]");
  expect(conv([1, 3, 2, 2, 8, 8], [4, 3, 1, 1, 3, 3])).toThrow("one to three dimensions are supported");
  expect(conv([1, 3, 8, 8], [4, 3, 3, 3], { strides: [0, 1] })).toThrow(
    "strides [0, 1]: expected 2 integers of at least 1",
  );
  expect(conv([1, 3, 8, 8], [4, 3, 3, 3], { group: 3 })).toThrow("3 groups of 4 filters");
  expect(conv([1, 3, 8, 8], [4, 3, 3, 3], { kernel_shape: [3, 2] })).toThrow(
    "a kernel of [3, 2] with weights of [4, 3, 3, 3]",
  );
  const two = (a: number[], b: number[]) => () => attention(a, b);
  expect(two([1, 2, 3], [1, 4, 5])).toThrow(
    "node qk (MatMul): shapes [1, 2, 3] and [1, 4, 5] cannot be multiplied",
  );
  expect(two([1, 2 ** 25, 3], [1, 3, 2 ** 25])).toThrow("would be drawn");
  const whole = { name: "w", type: "int32" as const, shape: [3, 1], values: [1, 2, 3] };
  expect(() => networkOf([1, 3], { operator: "MatMul", inputs: ["x", "w"] }, [whole])).toThrow(
    "weights are stored as int32",
  );
});
