import fc from "fast-check";
import { expect, test } from "vitest";
import { hypervolume } from "../../../explore/pareto/hypervolume.ts";
import { hypervolumeCurve } from "../../../explore/pareto/hypervolume-curve.ts";
import { ObjectiveError } from "../../../explore/pareto/objectives.ts";

const both = ["maximize", "minimize", "minimize"] as const;

test("is the hypervolume of the first k rows, for each k", () => {
  const row = fc.tuple(
    fc.integer({ min: -5, max: 0 }),
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 0, max: 5 }),
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 6 }), (rows, cuts) => {
      const columns = both.map((_, objective) => Float64Array.from(rows, (values) => values[objective]!));
      const evaluations = cuts.map((cut) => Math.min(cut, rows.length)).sort((left, right) => left - right);
      const expected = evaluations.map(
        (count) =>
          hypervolume(
            columns.map((column) => column.subarray(0, count)),
            both,
            [-5, 5, 4],
          ).volume,
      );
      expect([...hypervolumeCurve(columns, both, [-5, 5, 4], evaluations)]).toEqual(expected);
    }),
  );
});

test("refuses counts that fall, are no whole numbers or too large, and bad rows by their number in the table", () => {
  const columns = [Float64Array.of(1, 2, Number.NaN), Float64Array.of(1, 1, 1)];
  const minimize = ["minimize", "minimize"] as const;
  const good = columns.map((column) => column.subarray(0, 2));
  for (const wrong of [[2, 1], [0.5], [3], [-1], [Number.NaN]]) {
    expect(() => hypervolumeCurve(good, minimize, [3, 3], wrong)).toThrow(ObjectiveError);
  }
  expect(() => hypervolumeCurve(columns, minimize, [3, 3], [1])).toThrow("objective 1, row 3");
});
