import type { Recoding } from "../../numerics/recoding.ts";
import { termPlaces, termTable } from "../term-words.ts";

/** Intervals of places low … high, times the numbers of terms 0 … 16 in them. */
export const intervalDoubles = ((termPlaces * (termPlaces + 1)) / 2) * (termPlaces + 1);

/** Where the shares of the interval low … high begin: entry t is the share of operands with t terms in it. */
export const intervalStart = (low: number, high: number): number =>
  ((high * (high + 1)) / 2 + low) * (termPlaces + 1);

/** How many terms operands have in each interval of places: shares of the words, each interval's add up to 1. */
export const termIntervals = (words: Int32Array): Float64Array => {
  const occurrences = new Uint32Array(2 ** termPlaces);
  for (let index = 0; index < words.length; index++) occurrences[words[index]]++;
  const intervals = new Float64Array(intervalDoubles);
  for (let word = 0; word < occurrences.length; word++) {
    if (occurrences[word] === 0) continue;
    const share = occurrences[word] / words.length;
    for (let low = 0; low < termPlaces; low++) {
      let terms = 0;
      for (let high = low; high < termPlaces; high++) {
        terms += (word >>> high) & 1;
        intervals[intervalStart(low, high) + terms] += share;
      }
    }
  }
  return intervals;
};

const blind = new Map<string, Float64Array>();

/** The intervals of operands of which nothing is known: each magnitude as often as any other. */
export const blindIntervals = (bits: number, recoding: Recoding): Float64Array => {
  const key = `${bits} ${recoding}`;
  const known = blind.get(key) ?? termIntervals(termTable(bits, recoding).words);
  blind.set(key, known);
  return known;
};
