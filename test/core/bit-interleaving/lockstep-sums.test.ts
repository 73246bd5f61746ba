import fc from "fast-check";
import { expect, it } from "vitest";
import { lockstepPes, lockstepSums } from "../../../core/bit-interleaving/lockstep-sums.ts";

it("goes on beyond the largest set: rising cycles of 513 filters, one of them left over", () => {
  const cycles = Uint16Array.from({ length: 513 }, (_, filter) => filter);
  const expected = lockstepPes.map((pes) => {
    let sum = 512;
    for (let last = pes - 1; last < 512; last += pes) sum += last;
    return sum;
  });
  expect([...lockstepSums(cycles, 1, 513, 1)]).toEqual(expected);
});

it("sums the largest scan of each set of neighbouring filters, group by group", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 300 })),
      (vectors, filters, groups, values) => {
        const cycles = Uint16Array.from({ length: vectors * filters * groups }, () => values.next().value);
        const expected = lockstepPes.map((pes) => {
          let sum = 0;
          for (let vector = 0; vector < vectors; vector++) {
            for (let group = 0; group < groups; group++) {
              for (let first = 0; first < filters; first += pes) {
                const together = Array.from(
                  { length: Math.min(pes, filters - first) },
                  (_, offset) => cycles[(vector * filters + first + offset) * groups + group],
                );
                sum += Math.max(...together);
              }
            }
          }
          return sum / vectors;
        });
        const sums = lockstepSums(cycles, vectors, filters, groups);
        expected.forEach((sum, index) => {
          expect(sums[index]).toBeCloseTo(sum, 6);
        });
      },
    ),
  );
});
