/** The precision a tensor was stored in. It limits which results it may support: see `numerics/quantize`. */
export type StoredPrecision = "float32" | "float16" | "bfloat16" | "float64" | "uint8" | "int8";

/** Where the values come from. `synthetic` and `activation` values are drawn from a stated distribution. */
export type ValueOrigin = "trained" | "synthetic" | "activation";

/**
 * Values in row-major order of `shape`, widened to float32, with the precision they were stored in.
 * `activation` marks an operand that exists at run time only (attention): its values stand in for it.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly stored: StoredPrecision;
  readonly origin: ValueOrigin;
}
