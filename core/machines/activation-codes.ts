import { ModelError } from "../errors.ts";
import type { Format } from "../numerics/formats.ts";
import { quantize } from "../numerics/quantize.ts";
import { normal, uniformStream } from "../random.ts";
import { reductionLength } from "../workloads/layer.ts";
import type { ActivationRequest, LayerOperands } from "./layer-statistics.ts";

/** Activations as a machine with fixed-point inputs takes them. */
export interface ActivationCodes {
  /** Signed codes of the format, shape [vectors, groups, reductionLength]: a vector is what one output position reads. */
  readonly codes: Int32Array;
  readonly vectors: number;
  /** Convolution groups with activations of their own, or 1 where all share the same. */
  readonly groups: number;
  readonly length: number;
}

/**
 * The activations of a layer in a fixed format, quantized per tensor: those that were captured, or drawn ones. Drawn
 * magnitudes are half-normal, none is negative, and a share `activationZeros` is zero, as behind a ReLU [our decision: a
 * stand-in where activations were not captured]; entries of one vector and of different vectors are independent. Vector v
 * of stream `stream` is a function of (seed, stream, v) and of the largest magnitude drawn, which has the largest code.
 * Throws ModelError `no-activations` where captured ones are asked for and there are none, `not-fixed` for a float format.
 */
export const activationCodes = (
  { layer, activations }: Pick<LayerOperands, "layer" | "activations">,
  request: ActivationRequest,
  format: Format,
): ActivationCodes => {
  const length = reductionLength(layer);
  if (request.activations === "captured") {
    if (activations === undefined) {
      throw new ModelError(
        "no-activations",
        "activations captured: no activations were captured for this layer",
      );
    }
    const { values, vectors } = activations;
    return { codes: quantize(values, 1, format, "per-tensor").codes, vectors, groups: layer.groups, length };
  }
  const { activationVectors: vectors, activationZeros: zeros, seed, stream } = request;
  const values = new Float32Array(vectors * length);
  for (let vector = 0; vector < vectors; vector++) {
    const uniform = uniformStream(seed, Math.imul(stream, 4099) + vector);
    for (let index = 0; index < length; index++) {
      const magnitude = Math.abs(normal(uniform));
      if (zeros > 0 && uniform() < zeros) continue;
      values[vector * length + index] = magnitude;
    }
  }
  return { codes: quantize(values, 1, format, "per-tensor").codes, vectors, groups: 1, length };
};
