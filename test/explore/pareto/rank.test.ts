import fc from "fast-check";
import { expect, test } from "vitest";
import { denseRanks, sortRows } from "../../../explore/pareto/rank.ts";

const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc
    .constantFrom(1, -1, 2 ** 40, -(2 ** 40))
    .chain((middle) => fc.integer({ min: -2, max: 2 }).map((ulps) => middle * (1 + ulps * Number.EPSILON))),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

// Long columns go through the radix sort, short ones through a comparing sort.
test.each([
  { minLength: 0, maxLength: 40 },
  { minLength: 256, maxLength: 600 },
])("rows are sorted by value, and equal ones stay as they came: %o", (length) => {
  fc.assert(
    fc.property(fc.array(value, { ...length, size: "max" }), fc.boolean(), (values, reversed) => {
      const column = Float64Array.from(values, (number) => number + 0);
      const rows = reversed ? Int32Array.from(column.keys()).reverse() : undefined;
      const before = rows?.slice();
      const expected = [...(rows ?? column.keys())].sort((left, right) => column[left]! - column[right]!);
      const sorted = sortRows(column, rows);
      expect([...sorted]).toEqual(expected);
      expect(rows).toEqual(before);
      const distinct = [...new Set(column)].sort((left, right) => left - right);
      expect(denseRanks(column, sorted)).toEqual({
        ranks: Int32Array.from(column, (number) => distinct.indexOf(number)),
        distinct: distinct.length,
      });
    }),
  );
});
