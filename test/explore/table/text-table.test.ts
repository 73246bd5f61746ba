import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { engineering } from "../../../explore/table/engineering.ts";
import { textTable } from "../../../explore/table/text-table.ts";

describe("engineering", () => {
  test.each([
    [0, "0"],
    [64, "64"],
    [123456, "123456"],
    [-12345.678, "-12350"],
    [0.015, "0.015"],
    [0.0123456, "0.01235"],
    [0.00123456, "1.235e-3"],
    [0.000_012_34, "12.34e-6"],
    [0.000_999_96, "1e-3"],
    [999_960.5, "1e6"],
    [1e6, "1e6"],
    [-1.5e10, "-15e9"],
    [123.456, "123.5"],
    [Infinity, "Infinity"],
    [Number.NaN, "-"],
  ])("%d reads %s", (value, text) => expect(engineering(value)).toBe(text));

  test("is within half a unit of the fourth digit, with an exponent that is a multiple of three", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300, max: 1e300 }), (value) => {
        const text = engineering(value);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(value * 5.001e-4);
        expect(Number(text.split("e")[1] ?? "0") % 3).toBe(text.includes("e-") ? -0 : 0);
      }),
    );
  });
});

test("textTable aligns numbers right and text left", () => {
  const table = textTable([
    { name: "key", data: ["a", "long-key"] },
    { name: "pes", data: Int32Array.of(8, 256) },
    { name: "energy_J", data: Float64Array.of(0.00001235, 2.5) },
    { name: "bound", data: ["dram", "pe"] },
  ]);
  expect(table).toBe(
    [
      "key       pes  energy_J  bound",
      "--------  ---  --------  -----",
      "a           8  12.35e-6  dram",
      "long-key  256       2.5  pe",
      "",
    ].join("\n"),
  );
});
