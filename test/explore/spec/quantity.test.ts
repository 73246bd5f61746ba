import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convertUnit, parseQuantity } from "../../../explore/spec/quantity.ts";

describe("parseQuantity", () => {
  it.each([
    ["128 KiB", "KiB", 128],
    ["1 MiB", "KiB", 1024],
    ["0.5MiB", "KiB", 512],
    ["512 B", "KiB", 0.5],
    ["1 GHz", "GHz", 1],
    ["700 MHz", "GHz", 0.7],
    ["2.5e2 MHz", "GHz", 0.25],
    ["12.8 GB/s", "GB/s", 12.8],
    ["900 MB/s", "GB/s", 0.9],
    ["28 nm", "nm", 28],
  ] as const)("reads %s", (text, unit, value) => {
    expect(parseQuantity(text, unit)).toEqual({ value });
  });

  it("reads any number in any unit as the number times the unit", () => {
    const units = fc.constantFrom(["B", 2 ** -10], ["KiB", 1], ["MiB", 2 ** 10], ["GiB", 2 ** 20] as const);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), units, (number, [unit, factor]) => {
        expect(parseQuantity(`${number} ${unit}`, "KiB")).toEqual({ value: number * Number(factor) });
      }),
    );
  });

  it("refuses an unknown unit and offers the nearest", () => {
    expect(parseQuantity("128 KB", "KiB")).toMatchObject({
      problem: "has the unknown unit KB",
      nearest: "KiB",
    });
    expect(parseQuantity("1 ghz", "GHz")).toMatchObject({ nearest: "GHz" });
    expect(parseQuantity("1 GHz", "KiB")).toMatchObject({ expected: "one of B, KiB, MiB, GiB" });
    expect(parseQuantity("1 constructor", "KiB")).toMatchObject({
      problem: "has the unknown unit constructor",
    });
  });

  it.each(["", "KiB", "1 2 KiB", "1,5 KiB", "0x10 KiB", "Infinity KiB", "128"])("refuses %j", (text) => {
    expect(parseQuantity(text, "KiB")).toMatchObject({ problem: "is not a number" });
  });

  it("refuses a unit where a count is asked for", () => {
    expect(convertUnit(3, "KiB", undefined)).toMatchObject({ problem: "has a unit" });
  });
});
