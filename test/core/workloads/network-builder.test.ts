import { expect, test } from "vitest";
import { matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import type { Layer } from "../../../core/workloads/layer.ts";
import { createNetworkBuilder } from "../../../core/workloads/network-builder.ts";

const linear = (name: string, filters: number, channels: number) =>
  matrixProductLayer({
    name,
    kind: "linear",
    groups: 1,
    vectors: 1,
    biasParameters: 0,
    weights: {
      shape: [filters, 1, 1, channels],
      values: new Float32Array(filters * channels).fill(0.5),
      stored: "float32",
      origin: "trained",
    },
  });

const started = () => {
  const builder = createNetworkBuilder("example");
  const layer = builder.layers([linear("fc", 6, 4)], [1, 6], 1);
  const scalar = builder.constant({ shape: [], values: Float32Array.of(2), elementType: "float32" });
  const finish = () => builder.finish("a test", {});
  return { builder, layer, scalar, finish };
};

test("element-wise operations on one root are fused: x · sigmoid(x), scaling, and the same through a reshape", () => {
  const { builder, layer, scalar, finish } = started();
  const gate = builder.elementWise("s", "Sigmoid", [layer], [1, 6]);
  const swish = builder.elementWise("m", "Mul", [layer, gate], [1, 6]);
  const flat = builder.sameOrder("r", "Reshape", swish, [6]);
  builder.elementWise("k", "Mul", [flat, scalar], [6]);
  expect(finish().movements).toEqual([]);
  expect(finish().absorbed).toEqual({ Mul: 2, Reshape: 1, Sigmoid: 1 });
});

test("two roots make a movement that reads both and is a root itself", () => {
  const { builder, layer, finish } = started();
  const other = builder.root("x", [1, 6]);
  const sum = builder.elementWise("residual", "Add", [layer, other], [1, 6]);
  builder.elementWise("after", "Relu", [sum], [1, 6]);
  builder.elementWise("again", "Add", [sum, layer], [1, 6]);
  expect(finish().movements).toEqual([
    { name: "residual", operation: "Add", readElements: 12, writtenElements: 6 },
    { name: "again", operation: "Add", readElements: 12, writtenElements: 6 },
  ]);
  expect(finish().absorbed).toEqual({ Relu: 1 });
});

test("a rearrangement is free, but its elements no longer stand where the root's do", () => {
  const { builder, layer, finish } = started();
  const turned = builder.rearranged("t", "Transpose", [6, 1]);
  builder.elementWise("outer", "Mul", [layer, turned], [6, 6]);
  expect(finish().movements).toEqual([
    { name: "outer", operation: "Mul", readElements: 12, writtenElements: 36 },
  ]);
});

test("an element-wise result that is larger than its root is a movement", () => {
  const { builder, layer, finish } = started();
  const grid = builder.constant({ shape: [3, 6], values: new Float32Array(18), elementType: "float32" });
  builder.elementWise("grow", "Add", [layer, grid], [3, 6]);
  expect(finish().movements).toEqual([
    { name: "grow", operation: "Add", readElements: 6, writtenElements: 18 },
  ]);
});

test("an operand that is read twice is read once", () => {
  const { builder, layer, finish } = started();
  builder.movement("pool", "Pool", [layer, layer, undefined], [1, 2]);
  expect(finish().movements[0].readElements).toBe(6);
});

test("a layer whose sizes are no counts below 2^53, or follow to none, is refused by name", () => {
  const { builder } = started();
  const add = (change: Partial<Layer>) => () =>
    builder.layers([{ ...linear("fc", 2, 2), ...change }], [1, 2], 1);
  expect(add({ paddingTop: 2 ** 53 })).toThrow(
    "layer fc: paddingTop is 9007199254740992; expected a whole number",
  );
  expect(add({ strideWidth: 0.5 })).toThrow("layer fc: strideWidth is 0.5;");
  expect(add({ outputHeight: 2 ** 51 })).toThrow("layer fc: macs is 9007199254740992;");
  expect(add({ inputHeight: 2 ** 52 })).toThrow("layer fc: inputs is 9007199254740992;");
  const depth = { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, before: -1 };
  expect(add({ depth })).toThrow("layer fc: before is -1;");
});

test("names of layers and movements that repeat are told apart", () => {
  const { builder, finish } = started();
  builder.layers([linear("fc", 2, 2)], [1, 2], 1);
  expect(finish().layers.map(({ name }) => name)).toEqual(["fc", "fc#2"]);
});

test("a batch normalization is folded filter by filter in float64, if nothing else reads its input", () => {
  const normalization = { scale: [1, 2, 3, 4, 5, 6], variance: [4, 4, 4, 4, 4, 0.1], epsilon: 0.5 };
  const { builder, layer, finish } = started();
  builder.normalization("BatchNormalization", layer, 1, true, normalization);
  const [folded] = finish().layers;
  const expected = Array.from({ length: 24 }, (_, index) => {
    const m = Math.floor(index / 4);
    return Math.fround((0.5 * normalization.scale[m]) / Math.sqrt(normalization.variance[m] + 0.5));
  });
  expect([...folded.weights.values]).toEqual(expected);
  expect(folded.biasParameters).toBe(6);
  expect(finish().foldedBatchNormalizations).toBe(1);
  expect(finish().absorbed).toEqual({ BatchNormalization: 1 });
});

test.each([
  ["another reader", 1, false],
  ["another axis", 0, true],
])("a batch normalization with %s stays element-wise", (_, axis, soleUse) => {
  const { builder, layer, finish } = started();
  const normalization = { scale: new Float32Array(6), variance: new Float32Array(6), epsilon: 1 };
  builder.normalization("BatchNormalization", layer, axis, soleUse, normalization);
  expect(finish().foldedBatchNormalizations).toBe(0);
  expect(finish().layers[0].weights.values.every((value) => value === 0.5)).toBe(true);
});

test("a tensor without elements, or with more than 2^53, is refused", () => {
  const { builder } = started();
  expect(() => builder.root("x", [1, 0])).toThrow(
    "network example: the output of x would have the shape [1, 0]",
  );
  expect(() => builder.root("x", [2 ** 30, 2 ** 30])).toThrow(/2\^53/);
});
