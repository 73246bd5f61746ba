import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expectedLargest,
  type IntervalSum,
  intervalOf,
  noInterval,
  plus,
  times,
} from "../../../core/bit-interleaving/interval-sum.ts";

/** A fair die: each of the cycles 1 … 6. */
const die: IntervalSum = { first: 1, masses: new Float64Array(6).fill(1 / 6) };

/** Distributions over a few cycles, the shares of two of them, and how often each value occurs. */
const counts = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 })
  .filter((drawn) => drawn.some((count) => count > 0));
const sumOf = (first: number, occurrences: readonly number[]): IntervalSum => {
  const total = occurrences.reduce((sum, count) => sum + count, 0);
  return { first, masses: Float64Array.from(occurrences, (count) => count / total) };
};

/** The values of an interval, each as often as it occurs. */
const valuesOf = (first: number, occurrences: readonly number[]): number[] =>
  occurrences.flatMap((count, index) => new Array<number>(count).fill(first + index));

/** Every way to draw one value from each list. */
const choices = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>(
    (all, list) => all.flatMap((drawn) => list.map((value) => [...drawn, value])),
    [[]],
  );

describe("sums of intervals", () => {
  it("adds dice", () => {
    const two = times(die, 2);
    expect(two.first).toBe(2);
    [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1].forEach((ways, index) => {
      expect(two.masses[index]).toBeCloseTo(ways / 36, 12);
    });
    expect(plus(two, noInterval)).toEqual(two);
    expect(times(die, 0)).toEqual(noInterval);
  });

  it("maps cycles to intervals, several to one where the interval does not rise", () => {
    // P(≤ 0) = 0.1, P(≤ 1) = 0.3, P(≤ 2) = 0.6, P(≤ 3) = 1; the interval is at least 2.
    const interval = intervalOf([0.1, 0.3, 0.6, 1], (cycles) => Math.max(2, cycles));
    expect(interval.first).toBe(2);
    expect([...interval.masses].map((mass) => Number(mass.toFixed(12)))).toEqual([0.6, 0.4]);
    // Nothing below 2 cycles, so nothing is kept there.
    expect(intervalOf([0, 0, 1, 1], (cycles) => cycles + 5)).toEqual({
      first: 7,
      masses: Float64Array.of(1),
    });
  });

  it("keeps the mean and the variance of 200 draws, and stays short", () => {
    const sum = times(die, 200);
    const mean = sum.masses.reduce((total, mass, index) => total + mass * (sum.first + index), 0);
    const variance = sum.masses.reduce(
      (total, mass, index) => total + mass * (sum.first + index - mean) ** 2,
      0,
    );
    expect(mean).toBeCloseTo(700, 6);
    expect(variance).toBeCloseTo((200 * 35) / 12, 4);
    // 15 standard deviations of 24.2, where the whole range has 1,001 values.
    expect(sum.masses.length).toBeLessThan(370);
  });
});

describe("expectedLargest", () => {
  it("expects the larger of two dice to be 161/36", () => {
    expect(expectedLargest([die], [1], 2, 1)).toBeCloseTo(161 / 36, 12);
    expect(expectedLargest([die], [1], 1, 2)).toBeCloseTo(161 / 36, 12);
  });

  it("lets copies have their kind in common, and filters not", () => {
    // Kinds 0 and 10 at ½ each: two filters are both 0 in a quarter of cases, two copies in half of them.
    const kinds = [sumOf(0, [1]), sumOf(10, [1])];
    expect(expectedLargest(kinds, [0.5, 0.5], 2, 1)).toBeCloseTo(7.5, 12);
    expect(expectedLargest(kinds, [0.5, 0.5], 1, 2)).toBeCloseTo(5, 12);
  });

  it("equals the enumeration of all draws", () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(4), counts),
        fc.tuple(fc.nat(4), counts),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 2 }),
        ([first, one], [second, other], quarter, filters, copies) => {
          const kinds = [valuesOf(first, one), valuesOf(second, other)];
          const shares = [quarter / 4, 1 - quarter / 4];
          let expected = 0;
          for (const drawn of choices(new Array(filters).fill([0, 1]))) {
            const weight = drawn.reduce((product, kind) => product * shares[kind], 1);
            const draws = choices(drawn.flatMap((kind) => new Array<number[]>(copies).fill(kinds[kind])));
            const sum = draws.reduce((total, values) => total + Math.max(...values), 0);
            expected += (weight * sum) / draws.length;
          }
          const sums = [sumOf(first, one), sumOf(second, other)];
          expect(expectedLargest(sums, shares, filters, copies)).toBeCloseTo(expected, 9);
        },
      ),
    );
  });
});
