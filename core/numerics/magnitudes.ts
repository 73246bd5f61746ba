import { type Format, gridPlanes } from "./formats.ts";
import type { FormattedWeights } from "./formatted-weights.ts";

/** Biased float32 exponent of the least normal float16, 2⁻¹⁴: what is below is a denormal there and normal in float32. */
const leastNormalFloat16 = 127 - 14;

/**
 * The magnitudes of weights that `formatWeights` brought into `format`, each in `format.magnitudeBits` bits: |code| for
 * a fixed format; for a float format the significand as its own words have it, with the hidden 1 of normal numbers and
 * without one for denormals. Nothing is aligned.
 */
export const magnitudes = (weights: FormattedWeights, format: Format): Int32Array => {
  if (weights.kind === "fixed") return weights.codes.map(Math.abs);
  const unused = gridPlanes - format.magnitudeBits;
  if (unused === 0) return weights.magnitudes;
  const least = format.name === "float16" ? leastNormalFloat16 : 1;
  return weights.magnitudes.map(
    (magnitude, index) => magnitude >>> (unused + Math.max(0, least - weights.exponents[index])),
  );
};
