import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import {
  decodeTimeloop,
  type Path,
  type TimeloopProblem,
} from "../../../../core/workloads/decode/timeloop-problem.ts";
import type { TimeloopShape } from "../../../../core/workloads/decode/timeloop-shape.ts";
import { macs } from "../../../../core/workloads/layer.ts";

const place = (path: Path): string => `at ${path.join(".")}`;
const decode = (...problems: TimeloopProblem[]) =>
  decodeTimeloop(
    problems.map((problem) => ({ problem, place })),
    { name: "mine", source: "mine.yaml" },
  );
const layerOf = (problem: TimeloopProblem) => decode(problem).layers[0];

/** The convolution of Timeloop's example layers, with another name for the filters. */
const shape = (changes: Partial<TimeloopShape> = {}): TimeloopShape => ({
  name: "conv",
  dimensions: ["C", "M", "R", "S", "N", "P", "Q", "G"],
  coefficients: ["Wstride", "Hstride", "Wdilation", "Hdilation"].map((name) => ({ name, default: 1 })),
  data_spaces: [
    { name: "Weights", projection: [[["C"]], [["M"]], [["R"]], [["S"]], [["G"]]] },
    {
      name: "Inputs",
      projection: [
        [["N"]],
        [["C"]],
        [
          ["R", "Wdilation"],
          ["P", "Wstride"],
        ],
        [
          ["S", "Hdilation"],
          ["Q", "Hstride"],
        ],
        [["G"]],
      ],
    },
    { name: "Outputs", projection: [[["N"]], [["M"]], [["Q"]], [["P"]], [["G"]]], read_write: true },
  ],
  ...changes,
});
const sizes = { C: 3, M: 4, R: 5, S: 2, N: 1, P: 6, Q: 7, G: 8, Wstride: 2, Hdilation: 3 };

describe("a problem of Timeloop", () => {
  it("is a layer with all groups, and the strides that its projection names", () => {
    const layer = layerOf({ version: 0.4, shape: shape(), instance: sizes });
    expect(layer).toEqual({
      name: "conv",
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
      dilationHeight: 1,
      dilationWidth: 3,
      paddingTop: 0,
      inputHeight: 15,
      inputWidth: 10,
      biasParameters: 0,
    });
    expect(macs(layer)).toBe(3 * 4 * 5 * 2 * 6 * 7 * 8);
  });

  it("may have the keys of earlier versions, and indices that are plain names", () => {
    const { data_spaces, ...rest } = shape();
    const earlier = data_spaces!.map(({ read_write, ...space }) => ({
      ...space,
      projection: space.projection.map((index) => (index.length === 1 ? (index[0] as string[])[0] : index)),
      ...(read_write === undefined ? {} : { "read-write": read_write }),
    }));
    expect(layerOf({ shape: { ...rest, "data-spaces": earlier }, instance: sizes })).toEqual(
      layerOf({ shape: shape(), instance: sizes }),
    );
  });

  it.each<[string, TimeloopProblem]>([
    ["by its name, with M and G", { shape: "cnn-layer", instance: sizes }],
    ["by its name in version 0.4", { shape: "cnn_layer", instance: sizes }],
    ["left out", { instance: sizes }],
    ["beside the sizes, which stand alone", { shape: "cnn-layer", ...sizes }],
  ])("may have a shape %s", (_, problem) => {
    const { name, ...layer } = layerOf(problem);
    const { name: own, ...expected } = layerOf({ shape: shape(), instance: sizes });
    expect([name, own]).toEqual(["layer1", "conv"]);
    expect(layer).toEqual(expected);
  });

  it("calls filters K, too, has no groups without G, and reads neither input sizes nor padding", () => {
    const { M, G, ...others } = sizes;
    expect(layerOf({ shape: "cnn-layer", K: M, ...others, H: 224, W: 224, Hpad: 1, Wpad: 1 })).toMatchObject({
      filters: 4,
      channels: 3,
      groups: 1,
      inputHeight: 15,
    });
  });

  it("may be a matrix product: M vectors, N filters, K channels", () => {
    const product = { kind: "linear", outputHeight: 4, filters: 8, channels: 6, groups: 1 };
    expect(layerOf({ shape: "gemm-ABZ", instance: { M: 4, N: 8, K: 6 } })).toMatchObject(product);
    expect(layerOf({ shape: "gemm_ABZ", M: 4, N: 8, K: 6 })).toMatchObject(product);
    // Weights are those called so, whichever stands first.
    const data_spaces = [
      { name: "Weights", projection: ["N", "K"] },
      { name: "Inputs", projection: ["M", "K"] },
      { name: "Outputs", projection: ["M", "N"], read_write: true },
    ];
    expect(layerOf({ shape: { dimensions: ["M", "N", "K"], data_spaces }, M: 4, N: 8, K: 6 })).toMatchObject(
      product,
    );
  });

  it("may be one-dimensional, or depthwise without filters", () => {
    const data_spaces = [
      { name: "Weights", projection: [[["C"]], [["R"]]] },
      { name: "Inputs", projection: [[["C"]], [["R"], ["P"]]] },
      { name: "Outputs", projection: [[["C"]], [["P"]]], read_write: true },
    ];
    const layer = layerOf({
      shape: { dimensions: ["C", "R", "P"], data_spaces },
      instance: { C: 4, R: 3, P: 16 },
    });
    expect(layer).toMatchObject({
      groups: 4,
      filters: 4,
      channels: 4,
      kernelHeight: 3,
      inputHeight: 18,
      outputWidth: 1,
    });
    expect(macs(layer)).toBe(4 * 3 * 16);
  });

  it("is one of several layers, with a name of its own", () => {
    const architecture = decode(
      { shape: shape(), instance: sizes },
      { shape: shape(), instance: sizes },
      sizes,
    );
    expect(architecture).toMatchObject({
      name: "mine",
      source: "mine.yaml",
      inputs: {},
      movements: [],
      absorbed: {},
    });
    expect(architecture.layers.map(({ name }) => name)).toEqual(["conv", "conv#2", "layer3"]);
  });

  it("may say that nothing is left out of its operands", () => {
    const densities = { Inputs: 1, Weights: { distribution: "fixed_structured", density: 1 } };
    expect(layerOf({ instance: { ...sizes, densities } })).toEqual(layerOf({ instance: sizes }));
    expect(layerOf({ instance: { ...sizes, commonDensity: 1 } })).toEqual(layerOf({ instance: sizes }));
  });
});

const without = (name: keyof typeof sizes) =>
  Object.fromEntries(Object.entries(sizes).filter(([key]) => key !== name));
const spaces = shape().data_spaces!;
const count = "expected a whole number from 1 to 2147483647";

describe("a problem that is refused", () => {
  it.each<[string, TimeloopProblem, string]>([
    [
      "a batch",
      { instance: { ...sizes, N: 4 } },
      "at instance.N: is the batch (4), which is a parameter of the machine; expected 1",
    ],
    ["a size left out", { instance: without("P") }, `at instance.P: P is missing; ${count}`],
    ["a size that is none", { instance: { ...sizes, P: "BATCH" } }, `at instance.P: is no count; ${count}`],
    ["a size of nothing", { ...sizes, C: 0 }, `at C: is no count; ${count}`],
    ["a stride of nothing", { instance: { ...sizes, Wstride: 0 } }, "at instance.Wstride: is no count"],
    [
      "a dimension it has not",
      { instance: { ...sizes, K: 2, X: 3 } },
      "at instance.M: is no dimension or coefficient of the shape; expected R, S, P, Q, C, K, N, G, Wstride",
    ],
    [
      "a misspelt stride",
      { instance: { ...sizes, HStride: 2 } },
      "at instance.HStride: is no dimension or coefficient",
    ],
    [
      "densities",
      { instance: { ...sizes, densities: { Inputs: 1, Weights: 0.5 } } },
      "at instance.densities: are not read",
    ],
    [
      "a common density",
      { instance: { ...sizes, commonDensity: 0.5 } },
      "at instance.commonDensity: are not read",
    ],
    [
      "a shape by another name",
      { shape: "mttkrp", instance: sizes },
      "at shape: is no shape that is known; expected cnn-layer, gemm-ABZ",
    ],
    ["sizes in two places", { instance: sizes, C: 4 }, "at C: is no key of a problem"],
    [
      "a dimension twice",
      { shape: shape({ dimensions: ["C", "C"] }), ...sizes },
      "at shape.dimensions: has C twice",
    ],
    [
      "an operand too few",
      { shape: shape({ data_spaces: spaces.slice(1) }), ...sizes },
      "at shape: has 1 data spaces that are read and 1 that are written; expected 2 that are read, and 1 with read_write",
    ],
    [
      "a dimension outside the list",
      { shape: shape({ dimensions: ["C", "M", "R", "S", "N", "P", "Q"] }), instance: without("G") },
      "at shape.data_spaces.0.projection.4: G is no dimension of the shape; expected C, M",
    ],
    [
      "a coefficient outside the list",
      { shape: shape({ coefficients: [] }), instance: without("Wstride") },
      "at instance.Hdilation: is no dimension or coefficient",
    ],
    [
      "weights under a sum",
      {
        shape: shape({
          data_spaces: [{ name: "Weights", projection: [[["C"], ["M"]]] }, ...spaces.slice(1)],
        }),
        ...sizes,
      },
      "at shape.data_spaces.0.projection.0: is a sum",
    ],
    [
      "a loop that nothing uses",
      { shape: shape({ dimensions: [...shape().dimensions, "X"] }), instance: { ...sizes, X: 2 } },
      "at instance.X: (2) is an index of at most one operand",
    ],
    [
      "work beyond exact integers",
      { instance: { ...sizes, C: 2 ** 30, M: 2 ** 30 } },
      "expected less than 2^53",
    ],
  ])("has %s", (_, problem, message) => {
    expect(() => decode(problem)).toThrow(DecodeError);
    expect(() => decode(problem)).toThrow(message);
  });

  it("names a coefficient that the projection has and the shape has not", () => {
    const unknown = shape({ coefficients: [{ name: "Wstride", default: 1 }] });
    const { Hdilation, ...given } = sizes;
    expect(() => decode({ shape: unknown, instance: given })).toThrow(
      "at shape.data_spaces.1.projection.2: Wdilation is no coefficient of the shape; expected Wstride",
    );
  });
});
