import type { WrittenGraph, WrittenTensor } from "../fixtures/onnx-writer.ts";

const floats = (name: string, sizes: readonly number[]): WrittenTensor => ({
  name,
  type: "float32",
  shape: sizes,
  values: Array.from(
    { length: sizes.reduce((a, b) => a * b, 1) },
    (_, index) => ((index * 7) % 11) / 8 - 0.5,
  ),
});
const integers = (name: string, values: readonly number[]): WrittenTensor => ({
  name,
  type: "int64",
  shape: [values.length],
  values,
});

const convolutions: WrittenGraph = {
  inputs: { x: [1, 3, 8, 8] },
  outputs: ["y"],
  tensors: [
    floats("w", [4, 3, 3, 3]),
    floats("b", [4]),
    ...["scale", "shift", "mean", "variance"].map((name) => ({ ...floats(name, [4]), values: [1, 2, 3, 4] })),
    { ...floats("d", [4, 1, 2, 2]), type: "float16" },
    floats("up", [4, 2, 2, 2]),
    { ...floats("fc", [5, 162]), typed: true },
    floats("bias", [5]),
  ],
  nodes: [
    {
      operator: "Conv",
      inputs: ["x", "w", "b"],
      outputs: ["c"],
      attributes: { pads: [1, 1, 1, 1], strides: [1, 1], kernel_shape: [3, 3], dilations: [1, 1], group: 1 },
    },
    {
      operator: "BatchNormalization",
      inputs: ["c", "scale", "shift", "mean", "variance"],
      outputs: ["n"],
      attributes: { epsilon: { float: 1e-5 } },
    },
    { operator: "Relu", inputs: ["n"], outputs: ["r"] },
    {
      operator: "Conv",
      name: "depthwise",
      inputs: ["r", "d"],
      outputs: ["dw"],
      attributes: { group: 4, auto_pad: "SAME_UPPER" },
    },
    {
      operator: "MaxPool",
      inputs: ["dw"],
      outputs: ["p"],
      attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    },
    {
      operator: "ConvTranspose",
      inputs: ["p", "up"],
      outputs: ["t"],
      attributes: { strides: [2, 2], output_padding: [1, 1] },
    },
    { operator: "Flatten", inputs: ["t"], outputs: ["f"] },
    {
      operator: "Gemm",
      inputs: ["f", "fc", "bias"],
      outputs: ["y"],
      attributes: { transB: 1, alpha: { float: 0.5 } },
    },
  ],
};

const attention: WrittenGraph = {
  inputs: { x: [1, 6, 8] },
  outputs: ["y", "z"],
  tensors: [
    floats("qk", [8, 16]),
    { ...floats("v", [8, 8]), type: "bfloat16" },
    integers("split", [8, 8]),
    integers("heads", [1, 6, 2, 4]),
    integers("zero", [0]),
    integers("one", [1]),
    integers("last", [-1]),
    integers("twice", [1, 1, 2]),
  ],
  nodes: [
    { operator: "MatMul", name: "projection", inputs: ["x", "qk"], outputs: ["both"] },
    { operator: "Split", inputs: ["both", "split"], outputs: ["q", "k"], attributes: { axis: -1 } },
    { operator: "Reshape", inputs: ["q", "heads"], outputs: ["qh"] },
    { operator: "Reshape", inputs: ["k", "heads"], outputs: ["kh"] },
    { operator: "Transpose", inputs: ["qh"], outputs: ["qt"], attributes: { perm: [0, 2, 1, 3] } },
    { operator: "Transpose", inputs: ["kh"], outputs: ["kt"], attributes: { perm: [0, 2, 3, 1] } },
    { operator: "MatMul", name: "scores", inputs: ["qt", "kt"], outputs: ["s"] },
    { operator: "Softmax", inputs: ["s"], outputs: ["p"], attributes: { axis: -1 } },
    { operator: "MatMul", inputs: ["x", "v"], outputs: ["values"] },
    { operator: "Shape", inputs: ["x"], outputs: ["sizes"] },
    { operator: "Gather", inputs: ["sizes", "one"], outputs: ["length"], attributes: { axis: 0 } },
    { operator: "Concat", inputs: ["one", "length", "last"], outputs: ["target"], attributes: { axis: 0 } },
    { operator: "Reshape", inputs: ["values", "target"], outputs: ["flat"] },
    { operator: "ConstantOfShape", inputs: ["length"], outputs: ["zeros"] },
    { operator: "Slice", inputs: ["flat", "zero", "last", "one", "one"], outputs: ["cut"] },
    { operator: "Expand", inputs: ["cut", "one"], outputs: ["wide"] },
    { operator: "Tile", inputs: ["wide", "twice"], outputs: ["tiled"] },
    { operator: "ReduceMean", inputs: ["p"], outputs: ["y"], attributes: { axes: [2], keepdims: 0 } },
    { operator: "Unsqueeze", inputs: ["tiled", "zero"], outputs: ["z"] },
  ],
};

const constants: WrittenGraph = {
  inputs: { x: [1, "N", 4] },
  outputs: ["y"],
  nodes: [
    {
      operator: "Constant",
      inputs: [],
      outputs: ["w"],
      attributes: { value: { tensor: floats("", [4, 4]) } },
    },
    { operator: "Constant", inputs: [], outputs: ["axes"], attributes: { value_ints: [1] } },
    { operator: "MatMul", inputs: ["x", "w"], outputs: ["m"] },
    { operator: "Mul", inputs: ["m", "m"], outputs: ["square"] },
    { operator: "Pad", inputs: ["square", "pads"], outputs: ["padded"], attributes: { mode: "constant" } },
    {
      operator: "Resize",
      inputs: ["padded", "", "scales"],
      outputs: ["large"],
      attributes: { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
    },
    { operator: "ReduceSum", inputs: ["large", "axes"], outputs: ["sum"] },
    { operator: "Squeeze", inputs: ["sum", "axes"], outputs: ["y"] },
  ],
  tensors: [integers("pads", [0, 1, 0, 0, 1, 0]), { ...floats("scales", [3]), values: [1, 2, 1] }],
};

const branch = (weights: string): { graph: WrittenGraph } => ({
  graph: {
    inputs: {},
    outputs: ["branch"],
    nodes: [{ operator: "MatMul", inputs: ["rows", weights], outputs: ["branch"] }],
  },
});

/** Weights in a file beside the model, a branch, a recurrent cell, and quantized weights. */
const others: WrittenGraph = {
  inputs: { x: [3, 1, 4] },
  outputs: ["y", "h", "c"],
  tensors: [
    {
      ...floats("far", [4, 2]),
      values: [],
      external: { location: "weights.bin", offset: "8", length: "32" },
    },
    floats("near", [4, 2]),
    { name: "yes", type: "bool", shape: [], values: [1] },
    floats("input", [1, 8, 4]),
    floats("recurrent", [1, 8, 2]),
    { name: "codes", type: "int8", shape: [2, 3, 2], values: [0, 1, -2, 3, 4, -5, 6, 7, 8, -9, 10, 127] },
    { name: "scale", type: "float32", shape: [2], values: [0.5, 0.25] },
    { name: "zero", type: "int8", shape: [2], values: [0, 0] },
    integers("four", [3, 4]),
  ],
  nodes: [
    { operator: "Reshape", inputs: ["x", "four"], outputs: ["rows"] },
    {
      operator: "If",
      inputs: ["yes"],
      outputs: ["y"],
      attributes: { then_branch: branch("far"), else_branch: branch("near") },
    },
    {
      operator: "LSTM",
      inputs: ["x", "input", "recurrent"],
      outputs: ["", "h"],
      attributes: { hidden_size: 2 },
    },
    {
      operator: "DequantizeLinear",
      inputs: ["codes", "scale", "zero"],
      outputs: ["weights"],
      attributes: { axis: 0 },
    },
    { operator: "Transpose", inputs: ["x"], outputs: ["signal"], attributes: { perm: [1, 0, 2] } },
    { operator: "Conv", inputs: ["signal", "weights"], outputs: ["c"] },
  ],
};

/** Shapes that ask for much: constants, loops and products of activations, over and over. */
const hungry: WrittenGraph = {
  inputs: { x: [1, 64, 64] },
  outputs: ["y"],
  tensors: [
    integers("sizes", [8, 4]),
    { name: "from", type: "int64", shape: [], values: [0] },
    { name: "step", type: "int64", shape: [], values: [1] },
    { name: "count", type: "int64", shape: [], values: [3] },
    { name: "yes", type: "bool", shape: [], values: [1] },
  ],
  nodes: [
    { operator: "ConstantOfShape", inputs: ["sizes"], outputs: ["zeros"] },
    { operator: "Add", inputs: ["zeros", "zeros"], outputs: ["sum"] },
    { operator: "Tile", inputs: ["sum", "sizes"], outputs: ["tiled"] },
    { operator: "Range", inputs: ["from", "count", "step"], outputs: ["range"] },
    { operator: "MatMul", inputs: ["x", "x"], outputs: ["product"] },
    {
      operator: "Loop",
      inputs: ["count", "yes", "product"],
      outputs: ["y"],
      attributes: {
        body: {
          graph: {
            inputs: { i: [], c: [], v: [1, 64, 64] },
            outputs: ["c", "w"],
            nodes: [{ operator: "MatMul", inputs: ["v", "x"], outputs: ["w"] }],
          },
        },
      },
    },
  ],
};

/** Valid graphs: convolutions, attention, constants and shape arithmetic, control flow, and what asks for much. */
export const graphs: readonly WrittenGraph[] = [convolutions, attention, constants, others, hungry];
