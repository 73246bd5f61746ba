import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** Normalization, ReLU and a 1×1 convolution whose own normalization is folded, then ReLU and a 3×3 convolution. */
export const denseLayer = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  growth: number,
): FeatureMap => {
  const active = pass.absorbed("Relu", pass.batchNormalization(input));
  const narrow = pass.convolution(`${name}.conv1`, active, {
    filters: 4 * growth,
    kernel: 1,
    offset: "batch-normalization",
  });
  return pass.convolution(`${name}.conv2`, pass.absorbed("Relu", narrow), {
    filters: growth,
    kernel: 3,
    padding: 1,
    offset: "none",
  });
};

/** 7×7 convolution and maximum: a quarter of the height and width. */
export const denseStem = (
  pass: ForwardPass,
  prefix: string,
  image: FeatureMap,
  filters: number,
): FeatureMap => {
  const convolved = pass.convolution(`${prefix}conv0`, image, {
    filters,
    kernel: 7,
    stride: 2,
    padding: 3,
    offset: "batch-normalization",
  });
  const active = pass.absorbed("Relu", convolved);
  return pass.pool(`${prefix}pool0`, "MaxPool", active, { kernel: 3, stride: 2, padding: 1 });
};

/** Layers that each read everything before them in the block, and add `growth` channels to it. */
export const denseBlock = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  layers: number,
  growth: number,
): FeatureMap => {
  let map = input;
  for (let index = 1; index <= layers; index++) {
    const layer = `${name}.denselayer${index}`;
    map = pass.concatenated(layer, [map, denseLayer(pass, layer, map, growth)]);
  }
  return map;
};

/** Half the channels, half the height and width. */
export const denseTransition = (pass: ForwardPass, name: string, input: FeatureMap): FeatureMap => {
  const active = pass.absorbed("Relu", pass.batchNormalization(input));
  const halved = pass.convolution(`${name}.conv`, active, {
    filters: input.channels / 2,
    kernel: 1,
    offset: "none",
  });
  return pass.pool(`${name}.pool`, "AveragePool", halved, { kernel: 2, stride: 2 });
};

/**
 * DenseNet-161 (k = 48) on ImageNet. Huang et al., "Densely Connected Convolutional Networks", CVPR 2017, arXiv
 * 1608.06993, Table 1 (k = 48 is in its earlier versions). Taken from torchvision/models/densenet.py
 * (github pytorch/vision), `densenet161`. A normalization in front of a convolution reads concatenated maps, so it is
 * not folded. Left out: nothing.
 *
 * MICRO 2021, Table 2: 15.56 GFLOPS and 28.68 M parameters. Here 7.728 GMACs, twice of which are 0.7 % less than 15.56:
 * Table 2 counts other operations than multiply–accumulates too. The parameters are met.
 */
export const denseNet161 = architectureBuilder("densenet-161", { input: [1, 3, 224, 224] }, (pass) => {
  let map = denseStem(pass, "features.", pass.image("input", 3), 96);
  for (const [index, layers] of [6, 12, 36, 24].entries()) {
    map = denseBlock(pass, `features.denseblock${index + 1}`, map, layers, 48);
    if (index < 3) map = denseTransition(pass, `features.transition${index + 1}`, map);
  }
  const active = pass.absorbed("Relu", pass.batchNormalization(map));
  const pooled = pass.globalAverage("avgpool", active);
  pass.linear("classifier", pooled, { channels: map.channels, filters: 1000, offset: "bias" });
});
