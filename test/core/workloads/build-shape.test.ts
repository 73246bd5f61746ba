import { expect, test } from "vitest";
import { type LayerAxes, shapeOfAxes, singlePosition } from "../../../core/workloads/build-shape.ts";
import { macs, parameters } from "../../../core/workloads/layer.ts";

const refuse = (problem: string): never => {
  throw new Error(problem);
};
const vectors = (count: number) => ({ ...singlePosition, input: count, output: count });
const axes = (changes: Partial<LayerAxes> = {}): LayerAxes => ({
  name: "a",
  filters: 10,
  channels: 6,
  groups: 1,
  vertical: vectors(7),
  horizontal: singlePosition,
  weightsOfEachInput: false,
  ...changes,
});

test("a column of single positions is a linear layer on vectors", () => {
  const layer = shapeOfAxes(axes(), refuse);
  expect(layer).toMatchObject({ kind: "linear", outputHeight: 7, inputHeight: 7, kernelHeight: 1 });
  expect([macs(layer), parameters(layer)]).toEqual([7 * 10 * 6, 60]);
});

test("its weights may be activations: a matmul, without parameters", () => {
  const layer = shapeOfAxes(axes({ weightsOfEachInput: true, groups: 2 }), refuse);
  expect(layer).toMatchObject({ kind: "matmul", groups: 2 });
  expect([macs(layer), parameters(layer)]).toEqual([7 * 10 * 3, 0]);
});

const window = { input: 7, output: 5, kernel: 3, stride: 1, dilation: 1, before: 0 };

test.each([
  ["a kernel", { vertical: window }],
  ["a second axis", { horizontal: vectors(2) }],
  ["inputs that are passed over", { vertical: { ...vectors(3), input: 5, stride: 2 } }],
  ["a third axis", { depth: vectors(2) }],
])("%s makes it a convolution", (_, changes) => {
  expect(shapeOfAxes(axes(changes), refuse)).toMatchObject({
    kind: "convolution",
    ...("depth" in changes ? changes : {}),
  });
});

test("a convolution of activations, and sizes beyond exact integers, are refused", () => {
  expect(() => shapeOfAxes(axes({ vertical: window, weightsOfEachInput: true }), refuse)).toThrow(
    "is a convolution with weights that belong to one input; expected trained weights",
  );
  const large = 2 ** 18;
  expect(() =>
    shapeOfAxes(axes({ filters: large, channels: large, vertical: vectors(large) }), refuse),
  ).toThrow(
    "has 18014398509481984 multiply–accumulates and 68719476736 inputs; expected less than 2^53 of each",
  );
  const wide = { input: 2 ** 30, output: 1, kernel: 1, stride: 1, dilation: 1, before: 0 };
  expect(() => shapeOfAxes(axes({ vertical: wide, horizontal: wide }), refuse)).toThrow(
    "inputs; expected less",
  );
});
