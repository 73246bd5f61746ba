import fc from "fast-check";
import { expect, test } from "vitest";
import { rankSet } from "../../../explore/pareto/rank-set.ts";

test("a set of ranks answers as a sorted list does, over three levels of words", () => {
  const sizes = fc.constantFrom(1, 31, 32, 33, 1024, 1025, 40_000);
  const scenario = sizes.chain((size) =>
    fc.record({
      size: fc.constant(size),
      steps: fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: size - 1 })), { maxLength: 60 }),
      questions: fc.array(fc.integer({ min: -1, max: size - 1 }), { minLength: 5, maxLength: 5 }),
    }),
  );
  fc.assert(
    fc.property(scenario, ({ size, steps, questions }) => {
      const set = rankSet(size);
      const members = new Set<number>();
      for (const [added, rank] of steps) {
        if (added) {
          set.add(rank);
          members.add(rank);
        } else {
          set.remove(rank);
          members.delete(rank);
        }
        const sorted = [...members].sort((left, right) => left - right);
        for (const question of [...questions, rank, rank - 1, size - 1, -1]) {
          expect(set.above(question)).toBe(sorted.find((member) => member > question) ?? -1);
          expect(set.upTo(question)).toBe(sorted.findLast((member) => member <= question) ?? -1);
        }
      }
    }),
    { numRuns: 400 },
  );
});
