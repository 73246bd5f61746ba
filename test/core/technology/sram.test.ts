import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { marks, weakerMark } from "../../../core/technology/component.ts";
import { interpolateLogLog } from "../../../core/technology/interpolate.ts";
import { nodeFactors } from "../../../core/technology/scaling.ts";
import { sramCost } from "../../../core/technology/sram.ts";
import { exampleTechnology } from "./example-technology.ts";

const table = exampleTechnology.nodes["28nm"].sram.lop;
const [port] = table.ports;
const atOwnNode = nodeFactors(exampleTechnology.scaling, 28, 28);
const sramOf = (size_KiB: number) =>
  sramCost(table, { name: "buffer", size_KiB, portBits: 64, bandwidth_GBs: 8 }, atOwnNode);

describe("sramCost", () => {
  it("is the table at its points, in joules a byte, watts and mm²", () => {
    port.sizes_KiB.forEach((size, index) => {
      const cost = sramOf(size);
      // An access moves 8 bytes.
      expect(cost.read_JPerByte / ((port.read_pJ[index] / 8) * 1e-12)).toBeCloseTo(1, 12);
      expect(cost.write_JPerByte / ((port.write_pJ[index] / 8) * 1e-12)).toBeCloseTo(1, 12);
      expect(cost.leakage_W / (table.leakage_mW[index] / 1000)).toBeCloseTo(1, 12);
      expect(cost.area_mm2 / table.area_mm2[index]).toBeCloseTo(1, 12);
    });
  });

  it("runs straight between points on logarithmic axes: the middle is the geometric mean", () => {
    const cost = sramOf(8);
    expect(cost.read_JPerByte).toBeCloseTo((Math.sqrt(16 * 32) / 8) * 1e-12, 24);
    expect(cost.leakage_W).toBeCloseTo(Math.sqrt(1.6 * 6.4) * 1e-3, 12);
    expect(cost.area_mm2).toBeCloseTo(Math.sqrt(0.04 * 0.16), 12);
  });

  it("extends its end segments to its validity and refuses what lies beyond", () => {
    // From 16 to 64 KiB energy doubles as capacity grows by 4: by √2 for a factor of 2.
    expect(sramOf(128).read_JPerByte).toBeCloseTo((64 / 8) * Math.SQRT2 * 1e-12, 22);
    // Below the first segment, 1/32 to 1/16 KiB: energy halves with the capacity.
    expect(sramOf(1 / 64).read_JPerByte).toBeCloseTo((2 / 8) * 1e-12, 22);
    for (const size of [128.001, 1 / 64.001, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sramOf(size)).toThrow(ModelError);
      expect(() => sramOf(size)).toThrow(
        `SRAM capacity in KiB: ${size} lies beyond the reach of its table, 0.015625 … 128`,
      );
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
          expect(
            interpolateLogLog(points, values, [0.5, 32], at, "x") / (factor * at ** exponent),
          ).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it("stays between neighbouring values of a table that rises and falls", () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 5, noNaN: true }), (at) => {
        const value = interpolateLogLog([1, 2, 5, 16], [1, 9, 3, 7], [1, 16], at, "x");
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
