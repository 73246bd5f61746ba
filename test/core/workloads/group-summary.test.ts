import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { summarizeGroups } from "../../../core/workloads/group-summary.ts";

const request: GroupRequest = {
  format: "fixed4",
  quantization: "per-tensor",
  laneWidth: 8,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 4,
  activationZeros: 0,
  seed: 1,
  stream: 0,
};

describe("summarizeGroups", () => {
  it("counts two filters of one group each by hand", () => {
    /*
     * Codes of fixed4 (scale 1), 8 lanes: filter 0 is 7 seven times and then 0, filter 1 is 1 once and then zeros.
     * Filter 0: seven ones in each of three planes; the window that starts on the seventh, lane 6, ends the scan. 7 cycles,
     * decided by plane 2.
     * Filter 1: plane 0 has a one in its only window, planes 1 and 2 an empty window each: 1 cycle, plane 2.
     * Essential 22 ones over 3 planes, fullest planes 7 + 1.
     */
    const codes = Float32Array.of(7, 7, 7, 7, 7, 7, 7, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    const summary = summarizeGroups([groupStatistics(codes, 2, request)]);
    expect(summary.groups).toBe(2);
    expect(summary.mean_cycles).toBe(4);
    expect(summary.standardError_cycles).toBe(0);
    expect([summary.p10_cycles, summary.median_cycles, summary.p90_cycles]).toEqual([1, 1, 7]);
    expect(summary.largest_cycles).toBe(7);
    expect(summary.histogram).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
    expect(summary.cycleShares.essential).toBeCloseTo(22 / 3 / 8, 12);
    expect(summary.cycleShares.imbalance).toBeCloseTo((8 - 22 / 3) / 8, 12);
    expect(summary.cycleShares.emptyWindows).toBe(0);
    expect(summary.cycleShares.padding).toBe(0);
    expect(summary.decidingShares[2]).toBe(1);
    // Eight zeros, a 1, and seven times 7.
    expect(summary.essentialBits.slice(0, 4)).toEqual([8, 1, 0, 7]);
    // Two filters in lockstep: 7 cycles instead of 4 in the mean.
    expect(summary.lockstepLoss["2"]).toBeCloseTo(3 / 4, 12);
    expect(summary.lockstepLoss["256"]).toBeCloseTo(3 / 4, 12);
    expect(summary.alignedPlaneDensity.slice(0, 4)).toEqual([8 / 16, 7 / 16, 7 / 16, 0]);
    expect(summary.alignedSqnr_dB).toBeNull();
  });

  it("of several layers counts each group and each weight once", () => {
    const uniform = uniformStream(5, 0);
    const layer = (filters: number, length: number) =>
      Float32Array.from({ length: filters * length }, () => normal(uniform));
    fc.assert(
      fc.property(fc.constantFrom("float32", "fixed8"), fc.constantFrom(8, 16), (format, laneWidth) => {
        const asked = { ...request, format, laneWidth };
        const parts = [
          groupStatistics(layer(3, 40), 3, asked),
          groupStatistics(layer(2, 9), 2, asked),
          groupStatistics(layer(5, 16), 5, asked),
        ];
        const each = parts.map((part) => summarizeGroups([part]));
        const all = summarizeGroups(parts);
        const groups = each.reduce((sum, one) => sum + one.groups, 0);
        const mean = each.reduce((sum, one) => sum + one.mean_cycles * one.groups, 0) / groups;
        expect(all.groups).toBeCloseTo(groups, 9);
        expect(all.mean_cycles).toBeCloseTo(mean, 9);
        expect(all.mean_cycles * all.groups).toBeCloseTo(
          all.histogram.reduce((sum, count, cycles) => sum + count * cycles, 0),
          6,
        );
        expect(Object.values(all.cycleShares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(all.decidingShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const ones = each.reduce(
          (sum, one, index) =>
            sum + one.alignedPlaneDensity[3] * parts[index].filters * parts[index].reductionLength,
          0,
        );
        expect(all.alignedPlaneDensity[3]).toBeCloseTo(ones / (120 + 18 + 80), 9);
        const worst = Math.min(...each.map((one) => one.alignedSqnr_dB ?? Number.POSITIVE_INFINITY));
        const best = Math.max(...each.map((one) => one.alignedSqnr_dB ?? Number.POSITIVE_INFINITY));
        expect(all.alignedSqnr_dB).toBeGreaterThanOrEqual(worst);
        expect(all.alignedSqnr_dB).toBeLessThanOrEqual(best);
      }),
      { numRuns: 10 },
    );
  });
});
