import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { macs, positions, reductionLength } from "../../../core/workloads/layer.ts";
import { type InputIndex, type LoopNest, layerOfLoopNest } from "../../../core/workloads/loop-nest.ts";

const refuse = (problem: string, dimension?: string): never => {
  throw new Error(`${dimension ?? "the nest"} ${problem}`);
};

const sum = (text: string): InputIndex => ({
  terms: text.split("+").map((term) => {
    const [coefficient, dimension] = term.includes("*") ? term.split("*") : ["1", term];
    return { dimension, coefficient: Number(coefficient) };
  }),
});

/** A nest from words: `C M R S G` for the weights, `N 2*P+R` for the inputs, `N M P` for the outputs. */
const nest = (
  sizes: Readonly<Record<string, number>>,
  [weights, inputs, outputs]: readonly [string, string, string],
  changes: Partial<LoopNest> = {},
): LoopNest => ({
  name: "a",
  sizes: new Map(Object.entries(sizes)),
  weights: weights.split(" "),
  inputs: inputs.split(" ").map(sum),
  outputs: outputs.split(" "),
  batch: "N",
  ...changes,
});

const layerOf = (...described: Parameters<typeof nest>) => layerOfLoopNest(nest(...described), refuse);

const grouped = ["C M R S G", "N C 2*P+3*R Q+S G", "N M P Q G"] as const;

describe("the layer of a loop nest", () => {
  it("takes a dimension for what it indexes, not for its name", () => {
    const sizes = { N: 1, C: 3, M: 4, R: 5, S: 2, P: 6, Q: 7, G: 8 };
    const expected = {
      kind: "convolution",
      filters: 32,
      channels: 24,
      groups: 8,
      outputHeight: 6,
      outputWidth: 7,
      kernelHeight: 5,
      kernelWidth: 2,
      strideHeight: 2,
      strideWidth: 1,
      dilationHeight: 3,
      dilationWidth: 1,
      inputHeight: 2 * 5 + 3 * 4 + 1,
      inputWidth: 8,
      paddingTop: 0,
    };
    expect(layerOf(sizes, grouped)).toMatchObject(expected);
    const renamed = { n: 1, a: 3, b: 4, c: 5, d: 2, e: 6, f: 7, g: 8 };
    const words = ["a b c d g", "n a 2*e+3*c f+d g", "n b e f g"] as const;
    expect(layerOf(renamed, words, { batch: "n" })).toMatchObject(expected);
  });

  it("keeps its multiply–accumulates whatever the roles", () => {
    const size = fc.integer({ min: 1, max: 5 });
    const sizes = fc.record({
      C: size,
      K: size,
      M: size,
      R: size,
      S: size,
      P: size,
      Q: size,
      G: size,
      H: size,
    });
    fc.assert(
      fc.property(sizes, (given) => {
        // Two groups, and two channels.
        const layer = layerOf(given, ["C K M R S G H", "G C K P+2*R 3*Q+S H", "M P Q G H"]);
        expect(macs(layer)).toBe(Object.values(given).reduce((total, next) => total * next, 1));
        expect(positions(layer)).toBe(given.P * given.Q);
        expect(reductionLength(layer)).toBe(given.C * given.K * given.R * given.S);
        expect(layer.groups).toBe(given.G * given.H);
      }),
    );
  });

  it("is depthwise where the channels index the outputs", () => {
    expect(layerOf({ C: 8, R: 3, P: 4 }, ["C R", "C P+R", "C P"])).toMatchObject({
      filters: 8,
      channels: 8,
      groups: 8,
      kernelHeight: 3,
      kernelWidth: 1,
      outputWidth: 1,
    });
  });

  it("is linear without a window, and a matmul if the batch or another layer gives the weights", () => {
    const sizes = { N: 1, M: 5, C: 6, T: 7 };
    const linear = { kind: "linear", filters: 5, channels: 6, outputHeight: 7, outputWidth: 1 };
    expect(layerOf(sizes, ["M C", "N T C", "N T M"])).toMatchObject(linear);
    expect(layerOf(sizes, ["N M C", "N T C", "N T M"])).toMatchObject({ ...linear, kind: "matmul" });
    const given = { weightsAreActivations: true };
    expect(layerOf(sizes, ["M C", "N T C", "N T M"], given)).toMatchObject({ ...linear, kind: "matmul" });
  });

  it("has the third axis in front", () => {
    const sizes = { C: 2, M: 3, T: 2, R: 3, S: 1, D: 4, P: 5, Q: 6 };
    const layer = layerOf(sizes, ["C M T R S", "C 2*D+T P+R Q+S", "M D P Q"]);
    expect(layer).toMatchObject({ outputHeight: 5, outputWidth: 6, kernelHeight: 3 });
    expect(layer.depth).toEqual({ input: 8, output: 4, kernel: 2, stride: 2, dilation: 1, before: 0 });
    expect(macs(layer)).toBe(2 * 3 * 2 * 3 * 4 * 5 * 6);
  });

  it("takes what is stored of an axis from the file", () => {
    const inputs = [{ ...sum("P+R"), stored: { input: 4, before: 1 } }, sum("C")];
    expect(layerOf({ C: 2, M: 3, R: 3, P: 4 }, ["C M R", "C", "M P"], { inputs })).toMatchObject({
      inputHeight: 4,
      paddingTop: 1,
      outputHeight: 4,
    });
  });

  it("lets dimensions of size 1 index what they like", () => {
    const words = ["C M Y", "C P X", "M P Z"] as const;
    expect(layerOf({ C: 2, M: 3, P: 4, X: 1, Y: 1, Z: 1, U: 1 }, words)).toMatchObject({ kind: "linear" });
  });

  it.each<[string, Parameters<typeof nest>, string]>([
    ["a batch", [{ N: 4, C: 2, M: 3, R: 1, S: 1, P: 1, Q: 1, G: 1 }, grouped], "N is the batch (4)"],
    ["a batch of both operands", [{ N: 4, C: 2, M: 3 }, ["N C M", "N C", "N M"]], "N is the batch (4)"],
    [
      "a dimension of one operand",
      [{ C: 2, M: 3, L: 5 }, ["C M L", "C", "M"]],
      "L (5) is an index of at most one operand",
    ],
    [
      "a dimension of none",
      [{ C: 2, M: 3, L: 5 }, ["C M", "C", "M"]],
      "L (5) is an index of at most one operand",
    ],
    [
      "two positions in a sum",
      [{ M: 3, P: 2, Q: 2, C: 1 }, ["C M", "C P+Q", "M P Q"]],
      "P indexes the inputs by 1·P + 1·Q; expected a position and at most one dimension of the kernel",
    ],
    [
      "a sum without a position",
      [{ C: 2, K: 2, M: 3 }, ["C K M", "C+K", "M"]],
      "C indexes the inputs by 1·C + 1·K; expected a position in it",
    ],
    ["channels with a stride", [{ C: 2, M: 3 }, ["C M", "2*C", "M"]], "C indexes the inputs by 2·C"],
    ["an index that repeats", [{ C: 2, M: 3, P: 2 }, ["C M", "C P P", "M P"]], "P indexes the inputs twice"],
    [
      "four axes",
      [{ A: 2, B: 2, C: 2, D: 2, M: 2 }, ["M", "A B C D", "A B C D M"]],
      "the nest has 4 spatial axes",
    ],
  ])("refuses %s", (_, described, message) => {
    expect(() => layerOf(...described)).toThrow(message);
  });

  it("takes a dimension called as the batch is for filters where it indexes those", () => {
    expect(layerOf({ M: 4, N: 8, K: 6 }, ["N K", "M K", "M N"])).toMatchObject({
      kind: "linear",
      filters: 8,
      channels: 6,
      outputHeight: 4,
    });
  });
});
