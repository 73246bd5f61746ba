import { ModelError } from "../errors.ts";
import type { Format } from "./formats.ts";

/** Whether all filters share one scale or each has its own. */
export type QuantizationScheme = "per-tensor" | "per-channel";

/** A quantized tensor and what the quantization lost. */
export interface Quantized {
  /** Signed integers in −(2^(b−1) − 1) … 2^(b−1) − 1; shape of the input. */
  readonly codes: Int32Array;
  /** Value of one code step: a single entry, or one for each filter. */
  readonly scales: Float64Array;
  /** Σ w² and Σ (w − scale · code)²: add them over layers for the SQNR of a network. */
  readonly signalPower: number;
  readonly noisePower: number;
}

/** 1.5 · 2⁵²: adding and subtracting it rounds a float64 below 2⁵¹ to an integer, half to even. */
const roundingShift = 6755399441055744;

/**
 * Symmetric quantization of `values` (shape [filters, …]) to a fixed format: scale = max|w| / (2^(b−1) − 1), rounding
 * half to even; where all values are zero the scale is 1. No value is clipped.
 * Throws ModelError `not-finite` where a value is infinite or NaN.
 */
export const quantize = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
): Quantized => {
  const slices = scheme === "per-channel" ? filters : 1;
  const length = values.length / slices;
  const largestCode = 2 ** format.planes - 1;
  const codes = new Int32Array(values.length);
  const scales = new Float64Array(slices);
  let signalPower = 0;
  let noisePower = 0;
  for (let slice = 0; slice < slices; slice++) {
    const end = (slice + 1) * length;
    let largest = 0;
    for (let index = slice * length; index < end; index++) {
      largest = Math.max(largest, Math.abs(values[index]));
    }
    if (!Number.isFinite(largest)) {
      throw new ModelError(
        "not-finite",
        `weights of shape [${filters}, ${values.length / filters}] hold ${largest}: expected finite values for ${format.name}`,
      );
    }
    const scale = largest === 0 ? 1 : largest / largestCode;
    scales[slice] = scale;
    for (let index = slice * length; index < end; index++) {
      const value = values[index];
      const code = value / scale + roundingShift - roundingShift;
      codes[index] = code;
      signalPower += value * value;
      noisePower += (value - code * scale) ** 2;
    }
  }
  return { codes, scales, signalPower, noisePower };
};

/** Signal-to-quantization-noise ratio in dB; infinite where nothing was lost. */
export const sqnr = (signalPower: number, noisePower: number): number =>
  noisePower === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signalPower / noisePower);
