import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatFields } from "../../../core/numerics/float-fields.ts";

const one = (value: number): [number, number] => {
  const { exponents, magnitudes } = floatFields(Float32Array.of(value));
  return [exponents[0], magnitudes[0]];
};

describe("floatFields", () => {
  it("takes special values as the RTL does", () => {
    expect(one(0)).toEqual([0, 0]);
    expect(one(-0)).toEqual([0, 0]);
    expect(one(2 ** -149)).toEqual([1, 1]);
    expect(one(-(2 ** -127))).toEqual([1, 0x400000]);
    // The largest denormal, and the smallest normal one unit above it.
    expect(one(2 ** -126 - 2 ** -149)).toEqual([1, 0x7fffff]);
    expect(one(2 ** -126)).toEqual([1, 0x800000]);
    expect(one(1)).toEqual([127, 0x800000]);
    expect(one(-1.5)).toEqual([127, 0xc00000]);
    expect(one((2 - 2 ** -23) * 2 ** 127)).toEqual([254, 0xffffff]);
    expect(one(Number.POSITIVE_INFINITY)).toEqual([255, 0x800000]);
    expect(one(Number.NEGATIVE_INFINITY)).toEqual([255, 0x800000]);
    expect(one(Number.NaN)).toEqual([255, 0xc00000]);
  });

  it("puts every finite value back together: |x| = magnitude · 2^(exponent − 150)", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 }), (list) => {
        const { exponents, magnitudes } = floatFields(Float32Array.from(list));
        list.forEach((value, index) => {
          expect(magnitudes[index] * 2 ** (exponents[index] - 150)).toBe(Math.abs(value));
          expect(magnitudes[index]).toBeLessThan(2 ** 24);
          if (value !== 0) expect(exponents[index]).toBeGreaterThanOrEqual(1);
        });
      }),
    );
  });

  it("reads a view into a larger buffer at its own place", () => {
    const whole = Float32Array.of(8, 1, -0.5, 9);
    expect([...floatFields(whole.subarray(1, 3)).exponents]).toEqual([127, 126]);
  });
});
