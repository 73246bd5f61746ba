import { ModelError } from "../errors.ts";
import type { Format } from "./formats.ts";
import { roundHalfEven } from "./half-even.ts";
import { checkRange } from "./round-floats.ts";

/** Whether all filters share one scale or each has its own. */
export type QuantizationScheme = "per-tensor" | "per-channel";

/** A quantized tensor and what the quantization lost. */
export interface Quantized {
  /** Signed integers in −(2^(b−1) − 1) … 2^(b−1) − 1, ±1 for fixed1; shape of the input. */
  readonly codes: Int32Array;
  /** Value of one code step: a single entry, or one for each filter. */
  readonly scales: Float64Array;
  /** Σ w² and Σ (w − scale · code)²: add them over layers for the SQNR of a network. */
  readonly signalPower: number;
  readonly noisePower: number;
}

/**
 * Symmetric quantization of `values` (shape [filters, …]) to a fixed format: scale = max|w| / (2^(b−1) − 1), rounding
 * half to even, no value is clipped. fixed1 keeps signs alone: codes are 1 for w ≥ 0 and −1 below, scale = mean|w|,
 * which is the scale with the least noise for them (Rastegari et al., XNOR-Net, ECCV 2016, §3.1). Where all values of
 * a scale are zero it is 1; in fixed1, which has no zero, they then stand as 1 each.
 * Throws ModelError `not-finite` where a value is infinite or NaN, `not-fixed` for a float format.
 */
export const quantize = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
): Quantized => {
  if (format.kind !== "fixed") {
    throw new ModelError("not-fixed", `format ${format.name}: expected a fixed format to quantize to`);
  }
  checkRange(values, format, `weights of shape [${filters}, ${values.length / filters}]`);
  const slices = scheme === "per-channel" ? filters : 1;
  const length = values.length / slices;
  const codes = new Int32Array(values.length);
  const scales = new Float64Array(slices);
  let signalPower = 0;
  let noisePower = 0;
  for (let slice = 0; slice < slices; slice++) {
    const start = slice * length;
    const scale = scaleOf(values.subarray(start, start + length), format);
    scales[slice] = scale;
    for (let index = start; index < start + length; index++) {
      const value = values[index];
      const code = format.bits === 1 ? (value < 0 ? -1 : 1) : roundHalfEven(value / scale);
      codes[index] = code;
      signalPower += value * value;
      noisePower += (value - code * scale) ** 2;
    }
  }
  return { codes, scales, signalPower, noisePower };
};

const scaleOf = (values: Float32Array, format: Format): number => {
  let largest = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]);
    if (size > largest) largest = size;
    sum += size;
  }
  if (largest === 0) return 1;
  return format.bits === 1 ? sum / values.length : largest / (2 ** format.magnitudeBits - 1);
};

/** Signal-to-quantization-noise ratio in dB; infinite where nothing was lost. */
export const sqnr = (signalPower: number, noisePower: number): number =>
  noisePower === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signalPower / noisePower);
