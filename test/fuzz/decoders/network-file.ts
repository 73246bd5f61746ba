import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { convolutionNetwork } from "../../fixtures/onnx-writer.ts";
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
const words = [
  ..."version name description source licence install inputs activations synthetic seed sigma layers kind".split(
    " ",
  ),
  ..."filters channels input kernel stride dilation groups padding vectors convolution linear same valid".split(
    " ",
  ),
];
const texts = [synthetic, file];
const model = convolutionNetwork("float32", (index) => index - 9);

/** The network file beside a model. */
const filesOf = (text: string): Files =>
  new Map([
    ["network.yaml", encoded(text)],
    ["model.onnx", model],
  ]);

export const networkFile: FuzzedDecoder = {
  name: "network-file",
  valid: texts.map(filesOf),
  damaged: (choices) => filesOf(damagedYaml(choices.of(texts), words, choices)),
  decode: (path) => loadNetwork(path, { baseDirectory: "/" }),
};
