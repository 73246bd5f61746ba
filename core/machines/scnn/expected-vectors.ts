import { vectorWidth } from "./configuration.ts";

/** Mean and variance of the vectors that a queue fills. */
export interface VectorMoments {
  readonly mean: number;
  readonly variance: number;
}

/** Entries up to which the moments are summed over the distribution. */
const mostSummed = 160;

/**
 * Moments of ⌈X / 4⌉ for X of `entries` independent entries that are non-zero at `density`: binomial, exact up to 160
 * entries; beyond, the remainder of X by 4 is taken as evenly distributed, which adds 3/8 to the mean and 5/64 to the
 * variance of X / 4.
 */
export const expectedVectors = (entries: number, density: number): VectorMoments => {
  if (density === 0 || entries === 0) return { mean: 0, variance: 0 };
  if (density === 1) return { mean: Math.ceil(entries / vectorWidth), variance: 0 };
  if (entries > mostSummed) {
    return {
      mean: (entries * density) / vectorWidth + 3 / 8,
      variance: (entries * density * (1 - density)) / vectorWidth ** 2 + 5 / 64,
    };
  }
  let mean = 0;
  let square = 0;
  for (let count = 1, logChoices = 0; count <= entries; count++) {
    logChoices += Math.log((entries - count + 1) / count);
    const mass = Math.exp(logChoices + count * Math.log(density) + (entries - count) * Math.log1p(-density));
    const vectors = Math.ceil(count / vectorWidth);
    mean += mass * vectors;
    square += mass * vectors ** 2;
  }
  return { mean, variance: Math.max(0, square - mean ** 2) };
};
