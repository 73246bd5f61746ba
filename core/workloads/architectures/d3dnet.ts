import { architectureBuilder } from "./architecture-builder.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

const same = { kernel: 3, padding: 1 } as const;

/**
 * A deformable 3-D convolution: a plain one yields an offset in height and width for each of the 27 taps, the input is
 * sampled at the displaced taps, and each output sums its own 27 samples. The samples form a map of 3 × 3 × 3 an output
 * position, over which the main convolution steps by its own size.
 */
const deformableConvolution = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  filters: number,
): FeatureMap => {
  const offsets = pass.convolution(`${name}.conv_offset`, input, {
    ...same,
    filters: 2 * 27,
    offset: "bias",
  });
  const samples = { channels: input.channels, size: input.size.map((length) => 3 * length) };
  const sampled = pass.movement(`${name}.sampling`, "DeformableSampling", [input, offsets], samples);
  return pass.convolution(name, sampled, { filters, kernel: 3, stride: 3, offset: "bias" });
};

const residualBlock = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  convolution: (name: string, input: FeatureMap) => FeatureMap,
): FeatureMap => {
  const first = pass.absorbed("LeakyRelu", convolution(`${name}.dcn0`, input));
  return pass.elementWise(`${name}.add`, "Add", convolution(`${name}.dcn1`, first), input);
};

/**
 * D3DNet for super-resolution of video by a factor of 4, from seven frames. Ying et al., "Deformable 3D Convolution for
 * Video Super-Resolution", IEEE Signal Processing Letters 27, 2020, arXiv 2004.02803. Taken from code/model.py of github
 * XinyiYing/D3Dnet, input size as there. The convolution behind the residual blocks fixes the number of frames. Left out:
 * the interpolation between the four neighbours of a sample, which is part of the movement that samples.
 *
 * MICRO 2021, Table 2: 408.82 GFLOPS and 2.58 M parameters. The source code counts itself with thop, which does not know
 * deformable convolutions: without them there are 408.38 GMACs here, with biases and rectified values 408.82. They take
 * 445.91 GMACs more, so the whole is 854.28. The parameters are met.
 */
export const d3dNet = architectureBuilder("d3dnet", { input: [1, 1, 7, 320, 180] }, (pass) => {
  const video = pass.video("input", 1);
  const [frames, height, width] = video.size;
  if (frames !== 7) pass.refuse(`it takes seven frames, its input has ${frames}`);
  const first = pass.convolution("input.0", video, { ...same, filters: 64, offset: "none" });
  let map = pass.absorbed("LeakyRelu", first);
  for (let block = 0; block < 5; block++) {
    map = residualBlock(pass, `residual_layer.${block}`, map, (name, input) =>
      deformableConvolution(pass, name, input, 64),
    );
  }
  // The frames become channels of a picture.
  map = pass.absorbed("Transpose", { channels: 64 * frames, size: [height, width] });
  map = pass.convolution("bottleneck", map, { filters: 64, kernel: 1, offset: "bias" });
  for (let block = 0; block < 6; block++) {
    map = residualBlock(pass, `reconstruct.${block}`, map, (name, input) =>
      pass.convolution(name, input, { ...same, filters: 64, offset: "bias" }),
    );
  }
  map = pass.convolution("upscale.0", map, { filters: 1024, kernel: 1, offset: "none" });
  const size = [4 * height, 4 * width];
  map = pass.absorbed("DepthToSpace", { channels: 64, size });
  map = pass.convolution("upscale.2", map, { ...same, filters: 1, offset: "none" });
  map = pass.convolution("upscale.3", map, { ...same, filters: 1, offset: "none" });
  const frame = { channels: 1, size: [height, width] };
  const enlarged = pass.movement("residual", "Resize", [frame], { channels: 1, size });
  pass.elementWise("add", "Add", map, enlarged);
});
