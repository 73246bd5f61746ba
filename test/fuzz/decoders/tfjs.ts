import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { functionalModel, type WrittenWeight } from "../../fixtures/keras-writer.ts";
import { damagedJson } from "../damaged-text.ts";
import { encoded, type Files, type FuzzedDecoder } from "../fuzzed-decoder.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { mutateText } from "../mutate-text.ts";

const weight = (name: string, shape: readonly number[]): WrittenWeight => ({
  name,
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => ((index * 5) % 7) - 3),
});

const convolution = { strides: [1, 1], padding: "same", dilation_rate: [1, 1], use_bias: true };
const plain = functionalModel(
  [8, 8, 3],
  [
    {
      className: "Conv2D",
      name: "conv",
      config: { ...convolution, filters: 4, kernel_size: [3, 3], activation: "relu" },
      inputs: ["x"],
    },
    { className: "BatchNormalization", name: "bn", config: { axis: [3], epsilon: 0.001 }, inputs: ["conv"] },
    {
      className: "DepthwiseConv2D",
      name: "dw",
      config: { ...convolution, kernel_size: [2, 2], depth_multiplier: 1, use_bias: false },
      inputs: ["bn"],
    },
    { className: "Add", name: "add", inputs: ["dw", "bn"] },
    { className: "Concatenate", name: "both", config: { axis: -1 }, inputs: ["add", "conv"] },
    {
      className: "MaxPooling2D",
      name: "pool",
      config: { pool_size: [2, 2], strides: [2, 2], padding: "valid" },
      inputs: ["both"],
    },
    {
      className: "UpSampling2D",
      name: "up",
      config: { size: [2, 2], interpolation: "nearest" },
      inputs: ["pool"],
    },
    {
      className: "ZeroPadding2D",
      name: "pad",
      config: {
        padding: [
          [1, 0],
          [0, 1],
        ],
      },
      inputs: ["up"],
    },
    { className: "GlobalAveragePooling2D", name: "mean", inputs: ["pad"] },
    { className: "Reshape", name: "reshape", config: { target_shape: [2, -1] }, inputs: ["mean"] },
    { className: "Flatten", name: "flat", inputs: ["reshape"] },
    {
      className: "Dense",
      name: "fc",
      config: { units: 5, use_bias: true, activation: "softmax" },
      inputs: ["flat"],
    },
  ],
  [
    weight("conv/kernel", [3, 3, 3, 4]),
    weight("conv/bias", [4]),
    ...["gamma", "beta", "moving_mean", "moving_variance"].map((name) => ({
      ...weight(`bn/${name}`, [4]),
      values: [1, 2, 3, 4],
    })),
    weight("dw/depthwise_kernel", [2, 2, 4, 1]),
    weight("fc/kernel", [8, 5]),
    weight("fc/bias", [5]),
  ],
);
/** Models with layers of every kind, and their shards. */
export const models = [plain];

const filesOf = (model: string, shards: ReadonlyMap<string, Uint8Array>): Files =>
  new Map([["model.json", encoded(model)], ...shards]);

/** Classes, keys and values that a text may become. */
export const words = [
  ..."Conv1D Conv2D Conv2DTranspose DepthwiseConv2D SeparableConv2D Dense Activation ReLU Dropout InputLayer".split(
    " ",
  ),
  ..."Permute Cropping2D AveragePooling2D LSTM Embedding Multiply Sequential Functional Model PixelShuffle".split(
    " ",
  ),
  ..."layers config class_name name inbound_nodes input_layers output_layers batch_input_shape filters units".split(
    " ",
  ),
  ..."kernel_size strides padding dilation_rate groups use_bias data_format channels_first same valid causal".split(
    " ",
  ),
  ..."axis size target_shape dims cropping pool_size depth_multiplier output_padding node weightsManifest".split(
    " ",
  ),
  ..."paths weights shape dtype quantization scale min float32 float16 uint8 uint16 int32 bool string complex64".split(
    " ",
  ),
  ..."conv bn dw add x a.bin b.bin".split(" "),
];

export const tfjs: FuzzedDecoder = {
  name: "tfjs",
  valid: models.map(({ model, shards }) => filesOf(JSON.stringify(model), shards)),
  damaged: (choices) => {
    const { model, shards } = choices.of(models);
    const text = damagedJson(model, words, choices);
    const damagedShards = new Map(
      [...shards].map(([path, bytes]) => [path, choices.chance(0.05) ? mutateBytes(bytes, choices) : bytes]),
    );
    return filesOf(choices.chance(0.05) ? mutateText(text, words, choices) : text, damagedShards);
  },
  decode: (path) => loadNetwork(path, { baseDirectory: "/", inputs: { x: [1, 8, 8, 3] } }),
};
