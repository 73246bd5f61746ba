import { type Encoding, encodings, essentialDigits, signedDigits } from "../numerics/encodings.ts";
import type { Format } from "../numerics/formats.ts";
import { type FormattedWeights, formatWeights } from "../numerics/formatted-weights.ts";
import { magnitudes } from "../numerics/magnitudes.ts";
import { type QuantizationScheme, sqnr } from "../numerics/quantize.ts";

/** Ones among the magnitudes of some weights, plane by plane; plane 0 is the least significant. */
export interface PlaneCounts {
  readonly weights: number;
  /** Weights whose magnitude is zero. */
  readonly zeros: number;
  readonly ones: readonly number[];
}

/** What is counted of the weights of a layer, or of several: sums, so that totals weigh each weight alike. */
export interface BitCounts extends PlaneCounts {
  /** Essential digits of all weights together, an entry for each of `encodingsOf(format)`. */
  readonly digits: readonly number[];
  readonly signalPower: number;
  readonly noisePower: number;
}

/** Mean number of essential (non-zero) digits of a weight, by encoding; floats have `signMagnitude` alone. */
export type EssentialDigits = { readonly [encoding in Encoding]?: number };

/** Shares of the weights that were counted together. Shares of no weights are NaN. */
export interface BitShares {
  /** Share of weights that are zero in the format. */
  readonly zeroValues: number;
  /** Share of zero bits among all magnitude bits. */
  readonly zeroBits: number;
  readonly essentialDigits: EssentialDigits;
  /** Signal-to-noise ratio of bringing the weights into the format; null where nothing is lost, or all are zero. */
  readonly sqnr_dB: number | null;
}

/** Counts the ones in each of the lowest `planes` bits of the magnitudes. */
export const countPlanes = (values: Int32Array, planes: number): PlaneCounts => {
  const ones = new Array<number>(planes).fill(0);
  let zeros = 0;
  for (const magnitude of values) {
    if (magnitude === 0) zeros++;
    for (let plane = 0; plane < planes; plane++) ones[plane] += (magnitude >>> plane) & 1;
  }
  return { weights: values.length, zeros, ones };
};

/** Floats are sign and magnitude; the integer codes of a fixed format can be written in every encoding. */
const encodingsOf = ({ kind }: Format): readonly Encoding[] =>
  kind === "float" ? ["signMagnitude"] : encodings;

const digitsIn = (weights: FormattedWeights, { ones }: PlaneCounts, encoding: Encoding): number => {
  // The digits of sign–magnitude are the ones of the magnitudes; floats have no other encoding.
  if (weights.kind === "float" || encoding === "signMagnitude") return sum(ones);
  // A single bit of two's complement cannot say +1, so that ±1 takes two: fixed1 is written like fixed2.
  const bits = ones.length + 1;
  return essentialDigits(signedDigits(weights.codes, bits, encoding)).reduce((total, own) => total + own, 0);
};

/**
 * Counts the bits of `values` (shape [filters, …]) in a format, before any alignment of exponents. Throws ModelError
 * where `formatWeights` does.
 */
export const countBits = (
  values: Float32Array,
  filters: number,
  format: Format,
  scheme: QuantizationScheme,
): BitCounts => {
  const weights = formatWeights(values, filters, format, scheme);
  const planes = countPlanes(magnitudes(weights, format), format.magnitudeBits);
  const digits = encodingsOf(format).map((encoding) => digitsIn(weights, planes, encoding));
  return { ...planes, digits, signalPower: weights.signalPower, noisePower: weights.noisePower };
};

/** The shares of weights that were counted in parts, each weight alike. All parts are in `format`. */
export const bitShares = (parts: readonly BitCounts[], format: Format): BitShares => {
  const total = (value: (part: BitCounts) => number): number => sum(parts.map(value));
  const weights = total((part) => part.weights);
  const signalPower = total((part) => part.signalPower);
  const noisePower = total((part) => part.noisePower);
  return {
    zeroValues: total(({ zeros }) => zeros) / weights,
    zeroBits: 1 - total(({ ones }) => sum(ones)) / (format.magnitudeBits * weights),
    essentialDigits: Object.fromEntries(
      encodingsOf(format).map((encoding, index) => [
        encoding,
        total(({ digits }) => digits[index]) / weights,
      ]),
    ),
    sqnr_dB: noisePower === 0 || signalPower === 0 ? null : sqnr(signalPower, noisePower),
  };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
