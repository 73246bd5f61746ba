import fc from "fast-check";
import { expect, test } from "vitest";
import { forget, leastUpTo, lower, minimaTree } from "../../../explore/pareto/minima-tree.ts";

test("a tree of minima answers as an array does, and forgets", () => {
  const position = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(position, fc.integer({ min: -9, max: 9 })), { maxLength: 60 }),
      (writes) => {
        const tree = minimaTree(21);
        const values = new Array<number>(21).fill(Infinity);
        for (const [at, value] of writes) {
          lower(tree, at, value);
          values[at] = Math.min(values[at]!, value);
          for (let end = 0; end < 21; end++) {
            expect(leastUpTo(tree, end)).toBe(Math.min(...values.slice(0, end + 1)));
          }
        }
        for (const [at] of writes) forget(tree, at);
        expect(tree).toEqual(minimaTree(21));
      },
    ),
  );
});
