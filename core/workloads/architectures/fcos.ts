import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";
import { bottleneckStages } from "./residual-network.ts";

const width = 256;
const same = { kernel: 3, padding: 1 } as const;

/** Maps at 1/8 … 1/128 of the image: stages 2 to 4 joined from the top down, and two further convolutions. */
const featurePyramid = (pass: ForwardPass, stages: readonly FeatureMap[]): FeatureMap[] => {
  const laterals = stages.map((stage, index) =>
    pass.convolution(`neck.lateral_convs.${index}.conv`, stage, {
      filters: width,
      kernel: 1,
      offset: "bias",
    }),
  );
  for (let level = laterals.length - 1; level > 0; level--) {
    const enlarged = pass.absorbed("Resize", { channels: width, size: laterals[level - 1].size });
    laterals[level - 1] = pass.elementWise(`neck.add.${level - 1}`, "Add", laterals[level - 1], enlarged);
  }
  const levels = laterals.map((lateral, index) =>
    pass.convolution(`neck.fpn_convs.${index}.conv`, lateral, { ...same, filters: width, offset: "bias" }),
  );
  for (const index of [3, 4]) {
    const below = index === 3 ? levels[2] : pass.absorbed("Relu", levels[3]);
    const options = { ...same, filters: width, stride: 2, offset: "bias" } as const;
    levels.push(pass.convolution(`neck.fpn_convs.${index}.conv`, below, options));
  }
  return levels;
};

const tower = (pass: ForwardPass, name: string, input: FeatureMap): FeatureMap => {
  let map = input;
  for (let index = 0; index < 4; index++) {
    const convolved = pass.convolution(`${name}.${index}.conv`, map, {
      ...same,
      filters: width,
      offset: "none",
    });
    map = pass.absorbed("Relu", pass.normalization(`${name}.${index}.gn`, "GroupNormalization", convolved));
  }
  return map;
};

/**
 * FCOS on COCO, with ResNet-50 and group normalization. Tian et al., "FCOS: Fully Convolutional One-Stage Object Detection",
 * ICCV 2019, arXiv 1904.01355. Taken from github open-mmlab/mmdetection 1.0, configs/fcos/fcos_r50_caffe_fpn_gn_1x_4gpu.py
 * (strides in the 1×1 convolutions, as in Caffe). The head has the same weights on all five levels: a layer a level, with
 * `sharedWeights`. Left out: the decoding of boxes and non-maximum suppression.
 *
 * MICRO 2021, Table 2: 80.14 GFLOPS and 32.02 M parameters. That is what mmdetection's own counter prints at 640 × 640
 * (80.145, its issue 1760), with biases, two operations a normalized, one a rectified and one a pooled value; here 79.87
 * GMACs. Its 32.02 M leave out what the configuration freezes (all batch normalizations, the first convolution and stage
 * 1); with them the network has 32,295,322 parameters.
 */
export const fcos = architectureBuilder("fcos", { input: [1, 3, 640, 640] }, (pass) => {
  const image = pass.image("input", 3);
  const stages = bottleneckStages(pass, "backbone.", image, [3, 4, 6, 3], "1x1");
  for (const level of featurePyramid(pass, stages.slice(1))) {
    const predict = (name: string, features: FeatureMap, filters: number): FeatureMap =>
      pass.convolution(`bbox_head.${name}`, features, { ...same, filters, offset: "bias" });
    const classes = tower(pass, "bbox_head.cls_convs", level);
    predict("fcos_cls", classes, 80);
    predict("fcos_centerness", classes, 1);
    const boxes = predict("fcos_reg", tower(pass, "bbox_head.reg_convs", level), 4);
    // A trained scale a level.
    pass.absorbed("Exp", pass.absorbed("Mul", boxes));
    pass.otherParameters(1);
  }
});
