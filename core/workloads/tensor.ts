import type { StoredPrecision } from "../numerics/stored-precision.ts";

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
  /** Synthetic weights of which only so many filters were drawn, the first ones: the others repeat them. */
  readonly sampledFilters?: number;
}
