import { architectureBuilder } from "./architecture-builder.ts";
import { type FeatureMap, mapElements } from "./feature-map.ts";
import type { ConvolutionOptions, ForwardPass, Window } from "./forward-pass.ts";

/** A convolution and its ReLU at this index of `features`, or a maximum. */
type Feature = readonly [index: number, options: Omit<ConvolutionOptions, "offset"> | "maximum"];

const features = (
  pass: ForwardPass,
  image: FeatureMap,
  list: readonly Feature[],
  maximum: Window,
): FeatureMap => {
  let map = image;
  for (const [index, options] of list) {
    const name = `features.${index}`;
    map =
      options === "maximum"
        ? pass.pool(name, "MaxPool", map, maximum)
        : pass.absorbed("Relu", pass.convolution(name, map, { ...options, offset: "bias" }));
  }
  return map;
};

/** Averages to a fixed size, then three linear layers, at these indices of `classifier`. */
const classifier = (
  pass: ForwardPass,
  input: FeatureMap,
  side: number,
  indices: readonly [number, number, number],
): void => {
  const pooled = pass.movement("avgpool", "AveragePool", [input], {
    channels: input.channels,
    size: [side, side],
  });
  let map = pass.absorbed("Flatten", { channels: mapElements(pooled), size: [1, 1] });
  for (const [position, index] of indices.entries()) {
    const filters = position === 2 ? 1000 : 4096;
    map = pass.linear(`classifier.${index}`, map, { channels: map.channels, filters, offset: "bias" });
    if (position < 2) map = pass.absorbed("Relu", map);
  }
};

/**
 * AlexNet on ImageNet, in one column. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv
 * 1404.5997; the network of NIPS 2012 has two columns, grouped convolutions, other filter counts and local response
 * normalization. Taken from torchvision/models/alexnet.py (github pytorch/vision). Left out: nothing.
 */
export const alexNet = architectureBuilder("alexnet", { input: [1, 3, 224, 224] }, (pass) => {
  const list: readonly Feature[] = [
    [0, { filters: 64, kernel: 11, stride: 4, padding: 2 }],
    [2, "maximum"],
    [3, { filters: 192, kernel: 5, padding: 2 }],
    [5, "maximum"],
    [6, { filters: 384, kernel: 3, padding: 1 }],
    [8, { filters: 256, kernel: 3, padding: 1 }],
    [10, { filters: 256, kernel: 3, padding: 1 }],
    [12, "maximum"],
  ];
  const map = features(pass, pass.image("input", 3), list, { kernel: 3, stride: 2 });
  classifier(pass, map, 6, [1, 4, 6]);
});

/**
 * VGG-16 (configuration D) on ImageNet. Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition", ICLR 2015, arXiv 1409.1556, Table 1. Taken from torchvision/models/vgg.py (github pytorch/vision),
 * `vgg16`, without batch normalization. Left out: nothing.
 */
export const vgg16 = architectureBuilder("vgg-16", { input: [1, 3, 224, 224] }, (pass) => {
  const blocks = [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ] as const;
  const list: Feature[] = [];
  let index = 0;
  for (const [filters, convolutions] of blocks) {
    for (let layer = 0; layer < convolutions; layer++) {
      list.push([index, { filters, kernel: 3, padding: 1 }]);
      index += 2;
    }
    list.push([index++, "maximum"]);
  }
  const map = features(pass, pass.image("input", 3), list, { kernel: 2, stride: 2 });
  classifier(pass, map, 7, [0, 3, 6]);
});
