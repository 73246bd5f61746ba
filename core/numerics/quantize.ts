import { ModelError } from "../errors.ts";
import type { Format } from "./formats.ts";
import { roundHalfEven } from "./half-even.ts";
import { checkRange, noPowers, type Powers } from "./round-floats.ts";

/** Whether all filters share one scale or each has its own. */
export type QuantizationScheme = "per-tensor" | "per-channel";

/** A quantized tensor and what the quantization lost. */
export interface Quantized extends Powers {
  /** Signed integers in −(2^(b−1) − 1) … 2^(b−1) − 1, ±1 for fixed1; shape of the input. */
  readonly codes: Int32Array;
  /** Value of one code step: a single entry, or one for each filter. */
  readonly scales: Float64Array;
}

/** What is known of a tensor before the part of it that is at hand. */
export interface BeforePart extends Powers {
  /** The scales of the part, one or an entry a filter, where they are those of more values than it has. */
  readonly scales?: Float64Array;
}

/** The sizes of the values that share a scale, as far as they were seen. */
export interface Sizes {
  largest: number;
  sum: number;
  count: number;
}

/**
 * Symmetric quantization of `values` (shape [filters, …]) to a fixed format: scale = max|w| / (2^(b−1) − 1), rounding
 * half to even, no value is clipped. fixed1 keeps signs alone: codes are 1 for w ≥ 0 and −1 below, scale = mean|w|,
 * which is the scale with the least noise for them (Rastegari et al., XNOR-Net, ECCV 2016, §3.1). Where all values of
 * a scale are zero it is 1; in fixed1, which has no zero, they then stand as 1 each. Of a tensor that comes in parts,
 * `before` has the powers of the parts before this one, and the scales where `addSizes` and `scaleOf` found them first.
 * Throws ModelError `not-finite` where a value is infinite or NaN, `not-fixed` for a float format.
 */
export const quantize = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
  before: BeforePart = noPowers,
): Quantized => {
  if (format.kind !== "fixed") {
    throw new ModelError("not-fixed", `format ${format.name}: expected a fixed format to quantize to`);
  }
  checkRange(values, format, `weights of shape [${filters}, ${values.length / filters}]`);
  const scales = before.scales ?? ownScales(values, scheme === "per-channel" ? filters : 1, format);
  const length = values.length / scales.length;
  const codes = new Int32Array(values.length);
  let { signalPower, noisePower } = before;
  for (let slice = 0; slice < scales.length; slice++) {
    const start = slice * length;
    const scale = scales[slice];
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

const ownScales = (values: Float32Array, slices: number, format: Format): Float64Array => {
  const length = values.length / slices;
  return Float64Array.from({ length: slices }, (_, slice) => {
    const sizes = { largest: 0, sum: 0, count: 0 };
    addSizes(sizes, values.subarray(slice * length, (slice + 1) * length));
    return scaleOf(sizes, format);
  });
};

/** Adds values that share the scale, in their order. */
export const addSizes = (sizes: Sizes, values: Float32Array): void => {
  let { largest, sum } = sizes;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]);
    if (size > largest) largest = size;
    sum += size;
  }
  sizes.largest = largest;
  sizes.sum = sum;
  sizes.count += values.length;
};

/** The scale of all values with these sizes, as `quantize` takes it. */
export const scaleOf = ({ largest, sum, count }: Sizes, format: Format): number => {
  if (largest === 0) return 1;
  return format.bits === 1 ? sum / count : largest / (2 ** format.magnitudeBits - 1);
};

/** Signal-to-quantization-noise ratio in dB; infinite where nothing was lost. */
export const sqnr = (signalPower: number, noisePower: number): number =>
  noisePower === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signalPower / noisePower);
