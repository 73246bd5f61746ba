import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idealResult } from "../../../core/bit-interleaving/ideal-result.ts";
import { anyCase } from "./arbitrary-group.ts";
import { fixedCase, floatCase } from "./make-group.ts";

const word = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];
const float32 = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0];

const infinity = 0x7f800000;

/** A finite float32 in units of 2^−149; the word of infinity stands for 2^128, where overflow begins after rounding. */
const inSmallestUnits = (bits: number): bigint =>
  bits === infinity ? 2n ** 277n : BigInt(float32(bits) * 2 ** 149);

/** The float32 word nearest to sum · 2^−298, the even one of two: found by bisection among all words. */
const nearestWord = (sum: bigint): number => {
  if (sum === 0n) return 0;
  const size = sum < 0n ? -sum : sum;
  const of = (bits: number): bigint => inSmallestUnits(bits) << 149n;
  let below = 0;
  let above = infinity;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (of(middle) <= size) below = middle;
    else above = middle;
  }
  const down = size - of(below);
  const up = of(above) - size;
  const nearest = down < up || (down === up && below % 2 === 0) ? below : above;
  return (sum < 0n ? 2 ** 31 : 0) + nearest;
};

describe("idealResult of float groups", () => {
  it("of one product is the float32 product, for any two words", () => {
    const anyWord = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      // Around zero, the largest denormal, 1, infinity, and with either sign.
      fc
        .tuple(
          fc.constantFrom(0, 0x800000, 0x20000000, 0x3f800000, infinity),
          fc.integer({ min: -3, max: 3 }),
        )
        .map(([base, step]) => (base + step + 2 ** 32) % 2 ** 32),
    );
    fc.assert(
      fc.property(anyWord, anyWord, (left, right) => {
        const { element, group } = floatCase([[float32(left), float32(right)]]);
        const product = float32(left) * float32(right);
        const expected = product === 0 ? 0 : Number.isNaN(product) ? 0x7fc00000 : word(product);
        expect(idealResult(element, group)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("is the rounded sum of the bits that the mask leaves, by rational arithmetic", () => {
    let finite = 0;
    fc.assert(
      fc.property(anyCase("float", 12), ({ element, group }) => {
        const { signs, exponents, magnitudes } = group.weights;
        const activations = Array.from(group.activations, float32);
        fc.pre(activations.every(Number.isFinite) && exponents.every((exponent) => exponent < 255));
        finite++;
        const field = (value: number): number => Math.max((word(value) >>> 23) & 0xff, 1);
        const tops = activations.map((value, lane) =>
          value === 0 || magnitudes[lane] === 0 ? Number.NEGATIVE_INFINITY : exponents[lane] + field(value),
        );
        const largest = Math.max(...tops);
        let sum = 0n;
        for (const [lane, value] of activations.entries()) {
          for (let bit = 0; bit < 24; bit++) {
            if (((magnitudes[lane] >>> bit) & 1) === 0 || value === 0) continue;
            const plane = Math.max(bit - (largest - tops[lane]), 0);
            if (((element.mask >>> plane) & 1) === 0) continue;
            // The bit is worth 2^(bit + exponent − 150); the exponent of a float weight that is not zero is at least 1.
            const worth = 2n ** BigInt(bit + exponents[lane] - 1) * BigInt(value * 2 ** 149);
            sum += signs[lane] === 1 ? -worth : worth;
          }
        }
        expect(idealResult(element, group)).toBe(nearestWord(sum));
      }),
      { numRuns: 1500 },
    );
    expect(finite).toBeGreaterThan(500);
  });

  it("is exact with cancellation over the whole range of exponents", () => {
    const tiny = 2 ** -149;
    const { element, group } = floatCase([
      [2 ** 127, 2 ** 127],
      [tiny, 1],
      [-(2 ** 127), 2 ** 127],
    ]);
    expect(idealResult(element, group)).toBe(1);
  });

  it.each([
    ["∞ − ∞", [Infinity, -Infinity], 0x7fc00000],
    ["∞ + ∞", [Infinity, Infinity], infinity],
    ["−∞ and numbers", [3, -Infinity, 2 ** 127], 0xff800000],
    ["NaN beside ∞", [Number.NaN, Infinity], 0x7fc00000],
    ["large numbers of either sign beside ∞", [-(2 ** 127), -(2 ** 127), Infinity], infinity],
  ] as const)("%s", (_, terms, expected) => {
    const { element, group } = floatCase(terms.map((term) => [term, 1]));
    expect(idealResult(element, group)).toBe(expected);
    const swapped = floatCase(terms.map((term) => [1, term]));
    expect(idealResult(swapped.element, swapped.group)).toBe(expected);
  });

  it("rounds up to infinity only from half a unit beyond the largest number", () => {
    const largest = float32(0x7f7fffff);
    const at = (excess: number) =>
      floatCase([
        [largest, 1],
        [excess, 1],
      ]);
    const half = 2 ** 103;
    const below = at(float32(word(half) - 1));
    expect(idealResult(below.element, below.group)).toBe(0x7f7fffff);
    const tie = at(half);
    expect(idealResult(tie.element, tie.group)).toBe(infinity);
  });

  it("of zeros of any sign is +0; a negative number that rounds to zero is −0", () => {
    const zeros = floatCase([
      [-0, 1],
      [0, -1],
    ]);
    expect(idealResult(zeros.element, zeros.group)).toBe(0);
    const tiny = floatCase([[-(2 ** -100), 2 ** -100]]);
    expect(idealResult(tiny.element, tiny.group)).toBe(0x80000000);
  });
});

describe("idealResult of fixed groups", () => {
  it("is the nearest 25-bit number to sum / 2^quant, the even one of two", () => {
    fc.assert(
      fc.property(anyCase("fixed", 12), ({ element, group }) => {
        let sum = 0n;
        for (const [lane, activation] of group.activations.entries()) {
          const magnitude = BigInt(group.weights.magnitudes[lane] & element.mask);
          const value = BigInt(activation % 2 ** 24) - (activation >= 2 ** 31 ? 2n ** 24n : 0n);
          sum += (group.weights.signs[lane] === 1 ? -1n : 1n) * magnitude * value;
        }
        const step = 2n ** BigInt(element.quant);
        const distance = (candidate: bigint): bigint => {
          const difference = sum - candidate * step;
          return difference < 0n ? -difference : difference;
        };
        const middle = sum / step;
        const [nearest] = [middle - 1n, middle, middle + 1n].sort((left, right) => {
          const order = distance(left) - distance(right);
          if (order !== 0n) return order < 0n ? -1 : 1;
          return left % 2n === 0n ? -1 : 1;
        });
        const held = nearest >= 2n ** 24n ? 2n ** 24n - 1n : nearest < -(2n ** 24n) ? -(2n ** 24n) : nearest;
        const expected = (held < 0n ? 2 ** 31 : 0) + Number(((held % 2n ** 24n) + 2n ** 24n) % 2n ** 24n);
        expect(idealResult(element, group)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [1, 1, 0],
    [3, 1, 2],
    [5, 1, 2],
    [7, 1, 4],
    [-1, 1, 0],
    [-3, 1, -2],
    [6, 2, 2],
    [5, 2, 1],
    [2 ** 24 - 1, 0, 2 ** 24 - 1],
    [2 ** 25 - 1, 1, 2 ** 24 - 1],
  ])("%i / 2^%i is %i", (sum, quant, rounded) => {
    const rest = sum % 2 ** 23;
    const products = [[rest, 1] as const, [(sum - rest) / 2 ** 23, 2 ** 23] as const];
    const { element, group } = fixedCase(products, { quant });
    expect(idealResult(element, group)).toBe((rounded < 0 ? 2 ** 31 : 0) + (rounded & 0xffffff));
  });
});
