import type { Recoding } from "../../numerics/recoding.ts";
import { termPlaces, termTable } from "../term-words.ts";

/** Shares of operands by their terms, 0 … 16. */
export const termShares = (terms: Uint8Array): Float64Array => {
  const occurrences = new Float64Array(termPlaces + 1);
  for (let index = 0; index < terms.length; index++) occurrences[terms[index]]++;
  return occurrences.map((count) => count / terms.length);
};

/** The terms of operands of which nothing is known: each magnitude of `bits` bits, sign included, as often as any other. */
export const blindTerms = (bits: number, recoding: Recoding): Float64Array =>
  termShares(termTable(bits, recoding).counts);
