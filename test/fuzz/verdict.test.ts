import { describe, expect, it } from "vitest";
import { DecodeError, NetworkError } from "../../core/errors.ts";
import { matrixProductLayer } from "../../core/workloads/build-layer.ts";
import type { Layer } from "../../core/workloads/layer.ts";
import { verdictOf } from "./verdict.ts";

const layer = (values: readonly number[], change: Partial<Layer> = {}): Layer => ({
  ...matrixProductLayer({
    name: "fc",
    kind: "linear",
    groups: 1,
    vectors: 1,
    biasParameters: 0,
    weights: {
      shape: [1, 1, 1, values.length],
      values: Float32Array.from(values),
      stored: "float32",
      origin: "trained",
    },
  }),
  ...change,
});

const problemOf = async (decode: () => unknown): Promise<string | undefined> =>
  (await verdictOf(async () => decode())).problem;

const network = (...layers: readonly Layer[]) => ({ name: "n", layers, movements: [{ readElements: 4 }] });

describe("the verdict on a decoder", () => {
  it("is good for counts, and for errors of ours that say where", async () => {
    expect(await problemOf(() => network(layer([1, 2])))).toBeUndefined();
    expect(await problemOf(() => undefined)).toBeUndefined();
    expect(await problemOf(() => ({ zeroShare: 0.5 }))).toBeUndefined();
    const error = new DecodeError("ONNX", "byte 3", "it ends");
    const refuse = () => {
      throw error;
    };
    expect(await verdictOf(async () => refuse())).toEqual({ error, problem: undefined });
    // Weights may be no numbers where whoever takes them refuses them.
    expect(await problemOf(() => network(layer([1, Number.NaN])))).toBeUndefined();
  });

  it.each<[string, () => unknown, RegExp]>([
    ["another error", () => JSON.parse("{"), /none of ours: SyntaxError/],
    [
      "something thrown that is no error",
      () => {
        throw "text";
      },
      /none of ours: text/,
    ],
    [
      "no place",
      () => {
        throw new NetworkError("", "it is wrong");
      },
      /without a place/,
    ],
    [
      "a count that is none",
      () => ({ movements: [{ readElements: -1 }] }),
      /movements\.0\.readElements is -1/,
    ],
    ["a share that is none", () => ({ zeroShare: 1.5 }), /zeroShare is 1\.5/],
    ["a part of a count", () => ({ filters: 0.5 }), /filters is 0\.5/],
    ["a rounded count", () => ({ shape: [2 ** 53] }), /shape\.0 is 9007199254740992/],
    [
      "a product beyond 2^53",
      () => network(layer([1], { outputHeight: 2 ** 50, outputWidth: 8 })),
      /macs is 9\.?007/,
    ],
    [
      "fewer weights than the shape says",
      () => network(layer([1], { channels: 2 })),
      /has 1 weights of shape/,
    ],
  ])("is bad for %s", async (_, decode, problem) => {
    expect(await problemOf(decode)).toMatch(problem);
  });
});
