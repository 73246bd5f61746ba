import fc from "fast-check";
import { expect, it } from "vitest";
import { lockstepPes, lockstepSums } from "../../../core/bit-interleaving/lockstep-sums.ts";

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
