import type { CapturedActivations } from "./captured-activations.ts";
import type { Tensor } from "./tensor.ts";

/** What a layer computes. A `matmul` multiplies two activations (attention); its weight side is one of them. */
export type LayerKind = "convolution" | "linear" | "matmul";

/**
 * A layer with multiply–accumulates, in the loop names of Timeloop, at batch 1:
 * for g < groups, m < filters / groups, p < outputHeight, q < outputWidth: Σ over r, s, c < channels / groups.
 * A linear layer on T vectors has outputHeight = T and every other spatial size 1.
 * A matmul has one group for each matrix of its batch (attention heads).
 */
export interface LayerShape {
  readonly name: string;
  readonly kind: LayerKind;
  /** M, over all groups. */
  readonly filters: number;
  /** C, over all groups. */
  readonly channels: number;
  /** G */
  readonly groups: number;
  /** P, Q */
  readonly outputHeight: number;
  readonly outputWidth: number;
  /** R, S */
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  /** Rows of zeros above the input. */
  readonly paddingTop: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  /** Trained scalars beside the weights (bias), not multiplied. */
  readonly biasParameters: number;
}

/** A layer with its weights and, where they were captured, its activations. */
export interface Layer extends LayerShape {
  /** Shape [M, R, S, C/G], channels innermost: the reduction order of every machine. */
  readonly weights: Tensor;
  readonly activations?: CapturedActivations;
}

/** Products that are summed into one output: C/G · R · S. */
export const reductionLength = (layer: LayerShape): number =>
  (layer.channels / layer.groups) * layer.kernelHeight * layer.kernelWidth;

/** Output positions a filter, at batch 1: P · Q. */
export const positions = (layer: LayerShape): number => layer.outputHeight * layer.outputWidth;

/** Multiply–accumulates at batch 1, padding positions counted. */
export const macs = (layer: LayerShape): number => layer.filters * positions(layer) * reductionLength(layer);

/** Trained parameters; none for a matmul of two activations. */
export const parameters = (layer: LayerShape): number =>
  layer.kind === "matmul" ? 0 : layer.filters * reductionLength(layer) + layer.biasParameters;
