import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize, sqnr } from "../../../core/numerics/quantize.ts";

/** Half to even on plain numbers, by looking at both neighbours. */
const halfEven = (value: number): number => {
  const below = Math.floor(value);
  const above = below + 1;
  if (value - below < above - value) return below;
  if (value - below > above - value) return above;
  return below % 2 === 0 ? below : above;
};

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
const formatBits = fc.integer({ min: 2, max: 24 });

describe("quantize", () => {
  it("rounds ties to the even code, on both sides of zero", () => {
    // fixed8 and a largest value of 127 make the scale exactly 1.
    const values = Float32Array.of(127, 0.5, 1.5, 2.5, 3.5, -0.5, -1.5, -2.5, 126.5, -125.5);
    const { codes, scales } = quantize(values, 1, parseFormat("fixed8"), "per-tensor");
    expect([...scales]).toEqual([1]);
    expect([...codes]).toEqual([127, 0, 2, 2, 4, 0, -2, -2, 126, -126]);
  });

  it("gives an all-zero tensor the scale 1, and an all-zero filter its own 1", () => {
    const zero = quantize(new Float32Array(4), 2, parseFormat("fixed8"), "per-tensor");
    expect([...zero.scales]).toEqual([1]);
    expect([...zero.codes]).toEqual([0, 0, 0, 0]);
    expect([zero.signalPower, zero.noisePower]).toEqual([0, 0]);
    const half = quantize(Float32Array.of(0, 0, 14, 7), 2, parseFormat("fixed4"), "per-channel");
    expect([...half.scales]).toEqual([1, 2]);
    // 7 / 2 = 3.5 is a tie between 3 and 4.
    expect([...half.codes]).toEqual([0, 0, 7, 4]);
  });

  it("shares one scale per tensor, and has one a filter per channel", () => {
    const values = Float32Array.of(1, -2, 4, 8);
    const shared = quantize(values, 2, parseFormat("fixed5"), "per-tensor");
    expect([...shared.scales]).toEqual([8 / 15]);
    // 1, −2, 4, 8 in steps of 8/15: 1.875, −3.75, 7.5 (a tie), 15.
    expect([...shared.codes]).toEqual([2, -4, 8, 15]);
    const own = quantize(values, 2, parseFormat("fixed5"), "per-channel");
    expect([...own.scales]).toEqual([2 / 15, 8 / 15]);
    expect([...own.codes]).toEqual([8, -15, 8, 15]);
  });

  it("equals the plain rule value by value, clips nothing, and loses at most half a step", () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        formatBits,
        fc.constantFrom("per-tensor" as const, "per-channel" as const),
        (list, filters, bits, scheme) => {
          const length = Math.max(1, Math.floor(list.length / filters));
          const values = Float32Array.from(
            { length: length * filters },
            (_, index) => list[index % list.length],
          );
          const result = quantize(values, filters, parseFormat(`fixed${bits}`), scheme);
          const largestCode = 2 ** (bits - 1) - 1;
          let signal = 0;
          let noise = 0;
          values.forEach((value, index) => {
            const filter = Math.floor(index / length);
            const peers =
              scheme === "per-tensor" ? values : values.slice(filter * length, (filter + 1) * length);
            const largest = Math.max(...peers.map(Math.abs));
            const scale = largest === 0 ? 1 : largest / largestCode;
            expect(result.codes[index]).toBe(halfEven(value / scale) + 0);
            expect(Math.abs(result.codes[index])).toBeLessThanOrEqual(largestCode);
            if (Math.abs(value) === largest && largest > 0)
              expect(Math.abs(result.codes[index])).toBe(largestCode);
            const error = value - result.codes[index] * scale;
            expect(Math.abs(error)).toBeLessThanOrEqual(scale * (0.5 + 1e-9));
            signal += value ** 2;
            noise += error ** 2;
          });
          expect(result.signalPower).toBeCloseTo(signal, 6);
          expect(result.noisePower).toBeCloseTo(noise, 6);
          expect(result.scales).toHaveLength(scheme === "per-tensor" ? 1 : filters);
        },
      ),
    );
  });

  it("is unmoved by a power of two over all values", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), formatBits, (list, bits) => {
        const format = parseFormat(`fixed${bits}`);
        const values = Float32Array.from(list, (value) => Math.fround(Math.round(value * 64) / 64));
        const doubled = values.map((value) => value * 8);
        expect(quantize(doubled, 1, format, "per-tensor").codes).toEqual(
          quantize(values, 1, format, "per-tensor").codes,
        );
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d instead of a number",
    (bad) => {
      const values = Float32Array.of(1, bad, 2, 3);
      for (const scheme of ["per-tensor", "per-channel"] as const) {
        expect(() => quantize(values, 2, parseFormat("fixed8"), scheme)).toThrow(ModelError);
        expect(() => quantize(values, 2, parseFormat("fixed8"), scheme)).toThrow(/weights.*expected finite/);
      }
    },
  );
});

describe("quantize to fixed1", () => {
  const fixed1 = parseFormat("fixed1");

  it("keeps signs, 0 as +1, and scales by the mean size", () => {
    const values = Float32Array.of(0, -0, 3, -1, 0.5, -1.5);
    const result = quantize(values, 2, fixed1, "per-tensor");
    expect([...result.codes]).toEqual([1, 1, 1, -1, 1, -1]);
    expect([...result.scales]).toEqual([1]);
    // 1 + 1 + 4 + 0 + ¼ + ¼
    expect(result.noisePower).toBe(6.5);
    expect(result.signalPower).toBe(9 + 1 + 0.25 + 2.25);
    const own = quantize(values, 2, fixed1, "per-channel");
    expect([...own.scales]).toEqual([1, 1]);
    expect([...quantize(Float32Array.of(2, -4, 1, 1), 2, fixed1, "per-channel").scales]).toEqual([3, 1]);
  });

  it("gives an all-zero tensor the scale 1", () => {
    const result = quantize(new Float32Array(3), 1, fixed1, "per-tensor");
    expect([...result.scales]).toEqual([1]);
    expect([...result.codes]).toEqual([1, 1, 1]);
    expect([result.signalPower, result.noisePower]).toEqual([0, 3]);
  });

  it("has the scale that loses least for its codes", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), (list) => {
        const values = Float32Array.from(list);
        fc.pre(values.some((value) => value !== 0));
        const { codes, scales, noisePower } = quantize(values, 1, fixed1, "per-tensor");
        const noise = (scale: number): number =>
          values.reduce((sum, value, index) => sum + (value - codes[index] * scale) ** 2, 0);
        expect(noisePower).toBeCloseTo(noise(scales[0]), 6);
        for (const factor of [0.9, 0.999, 1.001, 1.1]) {
          expect(noise(scales[0] * factor)).toBeGreaterThanOrEqual(noise(scales[0]) * (1 - 1e-12));
        }
      }),
    );
  });
});

it("quantize refuses a float format", () => {
  for (const name of ["float32", "float16", "bfloat16"]) {
    expect(() => quantize(Float32Array.of(1), 1, parseFormat(name), "per-tensor")).toThrow(
      `format ${name}: expected a fixed format`,
    );
  }
});

describe("sqnr", () => {
  it("is ten decades a power ratio of ten, and infinite where nothing was lost", () => {
    expect(sqnr(100, 1)).toBeCloseTo(20, 12);
    expect(sqnr(5, 10)).toBeCloseTo(-3.0103, 4);
    expect(sqnr(5, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(sqnr(0, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it("equals the formula over the tensor and its reconstruction", () => {
    const values = Float32Array.of(3, -1.2, 0.4, 2.2);
    const { codes, scales, signalPower, noisePower } = quantize(
      values,
      1,
      parseFormat("fixed4"),
      "per-tensor",
    );
    let signal = 0;
    let noise = 0;
    for (let index = 0; index < 4; index++) {
      signal += values[index] * values[index];
      noise += (values[index] - codes[index] * scales[0]) ** 2;
    }
    expect(sqnr(signalPower, noisePower)).toBeCloseTo((10 * Math.log(signal / noise)) / Math.log(10), 10);
  });
});
