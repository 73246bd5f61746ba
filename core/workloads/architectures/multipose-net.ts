import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";
import { bottleneckStages } from "./residual-network.ts";

const convolution = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  filters: number,
  kernel: 1 | 3,
  stride = 1,
): FeatureMap =>
  pass.convolution(name, input, { filters, kernel, stride, padding: (kernel - 1) / 2, offset: "bias" });

const pyramidConvolution = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  kernel: 1 | 3,
  stride = 1,
): FeatureMap => convolution(pass, `fpn.${name}`, input, 256, kernel, stride);

/** The map above, enlarged, on the 1×1 convolution of a stage. */
const topDown = (pass: ForwardPass, name: string, above: FeatureMap, stage: FeatureMap): FeatureMap => {
  const lateral = pyramidConvolution(pass, name, stage, 1);
  const enlarged = pass.absorbed("Resize", { channels: above.channels, size: lateral.size });
  return pass.elementWise(`fpn.${name}.add`, "Add", enlarged, lateral);
};

/** Five maps for the detection of persons, at 1/8 … 1/128 of the image. */
const detectionPyramid = (pass: ForwardPass, [, c3, c4, c5]: readonly FeatureMap[]): FeatureMap[] => {
  const p6 = pyramidConvolution(pass, "conv6", c5, 3, 2);
  const p7 = pyramidConvolution(pass, "conv7", pass.absorbed("Relu", p6), 3, 2);
  const p5 = pyramidConvolution(pass, "latlayer1", c5, 1);
  const p4 = topDown(pass, "latlayer2", p5, c4);
  const p3 = topDown(pass, "latlayer3", p4, c3);
  const smooth5 = pyramidConvolution(pass, "toplayer0", p5, 3);
  const smooth4 = pyramidConvolution(pass, "toplayer1", p4, 3);
  const smooth3 = pyramidConvolution(pass, "toplayer2", p3, 3);
  return [smooth3, smooth4, smooth5, p6, p7];
};

/** Four maps for the keypoints, at 1/4 … 1/32 of the image. */
const keypointPyramid = (pass: ForwardPass, [c2, c3, c4, c5]: readonly FeatureMap[]): FeatureMap[] => {
  const p5 = pyramidConvolution(pass, "toplayer", c5, 1);
  const p4 = topDown(pass, "flatlayer1", p5, c4);
  const p3 = topDown(pass, "flatlayer2", p4, c3);
  const p2 = topDown(pass, "flatlayer3", p3, c2);
  const smooth4 = pyramidConvolution(pass, "smooth1", p4, 3);
  const smooth3 = pyramidConvolution(pass, "smooth2", p3, 3);
  const smooth2 = pyramidConvolution(pass, "smooth3", p2, 3);
  return [smooth2, smooth3, smooth4, p5];
};

/** Heat maps of 17 keypoints and the background, at a quarter of the image. */
const keypoints = (pass: ForwardPass, pyramid: readonly FeatureMap[]): void => {
  const size = pyramid[0].size;
  const features = [...pyramid].reverse().map((level, index) => {
    const first = convolution(pass, `convt${index + 1}`, level, 128, 3);
    return convolution(pass, `convs${index + 1}`, first, 128, 3);
  });
  const enlarged = features.map((map, index) =>
    index === 3 ? map : pass.absorbed("Resize", { channels: 128, size }),
  );
  const joined = convolution(pass, "conv2", pass.concatenated("concat", enlarged), 256, 3);
  convolution(pass, "convfin", pass.absorbed("Relu", joined), 18, 1);
};

/** Four convolutions and an output for each of nine anchors, the same weights on every level. */
const detectionHead = (
  pass: ForwardPass,
  name: string,
  pyramid: readonly FeatureMap[],
  outputs: number,
): FeatureMap[] =>
  pyramid.map((level) => {
    let map = level;
    for (const index of [1, 2, 3, 4]) {
      map = pass.absorbed("Relu", convolution(pass, `${name}.conv${index}`, map, 256, 3));
    }
    return convolution(pass, `${name}.output`, map, outputs, 3);
  });

/**
 * MultiPoseNet on COCO, with ResNet-101: one backbone for the detection of persons (RetinaNet) and of keypoints. Kocabas et
 * al., "MultiPoseNet: Fast Multi-Person Pose Estimation using Pose Residual Network", ECCV 2018, arXiv 1807.04067. Taken from
 * network/posenet.py and fpn.py of github LiMeng95/MultiPoseNet.pytorch, in the state that github
 * nguyenbaviet/MultiPoseNet keeps; forward pass of keypoints and detection at its input of 480 × 480. Left out: the pose
 * residual network, which runs once a detected person (71.3 M parameters, 71.2 M multiply–accumulates), the 1×1
 * convolutions of intermediate supervision, which are used in training only, box decoding and non-maximum suppression.
 *
 * MICRO 2021, Table 2: 97.55 GFLOPS and 59.59 M parameters. Here 101.34 GMACs (3.9 % more) and 61.03 M (2.4 % more). The
 * authors published no code of the whole; which of its reimplementations Table 2 counts is not known.
 */
export const multiPoseNet = architectureBuilder("multipose-net", { input: [1, 3, 480, 480] }, (pass) => {
  const stages = bottleneckStages(pass, "fpn.", pass.image("input", 3), [3, 4, 23, 3], "3x3");
  const detection = detectionPyramid(pass, stages);
  keypoints(pass, keypointPyramid(pass, stages));
  detectionHead(pass, "regressionModel", detection, 9 * 4);
  for (const scores of detectionHead(pass, "classificationModel", detection, 9))
    pass.absorbed("Sigmoid", scores);
});
