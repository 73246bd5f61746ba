import { alignGroup } from "./align.ts";
import { alignMeasured } from "./align-measured.ts";
import { countOnes } from "./count-ones.ts";
import { emptyWindows } from "./empty-windows.ts";
import { addCounts, countAt, largestPlanes, sumCounts, topPlane } from "./sliced-counts.ts";

/** What the distillation of every filter needs. */
export interface DistilJob {
  readonly weights: Float32Array;
  readonly magnitudes: Int32Array;
  /** Absent where nothing is aligned. */
  readonly weightExponents: Uint8Array | undefined;
  readonly laneWidth: number;
  readonly window: number;
  readonly mask: number;
  /** Words of one group, used over and over: kernels read eight at a time, behind the last lane stand zeros. */
  readonly words: Int32Array;
  /** Counts of one group. */
  readonly ones: Int32Array;
  readonly empty: Int32Array;
  readonly scans: Int32Array;
}

/** What is counted on the way. */
export interface Tally {
  readonly cycles: Uint16Array;
  /** Ones a plane of the filter at hand, bit-sliced. */
  readonly ones: Int32Array;
  readonly deciding: Float64Array;
  /** Σ over groups of their cycles. */
  cycleSum: number;
  /** Σ over groups of the ones in the fullest plane. */
  fullest: number;
  padding: number;
  /** What alignment lost of the filter at hand. */
  lostPower: number;
}

/**
 * Distils groups of one filter, whose `length` weights start at `offset` and meet the activations from
 * `activationStart` on; their cycles go to `tally.cycles` from `cyclesStart` on. What alignment loses is added up if
 * `measured`.
 */
export const distilFilter = (
  { weights, magnitudes, weightExponents, laneWidth, window, mask, words, ones, empty, scans }: DistilJob,
  offset: number,
  length: number,
  activationExponents: Uint8Array | undefined,
  activationStart: number,
  tally: Tally,
  cyclesStart: number,
  measured: boolean,
): void => {
  let allScans = 0;
  let allFullest = 0;
  let padding = 0;
  let { lostPower } = tally;
  words.fill(0);
  for (let start = 0, place = cyclesStart; start < length; start += laneWidth, place++) {
    const lanes = Math.min(laneWidth, length - start);
    const first = offset + start;
    if (lanes < laneWidth) words.fill(0, lanes);
    if (weightExponents && activationExponents) {
      const at = activationStart + start;
      if (measured) {
        lostPower += alignMeasured(
          weights,
          magnitudes,
          weightExponents,
          first,
          activationExponents,
          at,
          lanes,
          mask,
          words,
        );
      } else {
        alignGroup(magnitudes, weightExponents, first, activationExponents, at, lanes, words);
      }
    } else {
      for (let lane = 0; lane < lanes; lane++) words[lane] = magnitudes[first + lane];
    }
    countOnes(words, lanes, ones);
    addCounts(tally.ones, ones);
    let decided = largestPlanes(ones, mask);
    const fullest = countAt(ones, topPlane(decided));
    let scan = fullest;
    if (window !== 0) {
      emptyWindows(words, laneWidth, window, empty);
      sumCounts(ones, empty, scans);
      decided = largestPlanes(scans, mask);
      scan = countAt(scans, topPlane(decided));
      if (lanes < laneWidth) {
        emptyWindows(words, lanes, window, empty);
        sumCounts(ones, empty, scans);
        padding += scan - countAt(scans, topPlane(largestPlanes(scans, mask)));
      }
    }
    tally.cycles[place] = scan;
    if (scan > 0) tally.deciding[topPlane(decided)]++;
    allScans += scan;
    allFullest += fullest;
  }
  tally.cycleSum += allScans;
  tally.fullest += allFullest;
  tally.padding += padding;
  tally.lostPower = lostPower;
};
