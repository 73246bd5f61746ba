import { describe, expect, test } from "vitest";
import { networkParameters } from "../../../../core/workloads/architecture.ts";
import { architectures } from "../../../../core/workloads/architectures/registry.ts";
import { totalMacs } from "./totals.ts";

const torchvision = "github pytorch/vision, num_params and _ops of its weights";

/** Trained parameters as published, and multiply–accumulates in billions with the digits that are published. */
const published: readonly (readonly [string, number, string | undefined, string])[] = [
  ["resnet-18", 11_689_512, "1.814", torchvision],
  ["resnet-50", 25_557_032, "4.089", torchvision],
  ["mobilenet-v2", 3_504_872, "0.301", torchvision],
  ["densenet-161", 28_681_000, "7.728", torchvision],
  ["alexnet", 61_100_840, "0.714", torchvision],
  ["vgg-16", 138_357_544, "15.47", torchvision],
  ["googlenet", 6_624_904, "1.498", torchvision],
  ["vit-b-16", 86_567_656, "17.6", torchvision],
  ["bert-base", 109_482_240, undefined, "transformers, BertModel of bert-base-uncased"],
  ["transformer-wmt14", 209_911_808, undefined, "fairseq's log of transformer_vaswani_wmt_en_de_big"],
];

test.each(published)("%s has %i parameters and %s GMACs", (name, parameters, gmacs) => {
  const architecture = architectures[name].build();
  expect(networkParameters(architecture)).toBe(parameters);
  if (gmacs === undefined) return;
  const digits = gmacs.split(".")[1].length;
  expect((totalMacs(architecture.layers) / 1e9).toFixed(digits)).toBe(gmacs);
});

test("YOLOv3 fills yolov3.weights: five words of header, its parameters, and mean and variance of 26,304 channels", () => {
  // Bytes of the file and their parts: github AlexeyAB/darknet, issue 1910.
  const parameters = networkParameters(architectures["yolo-v3"].build());
  expect(4 * (5 + parameters + 2 * 26_304)).toBe(248_007_048);
});

/** Weights and bias of a k × k convolution. */
const biased = (k: number, channels: number, filters: number): number => (k * k * channels + 1) * filters;

test.each([
  // Two levels of ten 3×3 and a 4×4 convolution; the picture is enlarged and a residual computed on each.
  ["lapsrn-x4", 9 * 64 + 2 * (10 * 9 * 64 * 64 + 16 * 64 * 64 + 16 + 9 * 64)],
  [
    "cartoon-gan",
    // Down, eight residual blocks, up, and scale and shift of every instance normalization.
    biased(7, 3, 64) +
      (biased(3, 64, 128) + biased(3, 128, 128) + biased(3, 128, 256) + biased(3, 256, 256)) +
      16 * biased(3, 256, 256) +
      (biased(3, 256, 128) + biased(3, 128, 128) + biased(3, 128, 64) + biased(3, 64, 64)) +
      biased(7, 64, 3) +
      2 * (64 + 128 + 256 + 16 * 256 + 128 + 64),
  ],
  [
    "d3dnet",
    // Ten deformable convolutions with their offsets, twelve plain ones, and the ends.
    10 * (27 * 64 * 64 + 64 + 27 * 64 * 54 + 54) +
      12 * biased(3, 64, 64) +
      (27 * 64 + biased(1, 448, 64) + 64 * 1024 + 9 * 64 + 9),
  ],
  [
    "multipose-net",
    // torchvision's ResNet-101 without its classifier; pyramids; keypoints; nine anchors of four coordinates and a score.
    44_549_160 -
      (2048 * 1000 + 1000) +
      (biased(3, 2048, 256) + biased(3, 256, 256)) +
      2 * (biased(1, 2048, 256) + biased(1, 1024, 256) + biased(1, 512, 256)) +
      biased(1, 256, 256) +
      6 * biased(3, 256, 256) +
      4 * (biased(3, 256, 128) + biased(3, 128, 128)) +
      (biased(3, 512, 256) + biased(1, 256, 18)) +
      8 * biased(3, 256, 256) +
      (biased(3, 256, 36) + biased(3, 256, 9)),
  ],
])("%s has the parameters of its source code's list of layers, %i", (name, parameters) => {
  expect(networkParameters(architectures[name].build())).toBe(parameters);
});

test("BERT base: twice its GMACs are 0.7 % less than the 22.5 GFLOPS of MobileBERT's Table 4", () => {
  // What else its counter counts is not published.
  expect(((2 * totalMacs(architectures["bert-base"].build().layers)) / 22.5e9).toFixed(3)).toBe("0.993");
});

/**
 * MICRO 2021, Table 2: GFLOPS and millions of parameters as printed; whether a multiply–accumulate counts as one
 * operation there or as two; and what ours are of them. The reasons stand in the docstrings of the networks.
 */
const table2: readonly (readonly [string, number, 1 | 2, string, number, string])[] = [
  ["resnet-50", 8.21, 2, "0.9961", 25.56, "0.9999"],
  ["mobilenet-v2", 0.615, 2, "0.9781", 3.49, "1.0043"],
  ["yolo-v3", 25.42, 1, "0.9966", 61.95, "1.0000"],
  ["multipose-net", 97.55, 1, "1.0388", 59.59, "1.0242"],
  ["lapsrn-x4", 736.73, 1, "0.1707", 0.87, "1.0001"],
  ["dcpdnet", 254.37, 2, "0.9242", 66.9, "0.1859"],
  ["densenet-161", 15.56, 2, "0.9933", 28.68, "1.0000"],
  ["fcos", 80.14, 1, "0.9966", 32.02, "1.0086"],
  ["cartoon-gan", 108.98, 2, "0.9980", 11.69, "0.9521"],
  ["transformer-wmt14", 10.6, 2, "1.1933", 176, "1.1927"],
  ["c3d", 38.57, 1, "0.9994", 78.41, "1.0000"],
  ["d3dnet", 408.82, 1, "2.0896", 2.58, "1.0000"],
];

test.each(table2)("%s beside Table 2", (name, gflops, operations, work, millions, size) => {
  const architecture = architectures[name].build();
  expect(((operations * totalMacs(architecture.layers)) / 1e9 / gflops).toFixed(4)).toBe(work);
  expect((networkParameters(architecture) / 1e6 / millions).toFixed(4)).toBe(size);
});

test("the table holds the first twelve networks", () => {
  expect(table2.map(([name]) => name)).toEqual(Object.keys(architectures).slice(0, 12));
});

describe("where parameters differ from Table 2, the rest is", () => {
  const parametersOf = (name: string): number => networkParameters(architectures[name].build());

  test("in FCOS what the configuration freezes: 7×7 and stage 1, and scale and shift of 26,560 channels", () => {
    const stage1 = 64 * 64 + 2 * 256 * 64 + 3 * 9 * 64 * 64 + 3 * 64 * 256 + 64 * 256;
    expect(parametersOf("fcos") - 3 * 49 * 64 - stage1 - 2 * 26_560).toBe(32_019_802);
  });

  test("in DCPDNet a U-Net of 64 to 512 channels that is never applied, and an idle normalization of 20 channels", () => {
    const down = [3, 64, 128, 256, 512, 512, 512, 512, 512];
    const up = [512, 1024, 1024, 1024, 1024, 512, 256, 128];
    const upFilters = [512, 512, 512, 512, 256, 128, 64, 20];
    let unused = 0;
    for (let index = 0; index < 8; index++) {
      unused += 16 * down[index] * down[index + 1] + (index > 0 ? 2 * down[index + 1] : 0);
      unused += 16 * up[index] * upFilters[index] + (index > 0 && index < 7 ? 2 * upFilters[index] : 0);
    }
    // Four 1×1 convolutions with bias, and two 3×3 ones of which one has a bias.
    unused += 4 * 21 + 9 * 24 * 3 + (9 * 24 * 3 + 3);
    expect(unused).toBe(54_450_151);
    expect(parametersOf("dcpdnet") + unused + 2 * 20).toBe(66_889_917);
  });

  test("in the Transformer the embeddings, which are the output projection", () => {
    expect(parametersOf("transformer-wmt14") - 32_768 * 1024).toBe(176_357_376);
  });

  test("in C3D nothing: 101 classes; 487 have 79,991,015", () => {
    expect(parametersOf("c3d") + (487 - 101) * (4096 + 1)).toBe(79_991_015);
  });
});
