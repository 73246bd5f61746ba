import { expect, it } from "vitest";
import {
  drawnExponents,
  sameExponentProbability,
} from "../../../core/bit-interleaving/activation-exponents.ts";

it("two half-normal magnitudes have the same exponent as often as two drawn ones", () => {
  const length = 200_000;
  const exponents = drawnExponents(3, 1, 2, length, 0).exponents;
  let same = 0;
  for (let index = 0; index < length; index++) {
    if (exponents[index] === exponents[length + index]) same++;
  }
  // The standard error of the share is 0.0009; three of them.
  expect(Math.abs(same / length - sameExponentProbability())).toBeLessThan(0.0027);
});

it("a share of drawn activations is zero, and the others are as without zeros in spread", () => {
  const length = 100_000;
  const { exponents } = drawnExponents(3, 1, 1, length, 0.3);
  const zeros = exponents.filter((exponent) => exponent === 0).length;
  // The standard error of the share is 0.0014; three of them.
  expect(Math.abs(zeros / length - 0.3)).toBeLessThan(0.0044);
  // 68.27 % of a normal distribution lie within one spread: magnitudes below 1 have exponents below 127.
  const small = exponents.filter((exponent) => exponent > 0 && exponent < 127).length;
  expect(Math.abs(small / (length - zeros) - 0.6827)).toBeLessThan(0.0053);
  expect(drawnExponents(3, 1, 1, length, 0).exponents.every((exponent) => exponent > 90)).toBe(true);
});
