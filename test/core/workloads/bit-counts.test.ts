import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { bitShares, countBits, countPlanes } from "../../../core/workloads/bit-counts.ts";

test("planes are counted as the digits of the numbers show", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 }), { maxLength: 600, size: "max" }),
      (magnitudes) => {
        const counts = countPlanes(Int32Array.from(magnitudes), 24);
        const digits = magnitudes.map((magnitude) => magnitude.toString(2).padStart(24, "0"));
        const expected = Array.from(
          { length: 24 },
          (_, plane) => digits.filter((text) => text[23 - plane] === "1").length,
        );
        expect(counts).toEqual({
          weights: magnitudes.length,
          zeros: magnitudes.filter((magnitude) => magnitude === 0).length,
          ones: expected,
        });
      },
    ),
  );
});

test("shares of parts are those of the whole, in every kind of format", () => {
  const values = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(values, values, fc.constantFrom("float16", "bfloat16"), (left, right, name) => {
      const format = parseFormat(name);
      const count = (list: number[]) => countBits(Float32Array.from(list), 1, format, "per-tensor");
      const whole = bitShares([count([...left, ...right])], format);
      const parts = bitShares([count(left), count(right)], format);
      expect(parts.zeroBits).toBe(whole.zeroBits);
      expect(parts.zeroValues).toBe(whole.zeroValues);
      expect(parts.essentialDigits).toEqual(whole.essentialDigits);
      if (whole.sqnr_dB === null) expect(parts.sqnr_dB).toBeNull();
      else expect(parts.sqnr_dB).toBeCloseTo(whole.sqnr_dB, 9);
    }),
  );
});
