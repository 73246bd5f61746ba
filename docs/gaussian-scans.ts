import { alignGroup } from "../core/bit-interleaving/align.ts";
import { countOnes } from "../core/bit-interleaving/count-ones.ts";
import { emptyWindows } from "../core/bit-interleaving/empty-windows.ts";
import {
  countAt,
  groupCounts,
  largestPlanes,
  sumCounts,
  topPlane,
} from "../core/bit-interleaving/sliced-counts.ts";
import { floatFields } from "../core/numerics/float-fields.ts";
import { normal, uniformStream } from "../core/random.ts";

/** Scans of many groups: their mean and its standard error, in cycles. */
export interface MeanScan {
  readonly mean: number;
  readonly standardError: number;
}

/** A distribution of groups: how the aligned magnitudes of the next group are drawn, and the planes in use. */
export interface GroupSource {
  readonly name: string;
  readonly mask: number;
  draw(normalDeviate: () => number, words: Int32Array, lanes: number): void;
}

/** float32: weights of spread 0.02 and activations of spread 1, of its own for each group. */
const float32: GroupSource = {
  name: "float32",
  mask: 0xffffff,
  draw: (normalDeviate, words, lanes) => {
    const weights = floatFields(Float32Array.from({ length: lanes }, () => 0.02 * normalDeviate()));
    const activations = floatFields(Float32Array.from({ length: lanes }, normalDeviate));
    alignGroup(weights.magnitudes, weights.exponents, 0, activations.exponents, 0, lanes, words);
  },
};

/** Integers of `bits` bits, sign and magnitude: normal with this spread, rounded, and held at the largest magnitude. */
const integers = (bits: number, spread: number): GroupSource => {
  const most = 2 ** (bits - 1) - 1;
  return {
    name: `${bits}-bit`,
    mask: most,
    draw: (normalDeviate, words, lanes) => {
      for (let lane = 0; lane < lanes; lane++) {
        words[lane] = Math.min(most, Math.round(Math.abs(spread * normalDeviate())));
      }
    },
  };
};

/** The distributions for which means of the RTL are known. */
export const sources: readonly GroupSource[] = [float32, integers(16, 7000), integers(8, 28)];

/** Scans `groups` groups of `lanes` lanes with a check window of 8. */
export const meanScan = ({ mask, draw }: GroupSource, lanes: number, groups: number): MeanScan => {
  const uniform = uniformStream(2021, lanes);
  const deviate = (): number => normal(uniform);
  const words = new Int32Array(Math.ceil(lanes / 8) * 8);
  const [ones, empty, scans] = [groupCounts(lanes), groupCounts(lanes), groupCounts(lanes)];
  let sum = 0;
  let squares = 0;
  for (let group = 0; group < groups; group++) {
    draw(deviate, words, lanes);
    countOnes(words, lanes, ones);
    emptyWindows(words, lanes, 8, empty);
    sumCounts(ones, empty, scans);
    const scan = countAt(scans, topPlane(largestPlanes(scans, mask)));
    sum += scan;
    squares += scan * scan;
  }
  const mean = sum / groups;
  return { mean, standardError: Math.sqrt((squares / groups - mean * mean) / groups) };
};
