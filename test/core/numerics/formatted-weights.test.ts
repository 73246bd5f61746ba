import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";
import { formats, parseFormat } from "../../../core/numerics/formats.ts";
import { formatWeights } from "../../../core/numerics/formatted-weights.ts";
import { magnitudes } from "../../../core/numerics/magnitudes.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { checkRange, roundFloats } from "../../../core/numerics/round-floats.ts";
import { allSizes, bfloat16Layout, float16Layout, nearestWord, type WordLayout } from "./float-words.ts";

const layouts: readonly (readonly [string, WordLayout])[] = [
  ["float16", float16Layout],
  ["bfloat16", bfloat16Layout],
];

const tensor = fc
  .array(
    fc.oneof(
      fc.float({ noNaN: true, min: -60000, max: 60000 }),
      fc.float({ noNaN: true, min: Math.fround(-1e-5), max: Math.fround(1e-5) }),
      fc.constantFrom(0, -0, 2 ** -149, 2 ** -126, 2 ** -24, 2 ** -14, 65504),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((values) => Float32Array.from(values));

const floatWeights = (values: Float32Array, name: string) => {
  const weights = formatWeights(values, 1, parseFormat(name), "per-tensor");
  if (weights.kind !== "float") throw new Error(`${name} is no float format`);
  return weights;
};

describe.each(layouts)("weights in %s", (name, layout) => {
  const sizes = allSizes(layout);

  it("are the fields of the nearest word's value as a float32, with zeros below the format's own bits", () => {
    fc.assert(
      fc.property(tensor, (values) => {
        const { exponents, magnitudes: grid } = floatWeights(values, name);
        values.forEach((value, index) => {
          const word = nearestWord(value, layout, sizes) & 0x7fff;
          const size = Number(sizes[word]) * 2 ** -149;
          expect(grid[index] * 2 ** (exponents[index] - 150)).toBe(size);
          // A float32 that is no denormal has its leading 1 at the top of the grid.
          if (size >= 2 ** -126) expect(grid[index] >>> 23).toBe(1);
          expect(grid[index] % 2 ** (24 - layout.fractionBits - 1)).toBe(0);
        });
      }),
    );
  });

  it("have the significands of their words as magnitudes", () => {
    fc.assert(
      fc.property(tensor, (values) => {
        const format = parseFormat(name);
        const found = magnitudes(formatWeights(values, 1, format, "per-tensor"), format);
        values.forEach((value, index) => {
          const word = nearestWord(value, layout, sizes) & 0x7fff;
          const fraction = word % 2 ** layout.fractionBits;
          const normal = word >= 2 ** layout.fractionBits;
          expect(found[index]).toBe(normal ? fraction + 2 ** layout.fractionBits : fraction);
          expect(found[index]).toBeLessThan(2 ** format.magnitudeBits);
        });
      }),
    );
  });

  it("lose what the rounding loses", () => {
    fc.assert(
      fc.property(tensor, (values) => {
        const { signalPower, noisePower } = floatWeights(values, name);
        let signal = 0;
        let noise = 0;
        values.forEach((value) => {
          const size = Number(sizes[nearestWord(value, layout, sizes) & 0x7fff]) * 2 ** -149;
          signal += value ** 2;
          noise += (Math.abs(value) - size) ** 2;
        });
        expect(signalPower).toBeCloseTo(signal, 6);
        expect(noisePower).toBe(noise);
      }),
    );
  });

  it("have the RTL's exponents: those of float32", () => {
    expect([...floatWeights(Float32Array.of(1, -4, 0, 0.75), name).exponents]).toEqual([127, 129, 0, 126]);
  });
});

describe("weights in float32", () => {
  it("are the fields of the values, and lose nothing", () => {
    fc.assert(
      fc.property(tensor, (values) => {
        const { exponents, magnitudes: grid, noisePower } = floatWeights(values, "float32");
        expect({ exponents, magnitudes: grid }).toEqual(floatFields(values));
        expect(noisePower).toBe(0);
      }),
    );
  });

  it("have 24-bit significands as magnitudes", () => {
    // 127 = 1.984375 · 2⁶, 64 = 2⁶, 1.25 = 1.25 · 2⁰; 2²³ = 8388608.
    const float32 = parseFormat("float32");
    const weights = formatWeights(Float32Array.of(-127, 64, 1.25), 1, float32, "per-tensor");
    expect([...magnitudes(weights, float32)]).toEqual([1.984375 * 8388608, 8388608, 1.25 * 8388608]);
  });
});

describe("weights in a fixed format", () => {
  it("are quantized, with |code| as magnitudes", () => {
    const values = Float32Array.of(-127, 64, 1.25);
    for (const name of ["fixed8", "fixed3", "fixed1"]) {
      const format = parseFormat(name);
      const weights = formatWeights(values, 1, format, "per-tensor");
      expect(weights).toEqual({ kind: "fixed", ...quantize(values, 1, format, "per-tensor") });
      const codes = weights.kind === "fixed" ? [...weights.codes] : [];
      expect([...magnitudes(weights, format)]).toEqual(codes.map(Math.abs));
    }
    const fixed1 = parseFormat("fixed1");
    expect([...magnitudes(formatWeights(values, 1, fixed1, "per-tensor"), fixed1)]).toEqual([1, 1, 1]);
  });
});

describe("values that a format cannot hold", () => {
  it.each(formats.map(({ name }) => name))("%s: NaN and infinities are refused", (name) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const values = Float32Array.of(1, bad, 2);
      const format = parseFormat(name);
      for (const refuse of [
        () => checkRange(values, format, "conv1"),
        () => formatWeights(values, 1, format, "per-tensor"),
      ]) {
        try {
          refuse();
          expect.unreachable();
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
          expect(error).toMatchObject({ code: "not-finite" });
          expect(String(error)).toContain(name);
        }
      }
    }
  });

  it.each([
    ["float16", 65520, "65504"],
    ["float16", -70000, "65504"],
    ["bfloat16", (2 - 2 ** -8) * 2 ** 127, "3.3895313892515355e+38"],
  ])("%s: %d would become infinite", (name, value, most) => {
    const values = Float32Array.of(1, value);
    const format = parseFormat(name);
    expect(() => roundFloats(values, format)).toThrow(ModelError);
    try {
      checkRange(values, format, "net, layer conv1");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "overflow" });
      for (const part of ["net, layer conv1", String(Math.abs(value)), name, most])
        expect(String(error)).toContain(part);
    }
  });

  it("the last value below is taken", () => {
    expect([...roundFloats(Float32Array.of(-65519.99609375), parseFormat("float16")).values]).toEqual([
      -65504,
    ]);
    expect(() => checkRange(Float32Array.of(70000), parseFormat("bfloat16"), "t")).not.toThrow();
    expect(() => checkRange(Float32Array.of(3.4e38), parseFormat("float32"), "t")).not.toThrow();
    expect(() => checkRange(Float32Array.of(3.4e38), parseFormat("fixed1"), "t")).not.toThrow();
  });

  it("a fixed format is nothing to round to", () => {
    expect(() => roundFloats(Float32Array.of(1), parseFormat("fixed8"))).toThrow("expected a float format");
  });
});
