import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisScale, positionOn, valueAt } from "../../../explore/plots/axis-scale.ts";

const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });

describe("axisScale", () => {
  test("is logarithmic from a decade on, with SI prefixes only where asked", () => {
    expect(axisScale(Float64Array.of(1, 10), 0, true)).toMatchObject({ type: "linear", domain: [1, 10] });
    expect(axisScale(Float64Array.of(1, 10.1), 0, true)).toMatchObject({
      type: "log",
      domain: [1, 10.1],
      ticks: [1, 2, 5, 10],
      format: ".6~g",
    });
    expect(axisScale(Float64Array.of(1e-5, 10), 0, true)).toMatchObject({
      ticks: [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10],
      format: "~s",
    });
    expect(axisScale(Float64Array.of(1e-5, 10), 0, false).format).toBe(".6~g");
  });

  test("holds all values, leaves the margin free, and keeps ticks few and inside", () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1, maxLength: 30 }), (values) => {
        const scale = axisScale(Float64Array.from(values), 0.04, true);
        const [low, high] = scale.domain;
        expect(high).toBeGreaterThan(low);
        for (const value of values) {
          expect(positionOn(scale, value)).toBeGreaterThan(0.03);
          expect(positionOn(scale, value)).toBeLessThan(0.97);
        }
        if (scale.ticks !== undefined) {
          expect(scale.ticks.every((tick) => tick >= low && tick <= high)).toBe(true);
          expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
          expect(scale.ticks.length).toBeLessThanOrEqual(13);
        }
      }),
      // Shrinking two neighbouring doubles would walk from one to the next for ever.
      { endOnFailure: true },
    );
  });

  test("stays finite at the ends of the range of doubles, and takes neighbours for equal", () => {
    for (const values of [
      [Number.MIN_VALUE, Number.MAX_VALUE],
      [Number.MIN_VALUE],
      [1e-200, 1e200],
      [1e308, 1.7e308],
    ]) {
      const { domain, ticks } = axisScale(Float64Array.from(values), 0.04, true);
      expect(domain.every(Number.isFinite)).toBe(true);
      expect(ticks?.length ?? 0).toBeLessThanOrEqual(13);
    }
    const one = axisScale(Float64Array.of(1, 1 + Number.EPSILON), 0.04, true);
    expect(one.domain[0]).toBeCloseTo(0.9, 9);
    expect(one.domain[1]).toBeCloseTo(1.1, 9);
  });

  test("valueAt undoes positionOn", () => {
    fc.assert(
      fc.property(positive, positive, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, position) => {
        const scale = axisScale(Float64Array.of(one, other), 0.04, true);
        expect(positionOn(scale, valueAt(scale, position))).toBeCloseTo(position, 6);
      }),
      { endOnFailure: true },
    );
  });
});
