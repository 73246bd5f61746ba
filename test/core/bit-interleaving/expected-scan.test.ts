import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scanChannel } from "../../../core/bit-interleaving/distill.ts";
import {
  filterShares,
  groupDistributions,
  type PlaneDensities,
  scanTable,
  sharesOfRanks,
} from "../../../core/bit-interleaving/expected-scan.ts";
import { expectedLargest, intervalOf } from "../../../core/bit-interleaving/interval-sum.ts";

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

describe("groupDistributions", () => {
  const table = scanTable(4, 4, 0);
  /** Expected largest of `together` groups of one plane or more. */
  const largest = (densities: PlaneDensities, mask: number, together: number): number =>
    expectedLargest(
      groupDistributions(densities, mask, table).map((distribution) =>
        intervalOf(distribution, (cycles) => cycles),
      ),
      filterShares,
      together,
      1,
    );

  it("are the product of the planes' distributions, by hand for two planes of density ½", () => {
    // P(count ≤ 1) of four fair bits is 5/16, P(≤ 2) 11/16, P(≤ 3) 15/16; two planes: the squares.
    const densities = { planeDensity: [0.5, 0.5], planeVariance: [0, 0], reductionLength: 4 };
    for (const distribution of groupDistributions(densities, 0b11, table)) {
      [1 / 256, 25 / 256, 121 / 256, 225 / 256, 1].forEach((probability, count) => {
        expect(distribution[count]).toBeCloseTo(probability, 12);
      });
    }
    // E max = Σ P(max > c).
    const mean = [1 / 256, 25 / 256, 121 / 256, 225 / 256].reduce((sum, below) => sum + 1 - below, 0);
    expect(largest(densities, 0b11, 1)).toBeCloseTo(mean, 12);
  });

  const expectedAt = (density: number, variance: number, together: number): number =>
    largest({ planeDensity: [density], planeVariance: [variance], reductionLength: 100 }, 1, together);

  it("widen with the variance between filters, beyond sampling noise only", () => {
    expect(expectedAt(0.3, (0.3 * 0.7) / 100, 32)).toBeCloseTo(expectedAt(0.3, 0, 32), 12);
    expect(expectedAt(0.3, 0.02, 32)).toBeGreaterThan(expectedAt(0.3, 0, 32) + 0.01);
  });

  it("keep the mean density whatever the variance, and let no filter pass ½", () => {
    // Alone, a channel of 4 lanes takes 4 · density cycles in the mean.
    for (const variance of [0, 0.02, 0.1, 0.2]) expect(expectedAt(0.4, variance, 1)).toBeCloseTo(1.6, 6);
    // A mean of ½ leaves no room: all filters are equal.
    expect(expectedAt(0.5, 0.2, 32)).toBeCloseTo(expectedAt(0.5, 0, 32), 9);
    // So does one that rounding has lifted above it.
    expect(expectedAt(0.5 + 2 ** -52, 0.2, 32)).toBeCloseTo(expectedAt(0.5, 0, 32), 9);
    // Filters of density 0.6 on average may go up to 1.
    expect(expectedAt(0.6, 0.05, 32)).toBeGreaterThan(expectedAt(0.6, 0, 32));
  });
});

describe("sharesOfRanks", () => {
  it("are the shares of all filters over all ranks, and densest first", () => {
    sharesOfRanks(0, 1).forEach((share, node) => {
      expect(share).toBeCloseTo(filterShares[node], 12);
    });
    // The median filter stands at the middle node, the very first and last at the ends.
    expect(sharesOfRanks(0.5, 0.500001)[3]).toBeCloseTo(1, 9);
    expect(sharesOfRanks(0, 1e-6)[6]).toBeCloseTo(1, 9);
    expect(sharesOfRanks(1 - 1e-6, 1)[0]).toBeCloseTo(1, 9);
  });

  it("by hand: the densest quarter takes the two upper nodes and part of the third", () => {
    const [, , , middle, third, second, first] = sharesOfRanks(0, 0.25);
    expect(first).toBeCloseTo(0.000548268855972217 / 0.25, 12);
    expect(second).toBeCloseTo(0.03075712396758651 / 0.25, 12);
    expect(third).toBeCloseTo((0.25 - 0.000548268855972217 - 0.03075712396758651) / 0.25, 12);
    expect(middle).toBe(0);
  });

  it("of adjoining ranks make up those of both", () => {
    const part = fc.double({ min: 0.01, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(part, part, part, (from, size, next) => {
        const [one, other] = [
          sharesOfRanks(from * 0.5, from * 0.5 + size * 0.5),
          sharesOfRanks(from * 0.5 + size * 0.5, from * 0.5 + size * 0.5 + next * 0.5),
        ];
        const both = sharesOfRanks(from * 0.5, from * 0.5 + size * 0.5 + next * 0.5);
        expect(both.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        both.forEach((share, node) => {
          expect((one[node] * size + other[node] * next) / (size + next)).toBeCloseTo(share, 9);
        });
      }),
    );
  });
});
