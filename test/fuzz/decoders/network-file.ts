import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { convolutionNetwork } from "../../fixtures/onnx-writer.ts";
import { type WrittenSafetensor, writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { damagedYaml } from "../damaged-text.ts";
import { encoded, type Files, type FuzzedDecoder } from "../fuzzed-decoder.ts";

const synthetic = `version: 1
name: tiny
description: Three small layers.
licence: MIT
synthetic:
  seed: 5
  sigma: 0.05
  layers:
    - { name: first, kind: convolution, filters: 12, channels: 3, input: [16, 16], kernel: [3, 3], stride: [2, 2], dilation: [1, 1] }
    - { name: depthwise, kind: convolution, filters: 12, channels: 12, groups: 12, input: [8, 8], kernel: [3, 3], padding: valid }
    - { name: last, kind: linear, filters: 10, channels: 100, vectors: 2 }
`;
const file = `version: 1
name: own
description: A file elsewhere.
source: model.onnx
install: npm install @some/package
inputs: { x: [1, 3, 8, 8] }
`;
const shapes = `version: 1
name: shapes
description: Layer shapes, and weights of a file.
source: layers.csv
weights:
  file: weights.safetensors
  layout: oihw
  names: { conv: kernel }
  normalizations: { conv: bn }
  epsilon: 1.0e-5
  unused: [".*spare"]
activations: { distribution: relu, zeroShare: 0.5 }
`;
const layers = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
conv, 8, 8, 3, 3, 3, 4, 1,
fc, 1, 1, 1, 1, 4, 5, 1,
`;
const words = [
  ..."weights file layout oihw hwio names normalizations epsilon unused like distribution zeroShare relu".split(
    " ",
  ),
  ..."version name description source licence install inputs activations synthetic seed sigma layers kind".split(
    " ",
  ),
  ..."filters channels input kernel stride dilation groups padding vectors convolution linear same valid".split(
    " ",
  ),
];
const texts = [synthetic, file, shapes];
const tensor = (name: string, shape: readonly number[]): WrittenSafetensor => ({
  name,
  dtype: "F32",
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index + 1),
});

/** The network file beside a model, a table of layers, and weights for these. */
const filesOf = (text: string): Files =>
  new Map([
    ["network.yaml", encoded(text)],
    ["model.onnx", convolutionNetwork("float32", (index) => index - 9)],
    ["layers.csv", encoded(layers)],
    [
      "weights.safetensors",
      writeSafetensors([
        tensor("kernel", [4, 3, 3, 3]),
        tensor("fc.weight", [5, 4]),
        tensor("bn.running_var", [4]),
        tensor("spare", [2, 2]),
      ]),
    ],
  ]);

export const networkFile: FuzzedDecoder = {
  name: "network-file",
  valid: texts.map(filesOf),
  damaged: (choices) => filesOf(damagedYaml(choices.of(texts), words, choices)),
  decode: (path) => loadNetwork(path, { baseDirectory: "/" }),
};
