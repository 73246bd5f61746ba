import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOnes } from "../../../core/bit-interleaving/count-ones.ts";
import { distill, scanChannel } from "../../../core/bit-interleaving/distill.ts";
import { emptyWindows } from "../../../core/bit-interleaving/empty-windows.ts";
import { planeCounts } from "../../../core/bit-interleaving/planes.ts";
import {
  addCounts,
  countAt,
  groupCounts,
  largestPlanes,
  sumCounts,
  topPlane,
  totalLevels,
} from "../../../core/bit-interleaving/sliced-counts.ts";
import { padded, planeTotals, words } from "./words.ts";

const counted = (values: readonly number[]): Int32Array => {
  const slices = groupCounts(values.length).fill(-1);
  countOnes(padded(values, values.length), values.length, slices);
  return slices;
};

describe("countOnes", () => {
  it("equals the plain count of each plane", () => {
    fc.assert(
      fc.property(words, (values) => {
        expect([...planeTotals(counted(values))]).toEqual([...planeCounts(values)]);
      }),
    );
  });

  it("counts 256 lanes of ones", () => {
    expect([...planeTotals(counted(new Array(256).fill(0xffffff)))]).toEqual(new Array(24).fill(256));
  });
});

describe("largestPlanes", () => {
  it("keeps all planes of the mask whose count is the largest", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 0xffffff }), (values, mask) => {
        const counts = [...planeCounts(values)];
        const largest = Math.max(...counts.filter((_, plane) => (mask >>> plane) & 1));
        const slices = counted(values);
        const kept = largestPlanes(slices, mask);
        counts.forEach((count, plane) => {
          expect(Boolean((kept >>> plane) & 1)).toBe(Boolean((mask >>> plane) & 1) && count === largest);
          expect(countAt(slices, plane)).toBe(count);
        });
        expect(topPlane(kept)).toBe(
          counts.findLastIndex((count, plane) => ((mask >>> plane) & 1) === 1 && count === largest),
        );
      }),
    );
  });
});

describe("addCounts and sumCounts", () => {
  it("add plane by plane, into a total and of two groups", () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 2, maxLength: 12 }), (groups) => {
        const total = new Int32Array(totalLevels);
        for (const group of groups) addCounts(total, counted(group));
        const expected = groups
          .map((group) => planeCounts(group))
          .reduce((sum, counts) => sum.map((count, plane) => count + counts[plane]));
        expect([...planeTotals(total)]).toEqual([...expected]);
        const sum = groupCounts(511).fill(-1);
        const wide = (group: readonly number[]): Int32Array => {
          const slices = groupCounts(511);
          slices.set(counted(group));
          return slices;
        };
        sumCounts(wide(groups[0]), wide(groups[1]), sum);
        const both = planeCounts(groups[0]).map((count, plane) => count + planeCounts(groups[1])[plane]);
        // Nine words hold sums up to 511.
        if (Math.max(...both) < 512) expect([...planeTotals(sum)]).toEqual([...both]);
      }),
    );
  });

  it("carries beyond nine bits", () => {
    const group = counted(new Array(256).fill(1));
    const total = new Int32Array(totalLevels);
    for (let time = 0; time < 5000; time++) addCounts(total, group);
    expect(planeTotals(total)[0]).toBe(5000 * 256);
  });
});

describe("emptyWindows", () => {
  it("is what the scan of each channel takes beyond its ones, for every window", () => {
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 0, max: 64 }),
        fc.oneof(fc.constant(8), fc.integer({ min: 1, max: 64 })),
        (values, padding, window) => {
          const laneWidth = Math.min(256, values.length + padding);
          const lanes = [...values, ...new Array<number>(laneWidth - values.length).fill(0)];
          const empty = groupCounts(laneWidth).fill(-1);
          emptyWindows(padded(values, laneWidth), laneWidth, window, empty);
          for (let plane = 0; plane < 24; plane++) {
            const bits = lanes.map((value) => (value >>> plane) & 1);
            const ones = bits.reduce((sum, bit) => sum + bit, 0);
            expect(countAt(empty, plane), `plane ${plane}`).toBe(scanChannel(bits, window) - ones);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the scan of a group with the ones", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 0xffffff }), (values, mask) => {
        const empty = groupCounts(values.length);
        const scans = groupCounts(values.length);
        emptyWindows(padded(values, values.length), values.length, 8, empty);
        sumCounts(counted(values), empty, scans);
        expect(countAt(scans, topPlane(largestPlanes(scans, mask)))).toBe(distill(values, 8, mask).scan);
      }),
    );
  });
});
