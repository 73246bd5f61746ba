import { readShapeFile } from "../../../explore/catalog/shape-file.ts";
import { damagedText } from "../damaged-text.ts";
import { encoded, type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";
import { mutateBytes } from "../mutate-bytes.ts";

const convolutions = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
Conv1, 224, 224, 7, 7, 3, 64, 2,
Conv2_DP, 56, 56, 3, 3, 64, 1, 1,
FC, 1, 1, 1, 1, 512, 1000, 1, 1:1,
`;
const products = `Layer, M, N, K,
query, 197, 768, 768,
heads, 197, 197, 64, 12,
`;
const strides = `Layer, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Stride Height, Stride Width,
Conv1, 224, 112, 7, 3, 3, 64, 2, 1,
`;
const texts = [convolutions, products, strides];
const words = [
  "DP",
  "Strides",
  "Stride Height",
  "Batch Size",
  "Sparsity",
  "2:4",
  "1:1",
  "Layer",
  "M",
  "N",
  "K",
  "\r",
  ",,,,",
];

export const scalesim: FuzzedDecoder = {
  name: "scalesim",
  valid: texts.map((text) => oneFile("topology.csv", encoded(text))),
  damaged: (choices) => {
    const bytes = encoded(damagedText(choices.of(texts), words, choices));
    return oneFile("topology.csv", choices.chance(0.1) ? mutateBytes(bytes, choices) : bytes);
  },
  decode: (path) => readShapeFile(path, { name: "damaged", source: "topology.csv" }),
};
