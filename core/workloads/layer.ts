import type { CapturedActivations } from "./captured-activations.ts";
import type { SlidingWindow } from "./sliding-window.ts";
import type { Tensor } from "./tensor.ts";

/** What a layer computes. A `matmul` multiplies two activations (attention); its weight side is one of them. */
export type LayerKind = "convolution" | "linear" | "matmul";

/** What is computed of a layer: its outputs, or in training a gradient with respect to its inputs or to its weights. */
export type Product = "forward" | "inputGradient" | "weightGradient";

/**
 * A layer with multiply–accumulates, in the loop names of Timeloop, at batch 1:
 * for g < groups, m < filters / groups, p < outputHeight, q < outputWidth: Σ over r, s, c < channels / groups.
 * A linear layer on T vectors has outputHeight = T and every other spatial size 1.
 * A matmul has one group for each matrix of its batch (attention heads).
 * A convolution over volumes or video has a third axis, `depth`, in front of height and width.
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
  /** The third axis of a three-dimensional convolution; absent in all others. */
  readonly depth?: SlidingWindow;
  /** Absent of a forward product. A gradient is a matrix product of its own: see `phaseNetwork`. */
  readonly product?: Exclude<Product, "forward">;
  /** Trained scalars beside the weights (bias), not multiplied. */
  readonly biasParameters: number;
}

/** A layer with its weights and, where they were captured, its activations. */
export interface Layer extends LayerShape {
  /**
   * Shape [M, R, S, C/G], or [M, kernel depth, R, S, C/G] where the layer has a depth; channels innermost: the reduction
   * order of every machine.
   */
  readonly weights: Tensor;
  readonly activations?: CapturedActivations;
}

/** Weights of one filter and channel: R · S, times the kernel's depth. */
export const kernelElements = (layer: LayerShape): number =>
  (layer.depth?.kernel ?? 1) * layer.kernelHeight * layer.kernelWidth;

/** Products that are summed into one output: C/G · R · S, times the kernel's depth. */
export const reductionLength = (layer: LayerShape): number =>
  (layer.channels / layer.groups) * kernelElements(layer);

/** Inputs of one channel in one row: its width, times the input's depth. */
export const inputRowElements = (layer: LayerShape): number => (layer.depth?.input ?? 1) * layer.inputWidth;

/** Outputs of one filter in one row: Q, times the output's depth. */
export const outputRowElements = (layer: LayerShape): number =>
  (layer.depth?.output ?? 1) * layer.outputWidth;

/** Output positions a filter, at batch 1: P · Q, times the output's depth. */
export const positions = (layer: LayerShape): number => layer.outputHeight * outputRowElements(layer);

/** Multiply–accumulates at batch 1, padding positions counted. */
export const macs = (layer: LayerShape): number => layer.filters * positions(layer) * reductionLength(layer);

/** Trained parameters; none for a matmul of two activations, and none for gradients, which belong to another layer. */
export const parameters = (layer: LayerShape): number =>
  layer.kind === "matmul" || layer.product !== undefined
    ? 0
    : layer.filters * reductionLength(layer) + layer.biasParameters;
