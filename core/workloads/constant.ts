import type { StoredPrecision } from "../numerics/stored-precision.ts";

/** Element types of constants, by their ONNX names in lower case. */
export type ElementType =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bool";

/**
 * A tensor whose values are known before run time: trained weights, or a shape that is computed in the graph.
 * Floating-point values are held in float32 (float64 in float64), all others as numbers; 64-bit integers beyond 2⁵³
 * are rounded. `stored` is the precision the values came in; it survives casts, and is absent for wide integers.
 */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
  readonly elementType: ElementType;
  readonly stored?: StoredPrecision;
}

/** The most elements of a tensor that is computed rather than read: guards against files that ask for the absurd. */
export const mostComputedElements = 2 ** 26;
