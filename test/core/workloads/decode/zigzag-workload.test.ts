import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { decodeZigZag, type ZigZagLayer } from "../../../../core/workloads/decode/zigzag-workload.ts";
import { macs } from "../../../../core/workloads/layer.ts";

const decode = (...layers: ZigZagLayer[]) =>
  decodeZigZag(layers, {
    name: "mine",
    source: "mine.yaml",
    place: (path) => `at ${path.join(".")}`,
  });

const convolution = (changes: Partial<ZigZagLayer> = {}): ZigZagLayer => ({
  id: 3,
  operator_type: "Conv",
  equation: "O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
  dimension_relations: ["ix=2*ox+1*fx", "iy=1*oy+3*fy"],
  loop_dims: ["B", "K", "C", "OY", "OX", "FY", "FX"],
  loop_sizes: [1, 6, 5, 8, 4, 3, 2],
  operand_precision: { W: 8, I: 8, O: 16, O_final: 8 },
  operand_source: { I: 2, W: 3 },
  ...changes,
});
const layerOf = (changes: Partial<ZigZagLayer> = {}) => decode(convolution(changes)).layers[0];

describe("a layer of ZigZag", () => {
  it("is a convolution with its height in front of its width", () => {
    const layer = layerOf();
    expect(layer).toEqual({
      name: "Layer3",
      kind: "convolution",
      filters: 6,
      channels: 5,
      groups: 1,
      outputHeight: 8,
      outputWidth: 4,
      kernelHeight: 3,
      kernelWidth: 2,
      strideHeight: 1,
      strideWidth: 2,
      dilationHeight: 3,
      dilationWidth: 1,
      paddingTop: 0,
      inputHeight: 14,
      inputWidth: 8,
      biasParameters: 0,
    });
    expect(macs(layer)).toBe(6 * 5 * 8 * 4 * 3 * 2);
  });

  it.each<[string, Partial<ZigZagLayer>]>([
    ["blanks in the equation", { equation: "O[b][k][oy][ox] += W[k][c][fy][fx] * I[b][c][iy][ix]" }],
    ["inputs in front of the weights", { equation: "O[b][k][oy][ox]+=I[b][c][iy][ix]*W[k][c][fy][fx]" }],
    ["relations turned round, without ones", { dimension_relations: ["ix = fx + 2*ox", "iy=3*fy+oy"] }],
    ["no precision and no sources", { operand_precision: {}, operand_source: {} }],
    ["keys that are null", { name: null, pr_loop_dims: null, pr_loop_sizes: null, padding: null }],
    ["another type", { operator_type: "Conv_downsample" }],
  ])("may have %s", (_, changes) => {
    expect(layerOf(changes)).toEqual(layerOf());
  });

  it("stores no zeros of the padding", () => {
    const padding = [
      [1, 0],
      [2, 1],
    ] as const;
    const padded = { paddingTop: 2, inputHeight: 11, inputWidth: 7 };
    expect(layerOf({ pr_loop_dims: ["IX", "IY"], padding })).toMatchObject(padded);
    const sizes = { pr_loop_dims: ["IX", "IY"], pr_loop_sizes: [7, 12], padding };
    expect(layerOf(sizes)).toMatchObject({ ...padded, inputHeight: 12 });
  });

  it("may be depthwise or grouped", () => {
    const depthwise = layerOf({
      equation: "O[b][g][oy][ox]+=W[g][fy][fx]*I[b][g][iy][ix]",
      loop_dims: ["B", "G", "OY", "OX", "FY", "FX"],
      loop_sizes: [1, 16, 8, 4, 3, 2],
    });
    expect(depthwise).toMatchObject({ filters: 16, channels: 16, groups: 16 });
    const grouped = layerOf({
      equation: "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]",
      loop_dims: ["B", "K", "G", "OX", "OY", "C", "FX", "FY"],
      loop_sizes: [1, 6, 4, 4, 8, 5, 2, 3],
    });
    expect(grouped).toMatchObject({ ...layerOf(), filters: 24, channels: 20, groups: 4 });
  });

  it("may be a matrix product, of weights or of two activations", () => {
    const product = (equation: string, W: number): ZigZagLayer => ({
      id: 1,
      name: "qk",
      operator_type: "Gemm",
      equation,
      loop_dims: ["C", "D", "K", "B", "H"],
      loop_sizes: [6, 7, 5, 1, equation.includes("[h]") ? 4 : 1],
      operand_source: { I: 0, W },
    });
    const [trained, heads, computed] = decode(
      product("O[b][d][k]+=I[b][d][c]*W[c][k]", 1),
      product("O[b][h][d][k]+=I[b][h][d][c]*W[b][h][c][k]", 1),
      product("O[b][d][k]+=I[b][d][c]*W[c][k]", 0),
    ).layers;
    const shape = { outputHeight: 7, filters: 5, channels: 6, groups: 1 };
    expect(trained).toMatchObject({ ...shape, name: "qk", kind: "linear" });
    expect(heads).toMatchObject({
      name: "qk#2",
      kind: "matmul",
      outputHeight: 7,
      filters: 20,
      channels: 24,
      groups: 4,
    });
    expect(computed).toMatchObject({ ...shape, name: "qk#3", kind: "matmul" });
  });
});

const pooling = (changes: Partial<ZigZagLayer> = {}): ZigZagLayer => ({
  id: 4,
  operator_type: "Pooling",
  equation: "O[b][g][oy][ox]+=W[fx][fy]*I[b][g][iy][ix]",
  dimension_relations: ["ix=2*ox+1*fx", "iy=2*oy+1*fy"],
  loop_dims: ["B", "G", "OY", "OX", "FX", "FY"],
  loop_sizes: [1, 5, 4, 3, 3, 3],
  operand_source: { I: 3, W: 4 },
  ...changes,
});
const addition = (changes: Partial<ZigZagLayer> = {}): ZigZagLayer => ({
  id: 5,
  operator_type: "Add",
  equation: "O[b][g][oy][ox]=W[b][g][oy][ox]+I[b][g][oy][ox]",
  loop_dims: ["B", "G", "OY", "OX"],
  loop_sizes: [1, 5, 4, 3],
  operand_source: { W: 1, I: 4 },
  ...changes,
});

describe("an operator without multiply–accumulates", () => {
  it("moves what it reads and writes, and is no layer", () => {
    const { layers, movements } = decode(convolution(), pooling(), addition());
    expect(layers).toHaveLength(1);
    expect(movements).toEqual([
      { name: "Layer4", operation: "Pooling", readElements: 5 * 9 * 7, writtenElements: 60 },
      { name: "Layer5", operation: "Add", readElements: 120, writtenElements: 60 },
    ]);
  });

  it("reads no zeros of a padding, and may round its outputs up", () => {
    const stored = {
      pr_loop_dims: ["IX", "IY"],
      pr_loop_sizes: [6, 8],
      padding: [
        [0, 0],
        [0, 0],
      ] as const,
    };
    expect(decode(pooling(stored)).movements[0].readElements).toBe(5 * 6 * 8);
  });
});

describe("a workload that is refused", () => {
  it.each<[string, ZigZagLayer, string]>([
    [
      "a batch",
      convolution({ loop_sizes: [2, 6, 5, 8, 4, 3, 2] }),
      "at 0.loop_sizes.0: B is the batch (2), which is a parameter of the machine; expected 1",
    ],
    [
      "a batch that is pooled",
      pooling({ loop_sizes: [2, 5, 4, 3, 3, 3] }),
      "at 0.loop_sizes: has the batch 2",
    ],
    [
      "another operator",
      convolution({ operator_type: "Softmax" }),
      "at 0.operator_type: is not understood; expected one of Conv, Conv_downsample, Gemm",
    ],
    [
      "an equation of another form",
      convolution({ equation: "O[k]+=A[k]*B[k]" }),
      "at 0.equation: is not understood",
    ],
    [
      "an equation with one operand",
      convolution({ equation: "O[k]+=W[k]*W[k]" }),
      "at 0.equation: is not understood",
    ],
    [
      "an addition that should multiply",
      convolution({ equation: "O[b][k]+=W[k]+I[b]" }),
      "at 0.equation: adds, but its operator_type multiplies",
    ],
    [
      "an index without a size",
      convolution({ equation: "O[b][k][oy][ox]+=W[k][c][fy][fz]*I[b][c][iy][ix]" }),
      "at 0.equation: has the index fz; expected one of b, k, c",
    ],
    [
      "a sum without its relation",
      convolution({ dimension_relations: ["ix=2*ox+1*fx"] }),
      "at 0.equation: has the index iy",
    ],
    [
      "sizes for other dimensions",
      convolution({ loop_sizes: [1, 6] }),
      "at 0.loop_sizes: has 2 sizes for 7 dimensions",
    ],
    [
      "a dimension twice",
      convolution({ loop_dims: ["B", "K", "C", "OY", "OX", "FY", "FY"] }),
      "at 0.loop_dims.6: stands there twice",
    ],
    [
      "a relation of another form",
      convolution({ dimension_relations: ["ix=2*ox+1*fx", "iy=oy"] }),
      "at 0.dimension_relations.1: is not understood",
    ],
    [
      "a stride of nothing",
      convolution({ dimension_relations: ["ix=0*ox+1*fx", "iy=oy+fy"] }),
      "at 0.dimension_relations.0: is not understood",
    ],
    [
      "a padding for other axes",
      convolution({
        pr_loop_dims: ["IX"],
        padding: [
          [0, 0],
          [0, 0],
        ],
      }),
      "at 0.padding: has 2 entries for 1 in pr_loop_dims",
    ],
    [
      "a padding of no axis",
      convolution({ pr_loop_dims: ["C"], padding: [[0, 0]] }),
      "at 0.pr_loop_dims.0: is no index of dimension_relations",
    ],
    [
      "nothing but padding",
      convolution({ pr_loop_dims: ["IX"], padding: [[4, 4]] }),
      "at 0.padding.0: leaves nothing of the 8",
    ],
    [
      "an input that is too small",
      convolution({ pr_loop_dims: ["IX"], pr_loop_sizes: [6], padding: [[1, 0]] }),
      "at 0.pr_loop_dims.0: has 7 values with its padding, but the windows reach 8",
    ],
    [
      "a kernel of another layer",
      convolution({ operand_source: { I: 1, W: 2 } }),
      "at 0: is a convolution with weights that belong to one input",
    ],
  ])("has %s", (_, layer, message) => {
    expect(() => decode(layer)).toThrow(DecodeError);
    expect(() => decode(layer)).toThrow(message);
  });
});
