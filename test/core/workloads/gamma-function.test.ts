import fc from "fast-check";
import { expect, test } from "vitest";
import { digamma, logGamma, solveMonotone, trigamma } from "../../../core/workloads/gamma-function.ts";

const positive = fc.double({ min: 0.01, max: 200, noNaN: true });

test("ln Γ is that of factorials and of 1/2", () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 9);
    factorial *= n;
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 9);
});

test("Γ(x + 1) = x Γ(x), and its derivatives are ψ and ψ′", () => {
  fc.assert(
    fc.property(positive, (x) => {
      expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 8);
      const step = 1e-3 * x;
      const slope = (f: (x: number) => number): number => (f(x + step) - f(x - step)) / (2 * step);
      expect(digamma(x) / slope(logGamma)).toBeCloseTo(1, 2);
      expect(trigamma(x) / slope(digamma)).toBeCloseTo(1, 4);
    }),
  );
  // Euler's constant, and the sum of all inverse squares.
  expect(digamma(1)).toBeCloseTo(-0.5772156649, 9);
  expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 9);
});

test("a monotone function is solved whether it rises or falls, and at the ends of its range", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), (x) => {
      expect(solveMonotone((y) => y * y, x * x, 0.01, 100)).toBeCloseTo(x, 9);
      expect(solveMonotone((y) => 1 / y, 1 / x, 0.01, 100)).toBeCloseTo(x, 9);
    }),
  );
  expect(solveMonotone((y) => y, 1000, 0.01, 100)).toBeCloseTo(100, 6);
  expect(solveMonotone((y) => y, 0, 0.01, 100)).toBeCloseTo(0.01, 6);
});
