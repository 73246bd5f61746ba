import type { Architecture } from "../architecture.ts";
import type { FeatureMap } from "./feature-map.ts";

/** One number for all axes of a map, or one for each. */
export type AxisSizes = number | readonly number[];

/** What a layer adds to its products: nothing, a bias, or the shift of a batch normalization that is folded into it. */
export type Offset = "none" | "bias" | "batch-normalization";

/** A window that slides over every axis of a map; padding is zeros (nothing, in a maximum) on either side. */
export interface Window {
  readonly kernel: AxisSizes;
  readonly stride?: AxisSizes;
  readonly padding?: AxisSizes;
  readonly dilation?: AxisSizes;
  /** Counts a last position whose window reaches past the padded input. */
  readonly roundUp?: boolean;
}

/** A convolution as its source code states it. */
export interface ConvolutionOptions extends Omit<Window, "roundUp"> {
  readonly filters: number;
  readonly groups?: number;
  readonly offset: Offset;
}

/** A transposed convolution of a plane; `outputPadding` outputs are added behind each axis. */
export interface TransposedOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly outputPadding?: number;
  readonly offset: Offset;
}

/** A linear layer: a matrix [filters, channels]. */
export interface LinearOptions {
  readonly channels: number;
  readonly filters: number;
  readonly offset: "none" | "bias";
}

/** A matrix product [rows, depth] · [depth, columns] of two activations, once a group. */
export interface ActivationProduct {
  readonly groups: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/**
 * Records a network while its forward pass is described. What is fused, what is free and what is a movement is as
 * NetworkBuilder decides, under the operator names of ONNX. A layer has the name that its weights have in the source
 * code, `/phase-i-j` behind it in a transposed convolution; a name that comes again applies the same weights again, as
 * `name#2`. Every operation throws a NetworkError that names it where its operands do not fit.
 */
export interface ForwardPass {
  /** The input [1, channels, height, width] of this name. */
  readonly image: (name: string, channels: number) => FeatureMap;
  /** The input [1, channels, depth, height, width] of this name. */
  readonly video: (name: string, channels: number) => FeatureMap;
  /** The length of the input [1, length] of this name: token indices. */
  readonly sequence: (name: string) => number;
  /** Ends the pass with what the network cannot do. */
  readonly refuse: (problem: string) => never;
  readonly convolution: (name: string, input: FeatureMap, options: ConvolutionOptions) => FeatureMap;
  readonly transposedConvolution: (name: string, input: FeatureMap, options: TransposedOptions) => FeatureMap;
  /** A linear layer of the vector at every position of the input. */
  readonly linear: (name: string, input: FeatureMap, options: LinearOptions) => FeatureMap;
  /** The operand that is reused more takes the weight side, in a tie the second. */
  readonly product: (name: string, product: ActivationProduct) => FeatureMap;
  readonly pool: (
    name: string,
    operation: "MaxPool" | "AveragePool",
    input: FeatureMap,
    window: Window,
  ) => FeatureMap;
  /** The average of each channel. */
  readonly globalAverage: (name: string, input: FeatureMap) => FeatureMap;
  readonly movement: (
    name: string,
    operation: string,
    operands: readonly FeatureMap[],
    result: FeatureMap,
  ) => FeatureMap;
  /** A movement that computes each element from one of either operand, two maps of one shape. */
  readonly elementWise: (
    name: string,
    operation: string,
    first: FeatureMap,
    second: FeatureMap,
  ) => FeatureMap;
  /** A normalization by statistics of its input, which is a movement, with a trained scale and shift a channel. */
  readonly normalization: (name: string, operation: string, input: FeatureMap) => FeatureMap;
  /** A batch normalization that follows no layer: fused, with a trained scale and shift a channel. */
  readonly batchNormalization: (input: FeatureMap) => FeatureMap;
  /** An operation that is fused, or that its reader does by addressing: free, and counted as absorbed. */
  readonly absorbed: (operation: string, result: FeatureMap) => FeatureMap;
  /** Joins maps of one size along their channels. */
  readonly concatenated: (name: string, maps: readonly FeatureMap[]) => FeatureMap;
  /** Counts trained scalars that belong to no layer. */
  readonly otherParameters: (count: number) => void;
  readonly finish: () => Architecture;
}
