import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanChannel } from "../../../core/bit-interleaving/distill.ts";
import { expectedLargest, groupDistribution, scanTable } from "../../../core/bit-interleaving/expected-scan.ts";

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
            const bits = Array.from({ length: laneWidth }, (_, lane) => (lane < lanes ? (pattern >>> lane) & 1 : 0));
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

  it("widens with the variance between filters, beyond sampling noise only", () => {
    const at = (variance: number): number =>
      expectedLargest(
        groupDistribution({ planeDensity: [0.5], planeVariance: [variance], reductionLength: 100 }, 1, table),
        32,
        (cycles) => cycles,
      );
    expect(at(0.25 / 100)).toBe(at(0));
    expect(at(0.02)).toBeGreaterThan(at(0));
  });

  it("expects the larger of two dice to be 161/36", () => {
    const die = Float64Array.from({ length: 7 }, (_, face) => face / 6);
    expect(expectedLargest(die, 2, (face) => face)).toBeCloseTo(161 / 36, 12);
  });
});
