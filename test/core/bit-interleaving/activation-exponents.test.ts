import { expect, it } from "vitest";
import {
  halfNormalExponents,
  sameExponentProbability,
} from "../../../core/bit-interleaving/activation-exponents.ts";

it("two half-normal magnitudes have the same exponent as often as two drawn ones", () => {
  const length = 200_000;
  const exponents = halfNormalExponents(3, 1, 2, length);
  let same = 0;
  for (let index = 0; index < length; index++) {
    if (exponents[index] === exponents[length + index]) same++;
  }
  // The standard error of the share is 0.0009; three of them.
  expect(Math.abs(same / length - sameExponentProbability())).toBeLessThan(0.0027);
});
