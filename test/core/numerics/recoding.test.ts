import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { essentialDigits } from "../../../core/numerics/encodings.ts";
import { type Recoding, recodedDigits, recodings } from "../../../core/numerics/recoding.ts";

/** The terms of one code, highest first: their signs and significances. */
const termsOf = (code: number, bits: number, recoding: Recoding): string[] => {
  const { positive, negative } = recodedDigits(Int32Array.of(code), bits, recoding);
  return Array.from({ length: 32 }, (_, below) => 31 - below).flatMap((place) => {
    const plus = (positive[0] >>> place) & 1;
    const minus = (negative[0] >>> place) & 1;
    return [...(plus ? [`+${place}`] : []), ...(minus ? [`-${place}`] : [])];
  });
};

const termsIn = (word: string, recoding: Recoding): string[] =>
  termsOf(Number.parseInt(word, 2), word.length + 2, recoding);

/** The rule of DNNsim read off a text of bits with two zeros behind it. */
const slowRuns = (word: string): string[] => {
  const text = `${word}00`;
  const terms: string[] = [];
  let inRun = false;
  for (let index = 0; index < word.length; index++) {
    const place = word.length - 1 - index;
    if (!inRun && text.startsWith("111", index)) {
      terms.push(`+${place + 1}`);
      inRun = true;
    } else if (!inRun && text[index] === "1") {
      terms.push(`+${place}`);
    } else if (inRun && text[index] === "0") {
      terms.push(`-${place}`);
    } else if (inRun && text.startsWith("100", index)) {
      terms.push(`-${place}`);
      inRun = false;
    }
  }
  return terms;
};

const allMagnitudes = Int32Array.from({ length: 32_768 }, (_, code) => code);
const allTerms = (recoding: Recoding): Uint8Array =>
  essentialDigits(recodedDigits(allMagnitudes, 16, recoding));
const sum = (counts: Uint8Array): number => counts.reduce((total, count) => total + count, 0);

describe("the recoding of DNNsim", () => {
  it.each([
    ["111", ["+3", "-0"]],
    ["11101", ["+5", "-1", "-0"]],
    ["11011", ["+4", "+3", "+1", "+0"]],
    ["110111", ["+5", "+4", "+3", "-0"]],
    ["1110111", ["+7", "-3", "-0"]],
  ])("of %s", (word, terms) => {
    expect(termsIn(word, "dnnsim")).toEqual(terms);
  });

  it("is the plain rule for every magnitude of 15 bits, and of 30", () => {
    const wrong: number[] = [];
    const { positive, negative } = recodedDigits(allMagnitudes, 16, "dnnsim");
    for (const code of allMagnitudes) {
      let plus = 0;
      let minus = 0;
      for (const term of slowRuns(code.toString(2))) {
        if (term.startsWith("+")) plus |= 1 << Number(term.slice(1));
        else minus |= 1 << Number(term.slice(1));
      }
      if (plus !== positive[code] || minus !== negative[code]) wrong.push(code);
    }
    expect(wrong).toEqual([]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 30 - 1 }), (code) => {
        expect(termsOf(code, 31, "dnnsim")).toEqual(slowRuns(code.toString(2)));
      }),
    );
  });

  it("differs in terms from canonical signed digits on 6,147 of the 32,768 magnitudes of fixed16", () => {
    const dnnsim = allTerms("dnnsim");
    const canonical = allTerms("canonical");
    expect(dnnsim.filter((count, index) => count !== canonical[index]).length).toBe(6147);
    expect(dnnsim.some((count, index) => count < canonical[index])).toBe(false);
    expect(recodings.map((recoding) => sum(allTerms(recoding)))).toEqual([245_760, 185_447, 178_403]);
  });
});

describe.each(recodings)("recoding %s", (recoding) => {
  it("keeps every code of every width up to 16, in places that its bits have", () => {
    for (let bits = 1; bits <= 16; bits++) {
      const most = 2 ** (bits - 1) - 1;
      const codes = Int32Array.from({ length: 2 * most + 1 }, (_, index) => index - most);
      const { positive, negative } = recodedDigits(codes, bits, recoding);
      expect(positive.map((plus, index) => plus - negative[index])).toEqual(codes);
      expect(positive.every((plus, index) => (plus & negative[index]) === 0)).toBe(true);
      expect(positive.every((plus, index) => (plus | negative[index]) < 2 ** bits)).toBe(true);
    }
  });

  it("has the negated terms of the negated code", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 - 1 }), (code) => {
        const { positive, negative } = recodedDigits(Int32Array.of(code, -code), 31, recoding);
        expect([positive[1], negative[1]]).toEqual([negative[0], positive[0]]);
      }),
    );
  });

  it("refuses codes that do not fit", () => {
    expect(() => recodedDigits(Int32Array.of(-128), 8, recoding)).toThrow(ModelError);
    expect(() => recodedDigits(Int32Array.of(1), 32, recoding)).toThrow("expected 1 … 31");
  });
});
