import { essentialDigits } from "../../core/numerics/encodings.ts";
import { type Recoding, recodedDigits } from "../../core/numerics/recoding.ts";
import type { Published, PublishedCheck } from "./published-check.ts";

const words = Int32Array.from({ length: 2 ** 15 }, (_, word) => word);

/** Terms of each word of 15 bits. */
const termsOf = (recoding: Recoding): Uint8Array => essentialDigits(recodedDigits(words, 16, recoding));

/** How many terms words have under the recodings of Pragmatic and Laconic. */
export const recodingChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { terms, totals, different } = published.numbers("recoding");
  const recoded = termsOf("dnnsim");
  const canonical = termsOf("canonical");
  const sum = (counts: Uint8Array): number => counts.reduce((total, count) => total + count, 0);
  const check = (section: typeof terms, what: string, ours: number, theirs: number): PublishedCheck => ({
    machine: "pragmatic",
    what,
    unit: section.unit,
    ours,
    theirs,
    demand: "exact",
    source: section.source,
    mark: section.mark,
  });
  return [
    ...Object.entries(terms.values).map(([word, theirs]) =>
      check(terms, `recoding dnnsim of ${word}`, recoded[Number.parseInt(word, 2)], theirs),
    ),
    ...Object.entries(totals.values).map(([recoding, theirs]) =>
      check(totals, `all words of 15 bits, recoding ${recoding}`, sum(termsOf(recoding as Recoding)), theirs),
    ),
    check(
      different,
      "words of 15 bits with another number of terms than canonical signed digits",
      recoded.reduce((count, value, word) => count + (value === canonical[word] ? 0 : 1), 0),
      different.values.words,
    ),
  ];
};
