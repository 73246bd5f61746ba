import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanChannel } from "../../../core/bit-interleaving/distill.ts";
import {
  expectedLargest,
  groupDistribution,
  scanTable,
} from "../../../core/bit-interleaving/expected-scan.ts";

describe("scanTable", () => {
  it("equals the enumeration of all lanes, for every window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 256 }),
        (lanes, padding, window, step) => {
          const laneWidth = lanes + padding;
          const density = step / 256;
          const { limit, cumulative } = scanTable(lanes, laneWidth, window);
          const masses = new Float64Array(limit + 1);
          for (let pattern = 0; pattern < 2 ** lanes; pattern++) {
            const bits = Array.from({ length: laneWidth }, (_, lane) =>
              lane < lanes ? (pattern >>> lane) & 1 : 0,
            );
            const ones = bits.reduce((sum, bit) => sum + bit, 0);
            masses[scanChannel(bits, window)] += density ** ones * (1 - density) ** (lanes - ones);
          }
          let sum = 0;
          for (let count = 0; count <= limit; count++) {
            sum += masses[count];
            expect(cumulative[step * (limit + 1) + count]).toBeCloseTo(sum, 10);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("groupDistribution", () => {
  const table = scanTable(4, 4, 0);

  it("is the product of the planes' distributions, by hand for two planes of density ½", () => {
    // P(count ≤ 1) of four fair bits is 5/16, P(≤ 2) 11/16, P(≤ 3) 15/16; two planes: the squares.
    const densities = { planeDensity: [0.5, 0.5], planeVariance: [0, 0], reductionLength: 4 };
    const distribution = groupDistribution(densities, 0b11, table);
    [1 / 256, 25 / 256, 121 / 256, 225 / 256, 1].forEach((probability, count) => {
      expect(distribution[count]).toBeCloseTo(probability, 12);
    });
    // E max = Σ P(max > c).
    const mean = [1 / 256, 25 / 256, 121 / 256, 225 / 256].reduce((sum, below) => sum + 1 - below, 0);
    expect(expectedLargest(distribution, 1, (cycles) => cycles)).toBeCloseTo(mean, 12);
  });

  const expectedAt = (density: number, variance: number, together: number): number =>
    expectedLargest(
      groupDistribution(
        { planeDensity: [density], planeVariance: [variance], reductionLength: 100 },
        1,
        table,
      ),
      together,
      (cycles) => cycles,
    );

  it("widens with the variance between filters, beyond sampling noise only", () => {
    expect(expectedAt(0.3, (0.3 * 0.7) / 100, 32)).toBeCloseTo(expectedAt(0.3, 0, 32), 12);
    expect(expectedAt(0.3, 0.02, 32)).toBeGreaterThan(expectedAt(0.3, 0, 32) + 0.01);
  });

  it("keeps the mean density whatever the variance, and lets no filter pass ½", () => {
    // Alone, a channel of 4 lanes takes 4 · density cycles in the mean.
    for (const variance of [0, 0.02, 0.1, 0.2]) expect(expectedAt(0.4, variance, 1)).toBeCloseTo(1.6, 6);
    // A mean of ½ leaves no room: all filters are equal.
    expect(expectedAt(0.5, 0.2, 32)).toBeCloseTo(expectedAt(0.5, 0, 32), 9);
    // Filters of density 0.6 on average may go up to 1.
    expect(expectedAt(0.6, 0.05, 32)).toBeGreaterThan(expectedAt(0.6, 0, 32));
  });

  it("expects the larger of two dice to be 161/36", () => {
    const die = Float64Array.from({ length: 7 }, (_, face) => face / 6);
    expect(expectedLargest(die, 2, (face) => face)).toBeCloseTo(161 / 36, 12);
  });
});
