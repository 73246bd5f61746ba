import { floatFields } from "./float-fields.ts";
import type { Format } from "./formats.ts";
import { type QuantizationScheme, quantize } from "./quantize.ts";

/**
 * The magnitudes of `values` (shape [filters, …]) in `format`, each in `format.planes` bits: the 24-bit significands
 * with the hidden 1 for float32, |code| for a fixed format. Nothing is aligned.
 */
export const magnitudes = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
): Int32Array =>
  format.kind === "float"
    ? floatFields(values).magnitudes
    : quantize(values, filters, format, scheme).codes.map(Math.abs);
