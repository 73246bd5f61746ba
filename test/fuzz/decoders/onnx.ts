import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { type WrittenGraph, writeOnnx } from "../../fixtures/onnx-writer.ts";
import { damages, encoded, type Files, type FuzzedDecoder } from "../fuzzed-decoder.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { mutateProtobuf } from "../mutate-protobuf.ts";
import { graphs } from "../onnx-graphs.ts";
import { type MessageShape, readTree, writeTree } from "../protobuf-tree.ts";

/** Embedded messages of onnx.proto3 by field number. */
const pair: MessageShape = {};
const tensor: MessageShape = { 13: () => pair };
const dimension: MessageShape = {};
const shape: MessageShape = { 1: () => dimension };
const tensorType: MessageShape = { 2: () => shape };
const type: MessageShape = { 1: () => tensorType };
const valueInfo: MessageShape = { 2: () => type };
const attribute: MessageShape = { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph };
const node: MessageShape = { 5: () => attribute };
const graph: MessageShape = {
  1: () => node,
  5: () => tensor,
  11: () => valueInfo,
  12: () => valueInfo,
  13: () => valueInfo,
};
const model: MessageShape = { 7: () => graph, 8: () => pair };

const models = graphs.map((written) => writeOnnx(written));

const networkFile = (inputs: WrittenGraph["inputs"]): string => {
  const bound = Object.entries(inputs).map(([name, sizes]) => [
    name,
    sizes.map((size) => (typeof size === "number" ? size : 5)),
  ]);
  const file = { version: 1, name: "damaged", description: "A test.", source: "model.onnx" };
  return JSON.stringify({ ...file, inputs: Object.fromEntries(bound) });
};

/** Operators, attributes and attribute values that a text may become. */
const words = [
  ..."Abs Add And ArgMax AveragePool BatchNormalization Cast CastLike Clip Concat Constant ConstantOfShape Conv".split(
    " ",
  ),
  ..."ConvInteger ConvTranspose CumSum DepthToSpace DequantizeLinear Dropout DynamicQuantizeLinear Einsum Equal".split(
    " ",
  ),
  ..."Erf Expand EyeLike Flatten GRU Gather GatherElements GatherND Gemm GlobalAveragePool GridSample".split(
    " ",
  ),
  ..."GroupNormalization Identity If InstanceNormalization LRN LSTM LayerNormalization LessOrEqual Loop".split(
    " ",
  ),
  ..."MatMul MatMulInteger Max MaxPool MaxUnpool Mean Mod Mul NonZero OneHot Pad Pow PRelu QLinearConv".split(
    " ",
  ),
  ..."QLinearMatMul QuantizeLinear RNN RandomNormal RandomUniformLike Range ReduceMax ReduceMean ReduceProd".split(
    " ",
  ),
  ..."ReduceSum Relu Reshape Resize RoiAlign Scan ScatterElements ScatterND Shape Sigmoid Size Slice Softmax".split(
    " ",
  ),
  ..."SpaceToDepth Split Squeeze Sub Sum Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor".split(" "),
  ..."alpha auto_pad axes axis batch_dims block_size blocksize body ceil_mode cond dilations direction dtype".split(
    " ",
  ),
  ..."else_branch ends epsilon equation group hidden_size k keepdims kernel_shape largest mode num_outputs".split(
    " ",
  ),
  ..."output_height output_padding output_shape pads perm repeats scales shape split starts steps strides".split(
    " ",
  ),
  ..."then_branch to transA transB value value_float value_floats value_int value_ints".split(" "),
  ..."SAME_UPPER SAME_LOWER VALID NOTSET bidirectional reverse DCR CRD linear cubic bij,bjk->bik ai.onnx x y w".split(
    " ",
  ),
];

/** A network file that binds the open sizes of a model, which it is beside. */
const filesOf = (index: number, bytes: Uint8Array): Files =>
  new Map([
    ["network.yaml", encoded(networkFile(graphs[index].inputs))],
    ["model.onnx", bytes],
    ["weights.bin", new Uint8Array(48)],
  ]);

export const onnx: FuzzedDecoder = {
  name: "onnx",
  valid: models.map((bytes, index) => filesOf(index, bytes)),
  damaged: (choices) => {
    const index = choices.below(models.length);
    const root = readTree(models[index], model);
    for (let count = damages(choices); count > 0; count--) mutateProtobuf(root, words, choices);
    const bytes = Uint8Array.from(writeTree(root));
    return filesOf(index, choices.chance(0.1) ? mutateBytes(bytes, choices) : bytes);
  },
  decode: (path) => loadNetwork(path, { baseDirectory: "/" }),
};
