import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { groupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import { normal, uniformStream } from "../../../../core/random.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";

/** Statistics with given densities of the lowest planes, no spread between filters beyond sampling, and no trace. */
const densities = (reductionLength: number, ...low: number[]): GroupStatistics => {
  const planeDensity = new Float64Array(24);
  planeDensity.set(low);
  return {
    filters: 1,
    reductionLength,
    groups: 0,
    vectors: 1,
    cycles: new Uint16Array(0),
    planeDensity,
    planeVariance: new Float64Array(24),
    signalPower: 0,
    noisePower: 0,
    standardError: 0,
  };
};

/** Two planes of fixed3, published pipeline: no window, L = 10. */
const configuration = configurationWith({ pes: 2, laneWidth: 8, precision: "fixed3", pipeline: "published" });

/** Probability that the larger of two independent binomial counts over `lanes` at density ½ is at most `count`. */
const atMost = (lanes: number, count: number): number => {
  let sum = 0;
  for (let words = 0; words < 2 ** lanes; words++) {
    let ones = 0;
    for (let lane = 0; lane < lanes; lane++) ones += (words >> lane) & 1;
    if (ones <= count) sum++;
  }
  return (sum / 2 ** lanes) ** 2;
};

/** Expected largest of two planes over `together` groups, by enumeration of all words. */
const expectedScan = (lanes: number, together: number): number => {
  let expected = 0;
  for (let count = 1; count <= lanes; count++) expected += 1 - atMost(lanes, count - 1) ** together;
  return expected;
};

describe("analyticalCycles of Bitlet", () => {
  it("is the expected largest plane count of the filters in a round, the last group counted at its length", () => {
    const layer = smallLayer({ filters: 3, channels: 11, outputHeight: 1, outputWidth: 5 });
    const filter = (together: number): number =>
      10 + expectedScan(8, together) + (10 + expectedScan(3, together));
    const spread = { ...configuration, spread: "filters" };
    const result = bitlet.analyticalCycles(spread, layer, densities(11, 0.5, 0.5));
    // Rounds of two filters and of one, 5 positions each.
    expect(result.cycles).toBeCloseTo(5 * filter(2) + 5 * filter(1), 6);
    expect(result.busyCycles).toBeCloseTo(3 * 5 * filter(1), 6);
    // With positions on the free element the last round takes 3 steps.
    const both = bitlet.analyticalCycles(configuration, layer, densities(11, 0.5, 0.5));
    expect(both.cycles).toBeCloseTo(5 * filter(2) + 3 * filter(1), 6);
    const independent = { ...spread, sync: "independent" };
    expect(bitlet.analyticalCycles(independent, layer, densities(11, 0.5, 0.5)).cycles).toBeCloseTo(
      10 * filter(1),
      6,
    );
  });

  it("takes laneWidth a group without distillation, also for a short last group, and adds the tail once", () => {
    const layer = smallLayer({ filters: 2, channels: 11, outputHeight: 1, outputWidth: 3 });
    const off = { ...configuration, distillation: "off" };
    expect(bitlet.analyticalCycles(off, layer, densities(11, 0.1)).cycles).toBe(3 * 2 * (10 + 8));
    // rtl, 8 lanes over 4 ports: interval 2 + 12 + 8, tail 2 + 1; a matmul of 2 inputs pays both twice.
    const rtl = { ...off, pipeline: "rtl", inputPorts: 4, batch: 2 };
    const matmul = smallLayer({ filters: 2, channels: 11, outputHeight: 1, outputWidth: 3, kind: "matmul" });
    expect(bitlet.analyticalCycles(rtl, matmul, densities(11, 0.1)).cycles).toBe(2 * (3 * 2 * 22 + 3));
    expect(bitlet.analyticalCycles(rtl, layer, densities(11, 0.1)).cycles).toBe(2 * 3 * 2 * 22 + 3);
  });

  it("counts only the planes that are kept", () => {
    const layer = smallLayer({ filters: 1, channels: 8, outputHeight: 1, outputWidth: 1 });
    const scan = (activePlanes: number): number =>
      bitlet.analyticalCycles({ ...configuration, activePlanes }, layer, densities(8, 1, 0.25)).cycles - 10;
    // Plane 0 is full, plane 1 holds a quarter; the most significant one alone leaves 8 · ¼.
    expect(scan(2)).toBeCloseTo(8, 9);
    expect(scan(1)).toBeCloseTo(2, 9);
  });

  it("agrees with the cycle model on weights of independent bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom("rtl", "published"), (seed, pipeline) => {
        const layer = smallLayer({ filters: 32, channels: 640, outputHeight: 1, outputWidth: 4 });
        const uniform = uniformStream(seed, 0);
        const weights = Float32Array.from({ length: 32 * 640 }, () => normal(uniform));
        for (const sync of ["lockstep", "independent"]) {
          const asked = configurationWith({ precision: "fixed8", pipeline, sync, pes: 8 });
          const statistics = groupStatistics(weights, 32, bitlet.statistics(asked, seed, 0));
          const analytical = bitlet.analyticalCycles(asked, layer, statistics).cycles;
          const traced = bitlet.tracedCycles(asked, layer, statistics).cycles;
          // Unsynchronised, the mean is compared with the slowest of 8: a few percent apart.
          expect(Math.abs(analytical / traced - 1)).toBeLessThan(sync === "lockstep" ? 0.04 : 0.05);
        }
      }),
      { numRuns: 20 },
    );
  });
});
