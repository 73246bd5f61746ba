import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** Blocks in each of the four stages. */
export type StageBlocks = readonly [number, number, number, number];

/** Which convolution of a bottleneck has the stride: the 1×1 of the paper and of Caffe, or the 3×3 of torchvision. */
export type BottleneckStride = "1x1" | "3x3";

const stageFilters = [64, 128, 256, 512];

/** 7×7 convolution and maximum: a quarter of the height and width. */
const residualStem = (pass: ForwardPass, prefix: string, input: FeatureMap): FeatureMap => {
  const convolved = pass.convolution(`${prefix}conv1`, input, {
    filters: 64,
    kernel: 7,
    stride: 2,
    padding: 3,
    offset: "batch-normalization",
  });
  const active = pass.absorbed("Relu", convolved);
  return pass.pool(`${prefix}maxpool`, "MaxPool", active, { kernel: 3, stride: 2, padding: 1 });
};

/** The input of a block as it is added to its output: through a 1×1 convolution where the shapes differ. */
const shortcut = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  filters: number,
  stride: number,
): FeatureMap =>
  stride === 1 && input.channels === filters
    ? input
    : pass.convolution(`${name}.downsample.0`, input, {
        filters,
        kernel: 1,
        stride,
        offset: "batch-normalization",
      });

const residual = (pass: ForwardPass, name: string, branch: FeatureMap, input: FeatureMap): FeatureMap =>
  pass.absorbed("Relu", pass.elementWise(`${name}.add`, "Add", branch, input));

type Block = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  filters: number,
  stride: number,
) => FeatureMap;

const basicBlock: Block = (pass, name, input, filters, stride) => {
  const common = { filters, kernel: 3, padding: 1, offset: "batch-normalization" } as const;
  const first = pass.absorbed("Relu", pass.convolution(`${name}.conv1`, input, { ...common, stride }));
  const second = pass.convolution(`${name}.conv2`, first, common);
  return residual(pass, name, second, shortcut(pass, name, input, filters, stride));
};

const bottleneck =
  (strided: BottleneckStride): Block =>
  (pass, name, input, filters, stride) => {
    const offset = "batch-normalization";
    const [first, second] = strided === "1x1" ? [stride, 1] : [1, stride];
    const reduced = pass.convolution(`${name}.conv1`, input, { filters, kernel: 1, stride: first, offset });
    const convolved = pass.convolution(`${name}.conv2`, pass.absorbed("Relu", reduced), {
      filters,
      kernel: 3,
      stride: second,
      padding: 1,
      offset,
    });
    const expanded = pass.convolution(`${name}.conv3`, pass.absorbed("Relu", convolved), {
      filters: 4 * filters,
      kernel: 1,
      offset,
    });
    return residual(pass, name, expanded, shortcut(pass, name, input, 4 * filters, stride));
  };

const stages = (
  pass: ForwardPass,
  prefix: string,
  input: FeatureMap,
  blocks: StageBlocks,
  block: Block,
): FeatureMap[] => {
  let map = input;
  return blocks.map((count, stage) => {
    for (let index = 0; index < count; index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      map = block(pass, `${prefix}layer${stage + 1}.${index}`, map, stageFilters[stage], stride);
    }
    return map;
  });
};

/** The outputs of the four stages of bottleneck blocks, at 1/4, 1/8, 1/16 and 1/32 of the image. */
export const bottleneckStages = (
  pass: ForwardPass,
  prefix: string,
  image: FeatureMap,
  blocks: StageBlocks,
  strided: BottleneckStride,
): FeatureMap[] => stages(pass, prefix, residualStem(pass, prefix, image), blocks, bottleneck(strided));

const classifier = (pass: ForwardPass, features: FeatureMap): void => {
  const pooled = pass.globalAverage("avgpool", features);
  pass.linear("fc", pooled, { channels: features.channels, filters: 1000, offset: "bias" });
};

/**
 * ResNet-18 on ImageNet. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv 1512.03385, Table 1.
 * Taken from torchvision/models/resnet.py (github pytorch/vision), `resnet18`, whose shortcuts are projections where
 * the shape changes (option B of the paper). Left out: nothing.
 */
export const resNet18 = architectureBuilder("resnet-18", { input: [1, 3, 224, 224] }, (pass) => {
  const features = residualStem(pass, "", pass.image("input", 3));
  classifier(pass, stages(pass, "", features, [2, 2, 2, 2], basicBlock)[3]);
});

/**
 * ResNet-50 on ImageNet. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv 1512.03385, Table 1.
 * Taken from torchvision/models/resnet.py (github pytorch/vision), `resnet50`, known as v1.5: the stride of a bottleneck
 * is in its 3×3 convolution, which costs 0.23 GMACs more than the 1×1 of the paper. Left out: nothing.
 *
 * MICRO 2021, Table 2: 8.21 GFLOPS and 25.56 M parameters. Here 4.089 GMACs, twice of which are 0.4 % less than 8.21:
 * Table 2 counts other operations than multiply–accumulates too. The parameters are met.
 */
export const resNet50 = architectureBuilder("resnet-50", { input: [1, 3, 224, 224] }, (pass) => {
  classifier(pass, bottleneckStages(pass, "", pass.image("input", 3), [3, 4, 6, 3], "3x3")[3]);
});
