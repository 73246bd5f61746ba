import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

const upsampling = { kernel: 4, stride: 2, padding: 1, offset: "none" } as const;
const same = { kernel: 3, padding: 1, offset: "none" } as const;

/** Ten convolutions and a transposed one, 64 channels throughout: twice the height and width. */
const featureExtraction = (pass: ForwardPass, name: string, input: FeatureMap): FeatureMap => {
  let map = input;
  for (let index = 0; index < 10; index++) {
    const convolved = pass.convolution(`${name}.0.cov_block.${2 * index}`, map, { ...same, filters: 64 });
    map = pass.absorbed("LeakyRelu", convolved);
  }
  const upsampled = pass.transposedConvolution(`${name}.0.cov_block.20`, map, { ...upsampling, filters: 64 });
  return pass.absorbed("LeakyRelu", upsampled);
};

/**
 * LapSRN for super-resolution by a factor of 4. Lai et al., "Deep Laplacian Pyramid Networks for Fast and Accurate
 * Super-Resolution", CVPR 2017, arXiv 1704.03915. Taken from lapsrn.py of github twtygqyy/pytorch-LapSRN (one channel of
 * luminance, no biases, every level with filters of its own). The default input is a quarter of 1280 × 720, the output at
 * which work on super-resolution counts operations. Left out: nothing.
 *
 * MICRO 2021, Table 2: 736.73 GFLOPS and 0.87 M parameters. The parameters are met. Here 125.74 GMACs; Table 2 does not
 * say its input, and no documented one gives its figure: as multiply–accumulates it would be 581 × 581.
 */
export const lapSrn4 = architectureBuilder("lapsrn-x4", { input: [1, 1, 180, 320] }, (pass) => {
  let image = pass.image("input", 1);
  const first = pass.convolution("conv_input", image, { ...same, filters: 64 });
  let features = pass.absorbed("LeakyRelu", first);
  for (const level of [1, 2]) {
    features = featureExtraction(pass, `convt_F${level}`, features);
    const upsampled = pass.transposedConvolution(`convt_I${level}`, image, { ...upsampling, filters: 1 });
    const residual = pass.convolution(`convt_R${level}`, features, { ...same, filters: 1 });
    image = pass.elementWise(`HR_${2 ** level}x`, "Add", upsampled, residual);
  }
});
