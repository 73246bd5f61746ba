import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";

/** Filters and residual blocks of each stage of Darknet-53: Table 1 of the paper. */
const stages = [
  [64, 1],
  [128, 2],
  [256, 8],
  [512, 8],
  [1024, 4],
] as const;

/** Three boxes of four coordinates, an objectness and 80 classes of COCO. */
const detectionFilters = 3 * (4 + 1 + 80);

/**
 * YOLOv3 on COCO. Redmon & Farhadi, "YOLOv3: An Incremental Improvement", arXiv 1804.02767. Taken from the layer list
 * yolov3.cfg with 80 classes and the PyTorch code that reads it (github eriklindernoren/PyTorch-YOLOv3,
 * pytorchyolo/models.py), whose names count the sections of that list. Sides must be multiples of 32. Left out: the
 * decoding of boxes and non-maximum suppression.
 *
 * MICRO 2021, Table 2: 25.42 GFLOPS and 61.95 M parameters. The list asks for 416 × 416, which is 32.93 GMACs. A picture of
 * 640 × 480 scaled to a width of 416 and padded to multiples of 32 is 320 high, 25.33 GMACs: with the biases, two
 * operations a normalized and one a rectified value, that is 25.42. So this is the default; the parameters are met.
 */
export const yoloV3 = architectureBuilder("yolo-v3", { input: [1, 3, 320, 416] }, (pass) => {
  // Sections of the .cfg file are numbered through, those without weights too.
  let section = 0;
  const convolution = (input: FeatureMap, filters: number, kernel: number, stride = 1): FeatureMap => {
    const name = `module_list.${section}.conv_${section}`;
    section++;
    const padding = (kernel - 1) / 2;
    const offset = "batch-normalization";
    const map = pass.convolution(name, input, { filters, kernel, stride, padding, offset });
    return pass.absorbed("LeakyRelu", map);
  };
  const backbone: FeatureMap[] = [];
  let map = convolution(pass.image("input", 3), 32, 3);
  for (const [filters, blocks] of stages) {
    map = convolution(map, filters, 3, 2);
    for (let block = 0; block < blocks; block++) {
      const branch = convolution(convolution(map, filters / 2, 1), filters, 3);
      map = pass.elementWise(`module_list.${section++}.shortcut`, "Add", branch, map);
    }
    backbone.push(map);
  }
  /** Five convolutions, whose output the next scale branches from, and the two that detect. */
  const detection = (input: FeatureMap, filters: number): FeatureMap => {
    let features = convolution(convolution(input, filters, 1), 2 * filters, 3);
    features = convolution(convolution(features, filters, 1), 2 * filters, 3);
    features = convolution(features, filters, 1);
    const wide = convolution(features, 2 * filters, 3);
    pass.convolution(`module_list.${section}.conv_${section}`, wide, {
      filters: detectionFilters,
      kernel: 1,
      offset: "bias",
    });
    section += 2;
    return features;
  };
  /** Back to the output of five convolutions, halved in channels, doubled in size, joined with a stage of the backbone. */
  const merged = (features: FeatureMap, stage: FeatureMap): FeatureMap => {
    section++;
    const halved = convolution(features, features.channels / 2, 1);
    const size = halved.size.map((length) => 2 * length);
    const doubled = pass.absorbed("Resize", { channels: halved.channels, size });
    section++;
    return pass.concatenated(`module_list.${section++}.route`, [doubled, stage]);
  };
  const large = detection(map, 512);
  const medium = detection(merged(large, backbone[3]), 256);
  detection(merged(medium, backbone[2]), 128);
});
