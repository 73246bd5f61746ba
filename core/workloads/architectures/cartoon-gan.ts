import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ConvolutionOptions } from "./forward-pass.ts";

/**
 * The generator of CartoonGAN. Chen et al., "CartoonGAN: Generative Adversarial Networks for Photo Cartoonization", CVPR
 * 2018, Figure 2. Taken from network/Transformer.py of github Yijunmaverick/CartoonGAN-Test-Pytorch-Torch, the code of the
 * authors' published weights. Instance normalization needs statistics of its input, so it is a movement and not folded.
 * Left out: nothing.
 *
 * MICRO 2021, Table 2: 108.98 GFLOPS and 11.69 M parameters. Here, at 256 × 256, 54.38 GMACs, twice of which are 0.2 %
 * less than 108.98: Table 2 counts other operations than multiply–accumulates too. The weights of this code are 11.13 M;
 * a further 0.56 M fits no layer of the paper without changing the operations, and is unexplained (ResNet-18 has 11.69 M).
 */
export const cartoonGan = architectureBuilder("cartoon-gan", { input: [1, 3, 256, 256] }, (pass) => {
  const convolution = (
    name: string,
    input: FeatureMap,
    options: Omit<ConvolutionOptions, "offset">,
  ): FeatureMap => pass.convolution(name, input, { ...options, offset: "bias" });
  /** A border of mirrored values, then a convolution without padding of its own. */
  const mirrored = (name: string, input: FeatureMap, filters: number, kernel: number): FeatureMap => {
    const size = input.size.map((length) => length + kernel - 1);
    const padded = pass.absorbed("Pad", { channels: input.channels, size });
    return convolution(name, padded, { filters, kernel });
  };
  const normalized = (name: string, input: FeatureMap): FeatureMap =>
    pass.normalization(name, "InstanceNormalization", input);
  const active = (name: string, input: FeatureMap): FeatureMap =>
    pass.absorbed("Relu", normalized(name, input));

  let map = active("in01_1", mirrored("conv01_1", pass.image("input", 3), 64, 7));
  for (const [stage, filters] of [
    ["02", 128],
    ["03", 256],
  ] as const) {
    map = convolution(`conv${stage}_1`, map, { filters, kernel: 3, stride: 2, padding: 1 });
    map = convolution(`conv${stage}_2`, map, { filters, kernel: 3, padding: 1 });
    map = active(`in${stage}_1`, map);
  }
  for (const block of ["04", "05", "06", "07", "08", "09", "10", "11"]) {
    const first = active(`in${block}_1`, mirrored(`conv${block}_1`, map, 256, 3));
    const second = normalized(`in${block}_2`, mirrored(`conv${block}_2`, first, 256, 3));
    map = pass.elementWise(`res${block}`, "Add", second, map);
  }
  for (const [stage, normalization, filters] of [
    ["01", "in12_1", 128],
    ["02", "in13_1", 64],
  ] as const) {
    map = pass.transposedConvolution(`deconv${stage}_1`, map, {
      filters,
      kernel: 3,
      stride: 2,
      padding: 1,
      outputPadding: 1,
      offset: "bias",
    });
    map = active(normalization, convolution(`deconv${stage}_2`, map, { filters, kernel: 3, padding: 1 }));
  }
  pass.absorbed("Tanh", mirrored("deconv03_1", map, 3, 7));
});
