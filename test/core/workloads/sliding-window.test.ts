import fc from "fast-check";
import { expect, test } from "vitest";
import { slidingWindow } from "../../../core/workloads/sliding-window.ts";

const sizes = fc.record({
  input: fc.integer({ min: 1, max: 20 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
});

/** Windows that fit wholly into the padded input, found by moving one along. */
const countWindows = (padded: number, kernel: number, stride: number, dilation: number): number => {
  let windows = 0;
  for (let start = 0; start + dilation * (kernel - 1) < padded; start += stride) windows++;
  return windows;
};

test("with explicit padding the output counts the windows that fit", () => {
  fc.assert(
    fc.property(sizes, fc.nat(4), fc.nat(4), (geometry, before, after) => {
      const window = slidingWindow({ ...geometry, padding: { before, after } });
      const { input, kernel, stride, dilation } = geometry;
      expect(Math.max(0, window.output)).toBe(countWindows(before + input + after, kernel, stride, dilation));
      expect(window.before).toBe(before);
    }),
  );
});

test("same padding adds the fewest zeros that give ⌈input / stride⌉ outputs, the odd one after or before", () => {
  fc.assert(
    fc.property(sizes, (geometry) => {
      const { input, kernel, stride, dilation } = geometry;
      let total = 0;
      while (countWindows(input + total, kernel, stride, dilation) < Math.ceil(input / stride)) total++;
      const upper = slidingWindow({ ...geometry, padding: "same-upper" });
      const lower = slidingWindow({ ...geometry, padding: "same-lower" });
      expect([upper.output, lower.output]).toEqual([Math.ceil(input / stride), Math.ceil(input / stride)]);
      expect([upper.before, lower.before]).toEqual([Math.floor(total / 2), Math.ceil(total / 2)]);
    }),
  );
});

test("rounding up counts a last window that still begins in the input", () => {
  const geometry = { kernel: 2, stride: 2, dilation: 1, padding: "valid", roundUp: true } as const;
  expect(slidingWindow({ ...geometry, input: 5 }).output).toBe(3);
  expect(slidingWindow({ ...geometry, input: 4 }).output).toBe(2);
  // Windows of 1 at 0 and 3: the next would begin in the zeros behind the input.
  const padded = {
    input: 5,
    kernel: 1,
    stride: 3,
    dilation: 1,
    padding: { before: 0, after: 2 },
    roundUp: true,
  };
  expect(slidingWindow(padded).output).toBe(2);
});
