import fc from "fast-check";
import { expect, test } from "vitest";
import { type Layer, macs } from "../../../../core/workloads/layer.ts";
import { decodeGraph, integers, weights } from "../../../fixtures/decode-graph.ts";
import type { WrittenTensor } from "../../../fixtures/onnx-writer.ts";

const sizes: Readonly<Record<string, number>> = { b: 1, h: 2, i: 3, j: 4, d: 5, e: 2 };
const shapeOf = (labels: string): number[] => [...labels].map((label) => sizes[label]);
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Every assignment of indices to labels. */
const assignments = (labels: readonly string[]): Record<string, number>[] =>
  labels.reduce<Record<string, number>[]>(
    (all, label) =>
      all.flatMap((before) =>
        Array.from({ length: sizes[label] }, (_, index) => ({ ...before, [label]: index })),
      ),
    [{}],
  );

const at = (tensor: WrittenTensor, labels: string, indices: Record<string, number>): number =>
  tensor.values[[...labels].reduce((place, label) => place * sizes[label] + indices[label], 0)];

/** The sum that the equation says, by its definition. */
const einsum = (
  a: WrittenTensor,
  b: WrittenTensor,
  first: string,
  second: string,
  result: string,
): number[] => {
  const summed = [...new Set(first + second)].filter((label) => !result.includes(label));
  return assignments([...result]).map((outer) =>
    assignments(summed).reduce(
      (sum, inner) => sum + at(a, first, { ...outer, ...inner }) * at(b, second, { ...outer, ...inner }),
      0,
    ),
  );
};

/** Any two terms over the labels; of the labels that both have some are summed, all others are in the result. */
const equations = fc
  .tuple(
    fc.shuffledSubarray(["b", "h", "i", "j", "d", "e"], { minLength: 1 }),
    fc.shuffledSubarray(["b", "h", "i", "j", "d", "e"], { minLength: 1 }),
    fc.shuffledSubarray(["b", "h", "i", "j", "d", "e"], { minLength: 6 }),
    fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  )
  .map(([first, second, order, keep]) => {
    const result = order.filter((label, index) => {
      const inBoth = first.includes(label) && second.includes(label);
      return inBoth ? keep[index] : first.includes(label) || second.includes(label);
    });
    return { first: first.join(""), second: second.join(""), result: result.join("") };
  })
  .filter(({ first, second, result }) => [...(first + second)].some((label) => !result.includes(label)));

test("Einsum of two constants is the sum that its equation says", () => {
  fc.assert(
    fc.property(equations, ({ first, second, result }) => {
      const [a, b] = [weights("a", shapeOf(first)), weights("b", shapeOf(second))];
      const { layers } = decodeGraph({
        inputs: { x: [1, 1] },
        outputs: ["y"],
        tensors: [a, b, integers("row", [1, -1])],
        nodes: [
          {
            operator: "Einsum",
            inputs: ["a", "b"],
            outputs: ["c"],
            attributes: { equation: `${first},${second}->${result}` },
          },
          { operator: "Reshape", inputs: ["c", "row"], outputs: ["w"] },
          { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
        ],
      });
      expect([...layers[0].weights.values]).toEqual(einsum(a, b, first, second, result));
    }),
    { numRuns: 60 },
  );
});

/** Einsum of activations of these shapes and of constants, operands in the order of their names. */
const layerOf = (
  inputs: Record<string, readonly number[]>,
  equation: string,
  tensors: WrittenTensor[] = [],
) => {
  const names = Object.keys(inputs);
  return decodeGraph({
    // A graph input has a batch of 1 in front.
    inputs: Object.fromEntries(names.map((name) => [`${name}0`, [1, count(inputs[name])]])),
    outputs: ["y"],
    tensors: [...tensors, ...names.map((name) => integers(`${name}1`, inputs[name]))],
    nodes: [
      ...names.map((name) => ({ operator: "Reshape", inputs: [`${name}0`, `${name}1`], outputs: [name] })),
      {
        operator: "Einsum",
        name: "e",
        inputs: [...names, ...tensors.map(({ name }) => name)].sort(),
        outputs: ["y"],
        attributes: { equation },
      },
    ],
  });
};

/** The results of a layer of one group for input vectors, all of them, sorted. */
const results = (layer: Layer, vectors: readonly (readonly number[])[]): number[] =>
  vectors
    .flatMap((vector) =>
      Array.from({ length: layer.filters }, (_, m) =>
        vector.reduce((sum, x, c) => sum + x * layer.weights.values[m * layer.channels + c], 0),
      ),
    )
    .sort((p, q) => p - q);

test("Einsum with a constant is a linear layer that computes it, on whichever side the constant stands", () => {
  const a = weights("a", shapeOf("bijd"));
  for (const [labels, result] of [
    ["dhe", "bijhe"],
    ["hed", "hbiej"],
  ] as const) {
    const w = weights("w", shapeOf(labels));
    const vectors = assignments(["b", "i", "j"]).map((outer) =>
      Array.from({ length: sizes.d }, (_, d) => at(a, "bijd", { ...outer, d })),
    );
    const expected = einsum(a, w, "bijd", labels, result).sort((p, q) => p - q);
    const [second] = layerOf({ a: shapeOf("bijd") }, `bijd,${labels}->${result}`, [w]).layers;
    expect(second).toMatchObject({ kind: "linear", groups: 1, filters: 4, channels: 5, outputHeight: 12 });
    expect(results(second, vectors)).toEqual(expected);
    const [first] = layerOf({ x: shapeOf("bijd") }, `${labels},bijd->${result}`, [w]).layers;
    expect([...first.weights.values]).toEqual([...second.weights.values]);
  }
});

test("the two products of attention are matmuls with a group for each head", () => {
  const q = [1, 7, 8, 16];
  const scores = layerOf({ a: q, b: [1, 9, 8, 16] }, "bqhd,bkhd->bhqk").layers[0];
  expect(scores).toMatchObject({ kind: "matmul", groups: 8, channels: 8 * 16 });
  expect(macs(scores)).toBe(8 * 7 * 9 * 16);
  const context = layerOf({ a: [1, 8, 7, 9], b: [1, 9, 8, 16] }, "bhqk,bkhd->bqhd").layers[0];
  expect(context).toMatchObject({ kind: "matmul", groups: 8, channels: 8 * 9 });
  expect(macs(context)).toBe(8 * 7 * 9 * 16);
  const any = layerOf({ a: [1, 8, 7, 16], b: [1, 8, 9, 16] }, "...id,...jd->...ij").layers[0];
  expect([any.groups, macs(any)]).toEqual([8, macs(scores)]);
  // Ellipses of different lengths have their last axes in common.
  const uneven = layerOf({ a: [2, 8, 7, 16], b: [8, 9, 16] }, "...id,...jd->...ij").layers[0];
  expect(uneven).toMatchObject({ groups: 8, channels: 8 * 16 });
  expect(macs(uneven)).toBe(2 * macs(scores));
  // Without an arrow the letters that stand once are the result.
  expect(macs(layerOf({ a: [1, 7], b: [7, 3] }, "ab,bc").layers[0])).toBe(21);
});

test("Einsum that only transposes is free, without a sum it is a movement", () => {
  expect(layerOf({ a: [1, 2, 3] }, "ijk->kji").absorbed).toEqual({ Einsum: 1, Reshape: 1 });
  expect(layerOf({ a: [1, 2], b: [1, 3] }, "bi,bj->bij").movements).toEqual([
    { name: "e", operation: "Einsum", readElements: 5, writtenElements: 6 },
  ]);
});

test.each([
  ["ii,ij->ij", 'equation "ii,ij->ij" is no product of two operands'],
  ["ij,jk,kl->il", "it has 3 terms for 2 operands"],
  ["ij,kl->il", 'equation "ij,kl->il" sums j of one operand alone'],
  ["ij,jk->iz", "z is in no operand"],
  ["ijk,jk->i", 'its term "ijk" does not fit an operand of 2 axes'],
  ["i_,jk->i", "expected letters, commas and an arrow"],
  ["ij,kj->ik", 'equation "ij,kj->ik": sizes 3 and 4 of j differ'],
])("the equation %s is refused", (equation, problem) => {
  const decode = () => layerOf({ a: [1, 3], b: [3, 4] }, equation);
  expect(decode).toThrow("node e (Einsum): equation");
  expect(decode).toThrow(problem);
});

test("axes that only one operand of MatMul has are rows or columns of one matrix", () => {
  const product = (x: readonly number[], w: readonly number[]) =>
    decodeGraph({
      inputs: { x },
      outputs: ["y"],
      tensors: [weights("w", w)],
      nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    }).layers[0];
  // Every one of 8 first matrices meets every one of 4 second ones.
  const crossed = product([1, 8, 1, 7, 3], [4, 3, 5]);
  expect(crossed).toMatchObject({ groups: 1, filters: 20, channels: 3, outputHeight: 56 });
  expect(macs(crossed)).toBe(8 * 4 * 7 * 3 * 5);
  const paired = product([1, 2, 4, 7, 3], [4, 3, 5]);
  expect(paired).toMatchObject({ groups: 4, filters: 20, channels: 12, outputHeight: 14 });
  expect(product([1, 3], [3])).toMatchObject({ filters: 1, channels: 3, outputHeight: 1 });
  expect(count(paired.weights.shape)).toBe(4 * 3 * 5);
});
