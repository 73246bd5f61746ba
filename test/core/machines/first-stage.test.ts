import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnCycles } from "../../../core/machines/first-stage.ts";

/** The rule as it is written down: a queue of significances a lane, lowest first. */
const slowColumn = (terms: readonly number[], firstStageBits: number): number => {
  const queues = terms.map((word) =>
    Array.from({ length: 32 }, (_, place) => place).filter((place) => (word >>> place) & 1),
  );
  let cycles = 0;
  while (queues.some((queue) => queue.length > 0)) {
    const offset = Math.min(...queues.flatMap((queue) => queue.slice(0, 1)));
    for (const queue of queues) {
      if (queue.length > 0 && queue[0] <= offset + 2 ** firstStageBits - 1) queue.shift();
    }
    cycles++;
  }
  return Math.max(1, cycles);
};

const onesOf = (word: number): number => (word >>> 0).toString(2).replaceAll("0", "").length;

const words = fc.array(fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.integer()), {
  minLength: 1,
  maxLength: 40,
});

describe("columnCycles", () => {
  it("of a column worked by hand: lanes 1001, 0110 and 1000000", () => {
    const lanes = [0b1001, 0b0110, 0b1000000];
    // B = 0: each cycle clears one significance: 0, 1, 2, 3, 6.
    expect(columnCycles(lanes, 0, 3, 0)).toBe(5);
    // B = 1: o = 0 clears 0 and 1; o = 2 clears 3 and 2; o = 6.
    expect(columnCycles(lanes, 0, 3, 1)).toBe(3);
    // B = 2: o = 0 clears 0 and 1, bit 6 is above 3; o = 2 clears 3 and 2, bit 6 is above 5; o = 6.
    expect(columnCycles(lanes, 0, 3, 2)).toBe(3);
    // B = 3: o = 0 reaches 7: every lane takes a term; the second ones follow.
    expect(columnCycles(lanes, 0, 3, 3)).toBe(2);
    expect(columnCycles(lanes, 0, 3, 4)).toBe(2);
  });

  it("takes one cycle where there is nothing to add", () => {
    expect(columnCycles([0, 0, 0], 0, 3, 2)).toBe(1);
    expect(columnCycles([], 0, 0, 2)).toBe(1);
  });

  it("clears a term at o + 2^B − 1 and not the next higher one", () => {
    expect([1, 2, 3, 4].map((bits) => columnCycles([1, 1 << (2 ** bits - 1)], 0, 2, bits))).toEqual([
      1, 1, 1, 1,
    ]);
    expect([0, 1, 2, 3, 4].map((bits) => columnCycles([1, 1 << (2 ** bits)], 0, 2, bits))).toEqual([
      2, 2, 2, 2, 2,
    ]);
  });

  it("is the rule with queues, for words of 32 bits and any number of lanes", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 5 }), fc.nat(3), (terms, bits, start) => {
        const before = Array.from({ length: start }, () => 12_345);
        const column = Int32Array.from([...before, ...terms, 54_321]);
        const copy = column.slice();
        expect(columnCycles(column, start, terms.length, bits)).toBe(slowColumn(terms, bits));
        expect(column).toEqual(copy);
      }),
      { numRuns: 1000 },
    );
  });

  it("is the significances in use without a first stage, and the fullest lane with four bits of it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1 }), (terms) => {
        const any = terms.reduce((union, word) => union | word, 0);
        expect(columnCycles(terms, 0, terms.length, 0)).toBe(onesOf(any));
        expect(columnCycles(terms, 0, terms.length, 4)).toBe(Math.max(...terms.map(onesOf)));
      }),
    );
  });

  it("never gets slower with a further bit of the first stage", () => {
    fc.assert(
      fc.property(words, (terms) => {
        const cycles = [0, 1, 2, 3, 4, 5].map((bits) => columnCycles(terms, 0, terms.length, bits));
        expect(cycles).toEqual([...cycles].sort((left, right) => right - left));
      }),
    );
  });

  it("takes columns wider than any before", () => {
    const terms = Array.from({ length: 1000 }, (_, lane) => (lane === 999 ? 0b10101 : 1));
    expect(columnCycles(terms, 0, terms.length, 4)).toBe(3);
  });
});
