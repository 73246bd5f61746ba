import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxesOf, stridesOf, writeDigits } from "../../../explore/space/index-boxes.ts";

const radicesList = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });

describe("boxes of a range", () => {
  it("hold every index once and in order, and are at most two a position", () => {
    const ranges = radicesList.chain((radices) => {
      const bound = fc.integer({ min: 0, max: radices.reduce((product, radix) => product * radix, 1) });
      return fc.tuple(fc.constant(radices), bound, bound);
    });
    fc.assert(
      fc.property(ranges, ([radices, first, second]) => {
        const [from, to] = [Math.min(first, second), Math.max(first, second)];
        const boxes = boxesOf(from, to, radices);
        const found = boxes.flatMap(({ low, high }) => {
          let indices = [0];
          radices.forEach((radix, position) => {
            const digits = Array.from(
              { length: high[position] - low[position] },
              (_, at) => low[position] + at,
            );
            indices = indices.flatMap((index) => digits.map((digit) => index * radix + digit));
          });
          return indices;
        });
        expect(found).toEqual(Array.from({ length: to - from }, (_, offset) => from + offset));
        expect(boxes.length).toBeLessThanOrEqual(2 * radices.length);
      }),
    );
  });
});

describe("digits of an index", () => {
  it("are exact up to 2^53", () => {
    const radices = [2, 9999, 10000, 3, 10007, 1, 1499];
    const grid = radices.reduce((product, radix) => product * radix, 1);
    const strides = stridesOf(radices);
    const digits = new Int32Array(radices.length);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: -2, max: 2 }),
        (share, beside) => {
          // At and beside whole multiples of a stride, where a quotient is rounded.
          const stride = strides[1];
          const near = Math.round((share * grid) / stride) * stride + beside;
          const index = Math.min(grid - 1, Math.max(0, near));
          writeDigits(index, strides, digits);
          let rest = BigInt(index);
          for (let position = radices.length - 1; position >= 0; position--) {
            expect(digits[position]).toBe(Number(rest % BigInt(radices[position])));
            rest /= BigInt(radices[position]);
          }
        },
      ),
    );
  });
});
