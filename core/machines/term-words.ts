import { essentialDigits } from "../numerics/encodings.ts";
import { type Recoding, recodedDigits, recodings } from "../numerics/recoding.ts";
import type { ParameterDescriptor } from "./parameter.ts";

/** Places in which an operand of 16 bits may have a term, and so the most terms that it has. */
export const termPlaces = 16;

/** The recoding of operands that are taken term by term. */
export const recodingParameter: ParameterDescriptor = {
  name: "recoding",
  kind: "choice",
  choices: recodings,
  default: "none",
  description:
    "Terms of an operand that is taken term by term: the ones of its magnitude, the signed digits of DNNsim's recoding, or canonical signed digits.",
};

/** What is known of each magnitude of some bits: the places of its terms, and how many it has. */
interface TermTable {
  /** Bit k of entry m is set where m has a term, of either sign, of significance k; so has −m. */
  readonly words: Int32Array;
  readonly counts: Uint8Array;
}

const tables = new Map<string, TermTable>();

/** Terms of the magnitudes 0 … 2^(bits − 1) − 1, each magnitude once, for operands of 1 … 16 bits, sign included. */
export const termTable = (bits: number, recoding: Recoding): TermTable => {
  const key = `${bits} ${recoding}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const magnitudes = Int32Array.from({ length: 2 ** (bits - 1) }, (_, magnitude) => magnitude);
  const digits = recodedDigits(magnitudes, bits, recoding);
  const table = {
    words: digits.positive.map((word, magnitude) => word | digits.negative[magnitude]),
    counts: essentialDigits(digits),
  };
  tables.set(key, table);
  return table;
};
