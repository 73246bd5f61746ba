import { type FloatFields, floatFields } from "./float-fields.ts";
import type { Format } from "./formats.ts";
import { type BeforePart, type QuantizationScheme, type Quantized, quantize } from "./quantize.ts";
import { noPowers, type Powers, roundFloats } from "./round-floats.ts";

/** Weights in a float format as the processing element takes them, and the powers of the rounding; alignment loses more. */
export interface FloatWeights extends FloatFields, Powers {
  readonly kind: "float";
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
 * element takes float32]. A denormal of float16 is a normal float32 and has its leading 1 there too. Of a tensor that
 * comes in parts, `before` has the powers of the parts before this one, and the scales as in `quantize`.
 * Throws ModelError `not-finite` for NaN and infinities, `overflow` for values beyond the range of a float format.
 */
export const formatWeights = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
  before: BeforePart = noPowers,
): FormattedWeights => {
  if (format.kind === "fixed") return { kind: "fixed", ...quantize(values, filters, format, scheme, before) };
  const { values: rounded, signalPower, noisePower } = roundFloats(values, format, before);
  return { kind: "float", ...floatFields(rounded), signalPower, noisePower };
};
