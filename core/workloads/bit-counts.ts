import { countOnes } from "../bit-interleaving/count-ones.ts";
import { addCounts, addPlaneTotals, groupCounts, totalLevels } from "../bit-interleaving/sliced-counts.ts";
import { type Encoding, encodings, essentialDigits, signedDigits } from "../numerics/encodings.ts";
import { type Format, gridPlanes } from "../numerics/formats.ts";
import { type FormattedWeights, formatWeights } from "../numerics/formatted-weights.ts";
import { magnitudes } from "../numerics/magnitudes.ts";
import { type QuantizationScheme, sqnr } from "../numerics/quantize.ts";
import { noPowers, type Powers } from "../numerics/round-floats.ts";

/** Ones among the magnitudes of some weights, plane by plane; plane 0 is the least significant. */
export interface PlaneCounts {
  readonly weights: number;
  /** Weights whose magnitude is zero. */
  readonly zeros: number;
  readonly ones: readonly number[];
}

/** What is counted of the weights of a layer, or of several: sums, so that totals weigh each weight alike. */
export interface BitCounts extends PlaneCounts, Powers {
  /** Essential digits of all weights together, an entry for each of `encodingsOf(format)`. */
  readonly digits: readonly number[];
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

/** Magnitudes that are counted at once: as many as `countOnes` takes. */
const lanes = 256;

/** Counts the ones in each of the lowest `planes` of 24 bits of the magnitudes. */
export const countPlanes = (values: Int32Array, planes: number): PlaneCounts => {
  const words = new Int32Array(lanes);
  const counts = groupCounts(lanes);
  const totals = new Int32Array(totalLevels);
  let zeros = 0;
  for (let start = 0; start < values.length; start += lanes) {
    const end = Math.min(start + lanes, values.length);
    for (let index = start; index < end; index++) {
      words[index - start] = values[index];
      if (values[index] === 0) zeros++;
    }
    words.fill(0, end - start);
    countOnes(words, lanes, counts);
    addCounts(totals, counts);
  }
  const ones = new Float64Array(gridPlanes);
  addPlaneTotals(totals, ones, 0);
  return { weights: values.length, zeros, ones: [...ones.subarray(0, planes)] };
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
): BitCounts => countFormatted(formatWeights(values, filters, format, scheme), format);

/** Counts the bits of weights that were brought into `format`, before any alignment of exponents. */
export const countFormatted = (weights: FormattedWeights, format: Format): BitCounts => {
  const planes = countPlanes(magnitudes(weights, format), format.magnitudeBits);
  const digits = encodingsOf(format).map((encoding) => digitsIn(weights, planes, encoding));
  return { ...planes, digits, signalPower: weights.signalPower, noisePower: weights.noisePower };
};

/** The counts of no weights. */
export const noCounts = (format: Format): BitCounts => ({
  weights: 0,
  zeros: 0,
  ones: new Array<number>(format.magnitudeBits).fill(0),
  digits: encodingsOf(format).map(() => 0),
  ...noPowers,
});

/** The counts of a tensor up to a part of it, whose powers went on from those of the parts before. */
export const withPart = (before: BitCounts, part: BitCounts): BitCounts => ({
  weights: before.weights + part.weights,
  zeros: before.zeros + part.zeros,
  ones: part.ones.map((ones, plane) => before.ones[plane] + ones),
  digits: part.digits.map((digits, encoding) => before.digits[encoding] + digits),
  signalPower: part.signalPower,
  noisePower: part.noisePower,
});

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
