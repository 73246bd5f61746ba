import { gridPlanes } from "../numerics/formats.ts";

/**
 * Counts essential bits by plane, bit-sliced: word j of the counter holds bit j of all 24 counts, so that adding a
 * magnitude is a ripple of word operations. Slow twin: `planeCounts`.
 */
export class PlaneCounter {
  readonly #slices = new Int32Array(32);

  /** Adds the words [from, to): each plane's count grows by the ones it has in them. At most 2³¹ words in all. */
  add(words: Int32Array, from: number, to: number): void {
    const slices = this.#slices;
    for (let index = from; index < to; index++) {
      let carry = words[index];
      for (let level = 0; carry !== 0; level++) {
        const slice = slices[level];
        slices[level] = slice ^ carry;
        carry &= slice;
      }
    }
  }

  /** The counts so far, index = significance. */
  counts(): Float64Array {
    const counts = new Float64Array(gridPlanes);
    this.#slices.forEach((slice, level) => {
      for (let plane = 0; plane < gridPlanes; plane++) counts[plane] += ((slice >>> plane) & 1) * 2 ** level;
    });
    return counts;
  }

  /** The largest count among the planes of `mask`. */
  largest(mask: number): number {
    let candidates = mask;
    let largest = 0;
    for (let level = 31; level >= 0; level--) {
      const set = this.#slices[level] & candidates;
      if (set !== 0) {
        candidates = set;
        largest += 2 ** level;
      }
    }
    return largest;
  }

  /** Back to zero. */
  clear(): void {
    this.#slices.fill(0);
  }
}
