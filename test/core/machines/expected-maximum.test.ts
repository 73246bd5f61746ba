import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedMaximum } from "../../../core/machines/expected-maximum.ts";

/** Every sequence of draws, one by one, with its probability. */
const byEnumeration = (histogram: readonly number[], draws: number): number => {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const expected = (left: number, largest: number): number =>
    left === 0
      ? largest
      : histogram.reduce(
          (sum, count, value) =>
            count === 0 ? sum : sum + (count / total) * expected(left - 1, Math.max(largest, value)),
          0,
        );
  return expected(draws, 0);
};

const histograms = fc
  .array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 })
  .filter((counts) => counts.some((count) => count > 0));

describe("expectedMaximum", () => {
  test("by hand: the larger of two fair bits is 3/4, the largest of three values 0, 1, 2 in two draws 13/9", () => {
    expect(expectedMaximum([1, 1], 2)).toBeCloseTo(3 / 4, 14);
    // P(max ≤ 0) = 1/9, P(max ≤ 1) = 4/9: (1 − 1/9) + (1 − 4/9) = 13/9.
    expect(expectedMaximum([5, 5, 5], 2)).toBeCloseTo(13 / 9, 14);
  });

  test("is that of all sequences of draws", () => {
    fc.assert(
      fc.property(histograms, fc.integer({ min: 0, max: 4 }), (histogram, draws) => {
        expect(expectedMaximum(histogram, draws)).toBeCloseTo(byEnumeration(histogram, draws), 12);
      }),
    );
  });

  test("one draw gives the mean, many the largest value; more draws never give less", () => {
    fc.assert(
      fc.property(histograms, fc.nat({ max: 50 }), (histogram, draws) => {
        const total = histogram.reduce((sum, count) => sum + count, 0);
        const mean = histogram.reduce((sum, count, value) => sum + count * value, 0) / total;
        expect(expectedMaximum(histogram, 1)).toBeCloseTo(mean, 12);
        expect(expectedMaximum(histogram, 1e6)).toBeCloseTo(
          histogram.findLastIndex((count) => count > 0),
          12,
        );
        expect(expectedMaximum(histogram, draws + 1)).toBeGreaterThanOrEqual(
          expectedMaximum(histogram, draws) - 1e-12,
        );
      }),
    );
  });

  test("keeps rare values: one in 10¹² among 1000 draws adds 10⁻⁹", () => {
    expect(expectedMaximum([1e12 - 1, 1], 1000) / 1e-9).toBeCloseTo(1, 6);
  });

  test("takes shares for counts, and parts of draws", () => {
    expect(expectedMaximum([0.25, 0.25, 0.5], 3)).toBeCloseTo(expectedMaximum([1, 1, 2], 3), 14);
    // 1 − (1/4)^½ = 1/2
    expect(expectedMaximum([1, 3], 0.5)).toBeCloseTo(0.5, 14);
  });

  test("refuses what has no maximum", () => {
    expect(() => expectedMaximum([], 2)).toThrow(RangeError);
    expect(() => expectedMaximum([0, 0], 2)).toThrow("without values");
    expect(() => expectedMaximum([1], -1)).toThrow("-1 draws");
    expect(() => expectedMaximum([1], Number.NaN)).toThrow("NaN draws");
  });
});
