import { readShapeFile } from "../../../explore/catalog/shape-file.ts";
import { damagedYaml } from "../damaged-text.ts";
import { encoded, type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";

const convolution = `problem:
  version: 0.4
  shape:
    name: CNN_Layer
    dimensions: [C, M, R, S, N, P, Q]
    coefficients:
      - { name: Wstride, default: 1 }
      - { name: Hstride, default: 1 }
      - { name: Wdilation, default: 1 }
      - { name: Hdilation, default: 1 }
    data_spaces:
      - name: Weights
        projection:
          - [[C]]
          - [[M]]
          - [[R]]
          - [[S]]
      - name: Inputs
        projection:
          - [[N]]
          - [[C]]
          - [[R, Wdilation], [P, Wstride]]
          - [[S, Hdilation], [Q, Hstride]]
      - name: Outputs
        projection: [[[N]], [[M]], [[Q]], [[P]]]
        read_write: true
  instance: { C: 16, M: 32, R: 3, S: 3, N: 1, P: 14, Q: 14, Wstride: 2, Hstride: 2 }
`;
const named = `- problem:
    shape: cnn-layer
    C: 3
    M: 96
    R: 11
    S: 11
    P: 55
    Q: 55
    N: 1
    Wstride: 4
    Hstride: 4
- problem: { version: 0.4, shape: gemm-ABZ, instance: { M: 64, N: 128, K: 256, densities: { A: 1 } } }
`;
const texts = [convolution, named];
const words = [
  ..."problem shape name dimensions coefficients default data_spaces data-spaces projection read_write".split(
    " ",
  ),
  ..."instance densities density commonDensity cnn-layer cnn_layer gemm-ABZ C M R S N P Q K G H W".split(" "),
  ..."Wstride Hstride Wdilation Hdilation Weights Inputs Outputs version true false".split(" "),
];

export const timeloop: FuzzedDecoder = {
  name: "timeloop",
  valid: texts.map((text) => oneFile("problem.yaml", encoded(text))),
  damaged: (choices) => oneFile("problem.yaml", encoded(damagedYaml(choices.of(texts), words, choices))),
  decode: (path) => readShapeFile(path, { name: "damaged", source: "problem.yaml" }),
};
