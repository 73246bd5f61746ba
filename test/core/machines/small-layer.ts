import type { LayerShape } from "../../../core/workloads/layer.ts";

/** A convolution of 3 filters over 20 channels with 2 × 2 outputs, kernel 1 × 1, unless told otherwise. */
export const smallLayer = (changes: Partial<LayerShape> = {}): LayerShape => ({
  name: "small",
  kind: "convolution",
  filters: 3,
  channels: 20,
  groups: 1,
  outputHeight: 2,
  outputWidth: 2,
  kernelHeight: 1,
  kernelWidth: 1,
  strideHeight: 1,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 1,
  paddingTop: 0,
  inputHeight: 2,
  inputWidth: 2,
  biasParameters: 0,
  ...changes,
});
