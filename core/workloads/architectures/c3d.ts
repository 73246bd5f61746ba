import { architectureBuilder } from "./architecture-builder.ts";
import { mapElements } from "./feature-map.ts";

/**
 * C3D on clips of 16 frames, with the 101 classes of UCF-101. Tran et al., "Learning Spatiotemporal Features with 3D
 * Convolutional Networks", ICCV 2015, arXiv 1412.0767, Figure 3. Taken from network/C3D_model.py of github
 * jfzhang95/pytorch-video-recognition. The linear layers fix what five pools must leave: 512 × 1 × 4 × 4. Left out:
 * nothing; with the 487 classes of Sports-1M (github DavideA/c3d-pytorch) it has 79,991,015 parameters.
 *
 * MICRO 2021, Table 2: 38.57 GFLOPS and 78.41 M parameters. Here 38.55 GMACs, which are 38.57 with the biases. The
 * parameters are met.
 */
export const c3d = architectureBuilder("c3d", { input: [1, 3, 16, 112, 112] }, (pass) => {
  let map = pass.video("input", 3);
  for (const [names, filters, poolDepth, poolPadding] of [
    [["conv1"], 64, 1, 0],
    [["conv2"], 128, 2, 0],
    [["conv3a", "conv3b"], 256, 2, 0],
    [["conv4a", "conv4b"], 512, 2, 0],
    [["conv5a", "conv5b"], 512, 2, 1],
  ] as const) {
    for (const name of names) {
      const convolved = pass.convolution(name, map, { filters, kernel: 3, padding: 1, offset: "bias" });
      map = pass.absorbed("Relu", convolved);
    }
    const kernel = [poolDepth, 2, 2];
    const padding = [0, poolPadding, poolPadding];
    map = pass.pool(`pool${names[0][4]}`, "MaxPool", map, { kernel, stride: kernel, padding });
  }
  map = pass.absorbed("Flatten", { channels: mapElements(map), size: [1, 1] });
  for (const [name, channels, filters] of [
    ["fc6", 8192, 4096],
    ["fc7", 4096, 4096],
  ] as const) {
    map = pass.absorbed("Relu", pass.linear(name, map, { channels, filters, offset: "bias" }));
  }
  pass.linear("fc8", map, { channels: 4096, filters: 101, offset: "bias" });
});
