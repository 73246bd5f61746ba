import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { marks, weakerMark } from "../../../core/technology/component.ts";
import { interpolateLogLog } from "../../../core/technology/interpolate.ts";
import { sramCost } from "../../../core/technology/sram.ts";
import { exampleTechnology } from "./example-technology.ts";

const { sram } = exampleTechnology.nodes["28nm"];

describe("sramCost", () => {
  it("is the table at its points, in joules a byte, watts and mm²", () => {
    sram.sizes_KiB.forEach((size, index) => {
      const cost = sramCost(sram, size);
      // An access moves 8 bytes.
      expect(cost.read_JPerByte / ((sram.read_pJ[index] / 8) * 1e-12)).toBeCloseTo(1, 12);
      expect(cost.write_JPerByte / ((sram.write_pJ[index] / 8) * 1e-12)).toBeCloseTo(1, 12);
      expect(cost.leakage_W / (sram.leakage_mW[index] / 1000)).toBeCloseTo(1, 12);
      expect(cost.area_mm2 / sram.area_mm2[index]).toBeCloseTo(1, 12);
    });
  });

  it("runs straight between points on logarithmic axes: the middle is the geometric mean", () => {
    const cost = sramCost(sram, 8);
    expect(cost.read_JPerByte).toBeCloseTo((Math.sqrt(16 * 32) / 8) * 1e-12, 24);
    expect(cost.leakage_W).toBeCloseTo(Math.sqrt(1.6 * 6.4) * 1e-3, 12);
    expect(cost.area_mm2).toBeCloseTo(Math.sqrt(0.04 * 0.16), 12);
  });

  it("extends its end segments to twice its reach and refuses what lies beyond", () => {
    // From 16 to 64 KiB energy doubles as capacity grows by 4: by √2 for a factor of 2.
    expect(sramCost(sram, 128).read_JPerByte).toBeCloseTo((64 / 8) * Math.SQRT2 * 1e-12, 22);
    // Below the first segment, 1/32 to 1/16 KiB: energy halves with the capacity.
    expect(sramCost(sram, 1 / 64).read_JPerByte).toBeCloseTo((2 / 8) * 1e-12, 22);
    for (const size of [128.001, 1 / 64.001, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sramCost(sram, size)).toThrow(ModelError);
      expect(() => sramCost(sram, size)).toThrow(`SRAM capacity in KiB: ${size} lies beyond`);
    }
  });
});

describe("interpolateLogLog", () => {
  it("reproduces every power law exactly", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.5, max: 32, noNaN: true }),
        (factor, exponent, at) => {
          const points = [1, 2, 5, 16];
          const values = points.map((point) => factor * point ** exponent);
          expect(interpolateLogLog(points, values, at, "x") / (factor * at ** exponent)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it("stays between neighbouring values of a table that rises and falls", () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 5, noNaN: true }), (at) => {
        const value = interpolateLogLog([1, 2, 5, 16], [1, 9, 3, 7], at, "x");
        expect(value).toBeLessThanOrEqual(9 + 1e-9);
        expect(value).toBeGreaterThanOrEqual(3 - 1e-9);
      }),
    );
  });
});

describe("weakerMark", () => {
  it("is the later of two marks in the order of trust, whichever comes first", () => {
    expect(marks).toEqual(["stated", "measured", "derived", "our decision", "remembered"]);
    for (const first of marks) {
      for (const second of marks) {
        const weaker = marks[Math.max(marks.indexOf(first), marks.indexOf(second))];
        expect(weakerMark(first, second)).toBe(weaker);
        expect(weakerMark(second, first)).toBe(weaker);
      }
    }
    expect(weakerMark("stated", "remembered")).toBe("remembered");
  });
});
