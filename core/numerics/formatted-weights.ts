import { type FloatFields, floatFields } from "./float-fields.ts";
import type { Format } from "./formats.ts";
import { type QuantizationScheme, type Quantized, quantize } from "./quantize.ts";
import { roundFloats } from "./round-floats.ts";

/** Weights in a float format as the processing element takes them, and what rounding to the format lost. */
export interface FloatWeights extends FloatFields {
  readonly kind: "float";
  /** Σ w² and Σ (w − w′)² of the rounding; alignment loses more. */
  readonly signalPower: number;
  readonly noisePower: number;
}

/** Weights in a fixed format: codes, scales, and what the quantization lost. */
export interface FixedWeights extends Quantized {
  readonly kind: "fixed";
}

/** Weights in a format. */
export type FormattedWeights = FloatWeights | FixedWeights;

/**
 * Brings `values` (shape [filters, …]) into a format. Fixed formats are quantized by `scheme`. Float formats are
 * rounded, and the fields of the rounded values are those of float32: biased exponents, and 24-bit magnitudes whose
 * hidden 1 stands at significance 23, with zeros below the format's own bits [our decision: the published processing
 * element takes float32]. A denormal of float16 is a normal float32 and has its leading 1 there too.
 * Throws ModelError `not-finite` for NaN and infinities, `overflow` for values beyond the range of a float format.
 */
export const formatWeights = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
): FormattedWeights => {
  if (format.kind === "fixed") return { kind: "fixed", ...quantize(values, filters, format, scheme) };
  const { values: rounded, signalPower, noisePower } = roundFloats(values, format);
  return { kind: "float", ...floatFields(rounded), signalPower, noisePower };
};
