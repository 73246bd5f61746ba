import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** Filters of a module: 1×1; 3×3 and its reduction in front; "5×5" and its reduction; projection of the maximum. */
type Inception = readonly [number, number, number, number, number, number];

const modules: readonly (readonly [name: string, filters: Inception] | "maximum")[] = [
  ["3a", [64, 96, 128, 16, 32, 32]],
  ["3b", [128, 128, 192, 32, 96, 64]],
  "maximum",
  ["4a", [192, 96, 208, 16, 48, 64]],
  ["4b", [160, 112, 224, 24, 64, 64]],
  ["4c", [128, 128, 256, 24, 64, 64]],
  ["4d", [112, 144, 288, 32, 64, 64]],
  ["4e", [256, 160, 320, 32, 128, 128]],
  "maximum",
  ["5a", [256, 160, 320, 32, 128, 128]],
  ["5b", [384, 192, 384, 48, 128, 128]],
];

const convolution = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  filters: number,
  kernel: number,
  stride = 1,
): FeatureMap => {
  const padding = (kernel - 1) / 2;
  const options = { filters, kernel, stride, padding, offset: "batch-normalization" } as const;
  return pass.absorbed("Relu", pass.convolution(`${name}.conv`, input, options));
};

const inception = (pass: ForwardPass, name: string, input: FeatureMap, filters: Inception): FeatureMap => {
  const [straight, reduced3, filters3, reduced5, filters5, projected] = filters;
  const first = convolution(pass, `${name}.branch1`, input, straight, 1);
  const narrow3 = convolution(pass, `${name}.branch2.0`, input, reduced3, 1);
  const second = convolution(pass, `${name}.branch2.1`, narrow3, filters3, 3);
  const narrow5 = convolution(pass, `${name}.branch3.0`, input, reduced5, 1);
  const third = convolution(pass, `${name}.branch3.1`, narrow5, filters5, 3);
  const window = { kernel: 3, stride: 1, padding: 1, roundUp: true };
  const maximum = pass.pool(`${name}.branch4.0`, "MaxPool", input, window);
  const fourth = convolution(pass, `${name}.branch4.1`, maximum, projected, 1);
  return pass.concatenated(name, [first, second, third, fourth]);
};

/**
 * GoogLeNet (Inception v1) on ImageNet. Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, arXiv 1409.4842,
 * Table 1. Taken from torchvision/models/googlenet.py (github pytorch/vision): batch-normalized, and with 3×3 kernels
 * where the paper has 5×5 (its issue 906). Left out: the two auxiliary classifiers, which are used in training only, and
 * the affine transformation of the input, which is element-wise.
 */
export const googLeNet = architectureBuilder("googlenet", { input: [1, 3, 224, 224] }, (pass) => {
  const halving = { kernel: 3, stride: 2, roundUp: true };
  let map = convolution(pass, "conv1", pass.image("input", 3), 64, 7, 2);
  map = pass.pool("maxpool1", "MaxPool", map, halving);
  map = convolution(pass, "conv2", map, 64, 1);
  map = convolution(pass, "conv3", map, 192, 3);
  map = pass.pool("maxpool2", "MaxPool", map, halving);
  let pools = 2;
  for (const module of modules) {
    if (module === "maximum") {
      pools++;
      // The fourth of the pools has windows of two.
      map = pass.pool(`maxpool${pools}`, "MaxPool", map, { ...halving, kernel: pools === 4 ? 2 : 3 });
    } else {
      map = inception(pass, `inception${module[0]}`, map, module[1]);
    }
  }
  const pooled = pass.globalAverage("avgpool", map);
  pass.linear("fc", pooled, { channels: map.channels, filters: 1000, offset: "bias" });
});
