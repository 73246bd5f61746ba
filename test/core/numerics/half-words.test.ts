import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bfloat16Value, bfloat16Word } from "../../../core/numerics/bfloat16.ts";
import { float16Value, float16Word } from "../../../core/numerics/float16.ts";
import { allSizes, bfloat16Layout, float16Layout, nearestWord, sizeOfFloat32 } from "./float-words.ts";

const float32 = new Float32Array(1);
const float32Word = new Uint32Array(float32.buffer);
/** The float32 of a word. */
const ofWord = (word: number): number => {
  float32Word[0] = word;
  return float32[0];
};
/** The neighbours of a float32 of positive size, one unit below and above. */
const around = (size: number): number[] => {
  float32[0] = size;
  const word = float32Word[0];
  return [word - 1, word, word + 1].filter((near) => near >= 0 && near < 0x7f800000).map(ofWord);
};

describe.each([
  ["float16", float16Layout, float16Value, float16Word],
  ["bfloat16", bfloat16Layout, bfloat16Value, bfloat16Word],
] as const)("%s", (_, layout, valueAt, wordFor) => {
  const sizes = allSizes(layout);
  const infinity = sizes.length - 1;
  const signs = [0, 0x8000];

  it("decodes every one of its 65,536 words", () => {
    const wrong: number[] = [];
    for (const sign of signs) {
      for (let word = 0; word < 0x8000; word++) {
        const value = valueAt(sign | word);
        const negative = value < 0 || Object.is(value, -0);
        const right =
          word > infinity
            ? Number.isNaN(value)
            : negative === (sign !== 0) &&
              (word === infinity
                ? Math.abs(value) === Number.POSITIVE_INFINITY
                : sizeOfFloat32(value) === sizes[word]);
        if (!right) wrong.push(sign | word);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("encodes every value it decodes as the same word, and NaN as NaN", () => {
    const wrong: number[] = [];
    for (let word = 0; word < 0x10000; word++) {
      const again = wordFor(valueAt(word));
      const right =
        (word & 0x7fff) > infinity ? (again & 0x7fff) > infinity && again <= 0xffff : again === word;
      if (!right) wrong.push(word);
    }
    expect(wrong).toEqual([]);
  });

  it("rounds every halfway point, and the float32 beside values and halfway points, to the nearest even", () => {
    const wrong: number[] = [];
    for (let word = 0; word < infinity; word++) {
      // Exact in a float64: the units are 2⁻¹⁴⁹.
      const value = Number(sizes[word]) * 2 ** -149;
      const next = Number(sizes[word + 1]) * 2 ** -149;
      for (const size of [...around(value), ...around((value + next) / 2)]) {
        for (const signed of [size, -size]) {
          if (wordFor(signed) !== nearestWord(signed, layout, sizes)) wrong.push(signed);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("rounds any float32", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
        const value = ofWord(word);
        if (Number.isFinite(value)) expect(wordFor(value)).toBe(nearestWord(value, layout, sizes));
        else expect(valueAt(wordFor(value))).toBe(value);
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps NaN whatever its payload, and the infinities", () => {
    for (const word of [0x7f800001, 0x7f8fffff, 0x7fffffff, 0xff800001, 0xffffffff]) {
      expect(valueAt(wordFor(ofWord(word)))).toBeNaN();
    }
    expect(wordFor(Number.POSITIVE_INFINITY)).toBe(infinity);
    expect(wordFor(Number.NEGATIVE_INFINITY)).toBe(0x8000 | infinity);
  });
});

describe("float16 by hand", () => {
  it.each([
    [65504, 0x7bff],
    [65519.99609375, 0x7bff],
    [65520, 0x7c00],
    [-65520, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0000001, 0x0001],
    [3 * 2 ** -25, 0x0002],
    [2 ** -14, 0x0400],
    [2 ** -14 - 2 ** -25, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [-0, 0x8000],
  ])("%d is the word %d", (value, word) => {
    expect(float16Word(value)).toBe(word);
  });
});

describe("bfloat16 by hand", () => {
  it.each([
    [1, 0x3f80],
    [1 + 2 ** -8, 0x3f80],
    [1 + 3 * 2 ** -8, 0x3f82],
    [(2 - 2 ** -7) * 2 ** 127, 0x7f7f],
    [(2 - 2 ** -8) * 2 ** 127, 0x7f80],
    [2 ** -133, 0x0001],
    [2 ** -134, 0x0000],
    [-0, 0x8000],
  ])("%d is the word %d", (value, word) => {
    expect(bfloat16Word(value)).toBe(word);
  });
});
