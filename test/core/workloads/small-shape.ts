import type { LayerShape } from "../../../core/workloads/layer.ts";

/** The shape of a convolution of `filters` filters over an image of 8 × 8, a linear layer's with `kind`. */
export const smallShape = (change: Partial<LayerShape> = {}): LayerShape => ({
  name: "conv",
  kind: "convolution",
  filters: 64,
  channels: 8,
  groups: 1,
  outputHeight: 6,
  outputWidth: 6,
  kernelHeight: 3,
  kernelWidth: 3,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  paddingTop: 0,
  inputHeight: 8,
  inputWidth: 8,
  biasParameters: 0,
  ...change,
});
