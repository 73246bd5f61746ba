import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { type Encoding, encodings, essentialDigits, signedDigits } from "../../../core/numerics/encodings.ts";

/** The digits of one code, least significant first, by arithmetic on BigInt. */
const slowDigits = (code: number, bits: number, encoding: Encoding): number[] => {
  const digits: number[] = [];
  let rest = BigInt(code);
  if (encoding === "twosComplement") {
    const word = BigInt.asUintN(bits, rest);
    for (let place = 0; place < bits; place++) {
      const bit = Number((word >> BigInt(place)) & 1n);
      digits.push(place === bits - 1 ? -bit : bit);
    }
    return digits.map((digit) => digit + 0);
  }
  const sign = rest < 0n ? -1 : 1;
  if (rest < 0n) rest = -rest;
  for (let place = 0; place < bits; place++) {
    // The non-adjacent form: an odd rest takes the digit ±1 that makes the next digit 0.
    const odd = rest % 2n === 1n;
    const digit = !odd ? 0n : encoding === "signMagnitude" || rest % 4n === 1n ? 1n : -1n;
    digits.push(sign * Number(digit) + 0);
    rest = (rest - digit) / 2n;
  }
  expect(rest).toBe(0n);
  return digits;
};

const digitsOf = (code: number, bits: number, encoding: Encoding): number[] => {
  const { positive, negative } = signedDigits(Int32Array.of(code), bits, encoding);
  return Array.from(
    { length: bits },
    (_, place) => ((positive[0] >>> place) & 1) - ((negative[0] >>> place) & 1),
  );
};

const codeIn = (bits: number) => fc.integer({ min: 1 - 2 ** (bits - 1), max: 2 ** (bits - 1) - 1 });
const bitsAndCodes = fc
  .integer({ min: 1, max: 31 })
  .chain((bits) => fc.tuple(fc.constant(bits), fc.array(codeIn(bits), { minLength: 1, maxLength: 20 })));

describe.each(encodings)("%s", (encoding) => {
  it("has the digits of the plain rule, for any width", () => {
    fc.assert(
      fc.property(bitsAndCodes, ([bits, codes]) => {
        for (const code of codes)
          expect(digitsOf(code, bits, encoding)).toEqual(slowDigits(code, bits, encoding));
      }),
      { numRuns: 400 },
    );
  });

  it("puts every code of a tensor back together and counts its digits that are not zero", () => {
    fc.assert(
      fc.property(bitsAndCodes, ([bits, codes]) => {
        const digits = signedDigits(Int32Array.from(codes), bits, encoding);
        const counts = essentialDigits(digits);
        codes.forEach((code, index) => {
          expect(digits.positive[index] - digits.negative[index]).toBe(code);
          expect(digits.positive[index] & digits.negative[index]).toBe(0);
          const slow = slowDigits(code, bits, encoding).filter((digit) => digit !== 0).length;
          expect(counts[index]).toBe(slow);
        });
      }),
      { numRuns: 400 },
    );
  });

  it("multiplies by shifts and additions over its digits: all codes and activations of fixed8", () => {
    const codes = Int32Array.from({ length: 255 }, (_, index) => index - 127);
    const { positive, negative } = signedDigits(codes, 8, encoding);
    let wrong = 0;
    codes.forEach((code, index) => {
      for (let activation = -128; activation <= 127; activation++) {
        let sum = 0;
        for (let place = 0; place < 8; place++) {
          if ((positive[index] >>> place) & 1) sum += activation << place;
          if ((negative[index] >>> place) & 1) sum -= activation << place;
        }
        if (sum !== code * activation) wrong++;
      }
    });
    expect(wrong).toBe(0);
  });

  it("refuses codes that do not fit", () => {
    const least = encoding === "twosComplement" ? -128 : -127;
    expect(digitsOf(least, 8, encoding).length).toBe(8);
    for (const code of [128, least - 1]) {
      expect(() => signedDigits(Int32Array.of(0, code), 8, encoding)).toThrow(ModelError);
      expect(() => signedDigits(Int32Array.of(0, code), 8, encoding)).toThrow(
        `code ${code}: expected ${least} … 127 for 8 bits`,
      );
    }
    for (const bits of [0, 32, 7.5, Number.NaN]) {
      expect(() => signedDigits(new Int32Array(1), bits, encoding)).toThrow("expected 1 … 31");
    }
  });
});

describe("two's complement", () => {
  it("has −128 in 8 bits: one digit of −1", () => {
    expect(digitsOf(-128, 8, "twosComplement")).toEqual([0, 0, 0, 0, 0, 0, 0, -1]);
    expect(digitsOf(-1, 8, "twosComplement")).toEqual([1, 1, 1, 1, 1, 1, 1, -1]);
  });
});

describe("canonical signed digits", () => {
  it("of 7 are 8 − 1", () => {
    expect(digitsOf(7, 4, "canonicalSignedDigits")).toEqual([-1, 0, 0, 1]);
    expect(digitsOf(-7, 4, "canonicalSignedDigits")).toEqual([1, 0, 0, -1]);
  });

  it("have no two neighbours that are not zero", () => {
    fc.assert(
      fc.property(codeIn(31), (code) => {
        const { positive, negative } = signedDigits(Int32Array.of(code), 31, "canonicalSignedDigits");
        const digits = positive[0] | negative[0];
        expect(digits & (digits << 1)).toBe(0);
      }),
    );
  });

  it.each([2, 3, 4, 5, 6, 7])("have the least number of digits that any signed form has: %d bits", (bits) => {
    // Every string of digits −1, 0, 1, one place longer than the codes.
    const fewest = new Map<number, number>();
    const walk = (place: number, value: number, count: number): void => {
      if (place > bits) {
        fewest.set(value, Math.min(fewest.get(value) ?? Number.POSITIVE_INFINITY, count));
        return;
      }
      walk(place + 1, value, count);
      walk(place + 1, value + 2 ** place, count + 1);
      walk(place + 1, value - 2 ** place, count + 1);
    };
    walk(0, 0, 0);
    const most = 2 ** (bits - 1) - 1;
    const codes = Int32Array.from({ length: 2 * most + 1 }, (_, index) => index - most);
    const counts = essentialDigits(signedDigits(codes, bits, "canonicalSignedDigits"));
    expect([...counts]).toEqual(Array.from(codes, (code) => fewest.get(code)));
  });
});
