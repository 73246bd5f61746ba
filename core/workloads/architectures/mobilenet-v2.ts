import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ConvolutionOptions, ForwardPass } from "./forward-pass.ts";

/** Expansion, filters, blocks and stride of the first block of each stage: Table 2 of the paper. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const convolution = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  options: Omit<ConvolutionOptions, "offset">,
): FeatureMap => pass.convolution(name, input, { ...options, offset: "batch-normalization" });

/** Expansion, depthwise convolution, linear projection; the input is added where the shape stays. */
const invertedResidual = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  expansion: number,
  filters: number,
  stride: number,
): FeatureMap => {
  const width = expansion * input.channels;
  let map = input;
  let index = 0;
  if (expansion > 1) {
    map = convolution(pass, `${name}.conv.0.0`, map, { filters: width, kernel: 1 });
    map = pass.absorbed("Clip", map);
    index = 1;
  }
  const depthwise = { filters: width, kernel: 3, stride, padding: 1, groups: width };
  map = pass.absorbed("Clip", convolution(pass, `${name}.conv.${index}.0`, map, depthwise));
  map = convolution(pass, `${name}.conv.${index + 1}`, map, { filters, kernel: 1 });
  const keepsShape = stride === 1 && input.channels === filters;
  return keepsShape ? pass.elementWise(`${name}.add`, "Add", input, map) : map;
};

/**
 * MobileNetV2 at width 1 on ImageNet. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018,
 * arXiv 1801.04381, Table 2. Taken from torchvision/models/mobilenetv2.py (github pytorch/vision). Left out: nothing.
 *
 * MICRO 2021, Table 2: 0.615 GFLOPS and 3.49 M parameters. Here 0.3008 GMACs; with one operation for each of the 6.68 M
 * normalized values, twice the sum is 0.615. The published model has 3,504,872 parameters, which round to 3.50 M.
 */
export const mobileNetV2 = architectureBuilder("mobilenet-v2", { input: [1, 3, 224, 224] }, (pass) => {
  let map = convolution(pass, "features.0.0", pass.image("input", 3), {
    filters: 32,
    kernel: 3,
    stride: 2,
    padding: 1,
  });
  map = pass.absorbed("Clip", map);
  let index = 1;
  for (const [expansion, filters, blocks, stride] of stages) {
    for (let block = 0; block < blocks; block++) {
      const name = `features.${index++}`;
      map = invertedResidual(pass, name, map, expansion, filters, block === 0 ? stride : 1);
    }
  }
  map = convolution(pass, `features.${index}.0`, map, { filters: 1280, kernel: 1 });
  map = pass.absorbed("Clip", map);
  pass.linear("classifier.1", pass.globalAverage("avgpool", map), {
    channels: 1280,
    filters: 1000,
    offset: "bias",
  });
});
