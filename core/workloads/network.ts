import type { ActivationDistribution } from "./activation-distribution.ts";
import type { Layer } from "./layer.ts";

/**
 * An operation without multiply–accumulates that moves activations through memory: softmax, pooling, normalization,
 * an element-wise operation on two tensors. It costs traffic and no cycles of a processing element. Element-wise
 * operations on the output of a single layer are fused into that layer and do not appear here.
 */
export interface Movement {
  readonly name: string;
  readonly operation: string;
  /** Activations read and written, at batch 1. */
  readonly readElements: number;
  readonly writtenElements: number;
}

/** A network at fixed input shapes and batch 1, layers in execution order. */
export interface Network {
  readonly name: string;
  /** Where it came from, as the user wrote it: a path, `npm:package/file`, or `synthetic`. */
  readonly source: string;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly layers: readonly Layer[];
  readonly movements: readonly Movement[];
  /** Operations that were fused, folded or are views, with how often: what the layer list does not show. */
  readonly absorbed: Readonly<Record<string, number>>;
  /** Batch normalizations folded into the weights of the layer before them. */
  readonly foldedBatchNormalizations: number;
  /**
   * Trained scalars that belong to no layer: scales of folded batch normalizations (their shifts are biases), scales and
   * shifts of other normalizations, embeddings, class tokens. Absent where the source does not tell.
   */
  readonly otherParameters?: number;
  /** Layers that apply the weights of an earlier layer again, with its name: those weights are trained once. */
  readonly sharedWeights?: Readonly<Record<string, string>>;
  /** What every layer's activations are said to be distributed as, where the user states it. */
  readonly activationDistribution?: ActivationDistribution;
}
