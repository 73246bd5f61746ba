import { describe, expect, it } from "vitest";
import { alignGroup } from "../../../core/bit-interleaving/align.ts";
import { distill } from "../../../core/bit-interleaving/distill.ts";
import { planeCounts } from "../../../core/bit-interleaving/planes.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";

describe("the worked example of bit interleaving", () => {
  const weights = Float32Array.of(12.625, 5.15625, 9.75, 1.625, 0.25, 76.25);
  const { exponents, magnitudes } = floatFields(weights);
  const aligned = new Int32Array(6);
  // Activation exponents 0: the biased exponent is 127 for each.
  const largest = alignGroup(magnitudes, exponents, 0, new Uint8Array(6).fill(127), 0, 6, aligned);

  it("has exponents 3 2 3 0 −2 6", () => {
    expect([...exponents].map((exponent) => exponent - 127)).toEqual([3, 2, 3, 0, -2, 6]);
    expect(largest).toBe(127 + 6 + 127);
  });

  it("has plane counts 1 0 0 3 3 0 3 3 3 3 0 1 from 2⁶ down to 2⁻⁵", () => {
    // Plane 23 of the grid is the hidden 1 of the largest exponent, 2⁶.
    const counts = [...planeCounts(aligned)].reverse();
    expect(counts.slice(0, 12)).toEqual([1, 0, 0, 3, 3, 0, 3, 3, 3, 3, 0, 1]);
    expect(counts.slice(12).every((count) => count === 0)).toBe(true);
  });

  it("takes 3 cycles instead of 6", () => {
    expect(distill(aligned, 0, 0xffffff).scan).toBe(3);
    expect(weights.length).toBe(6);
  });

  it("keeps every bit: the aligned magnitudes add up to the weights", () => {
    const sum = aligned.reduce((total, word) => total + word, 0) * 2 ** (6 - 23);
    expect(sum).toBe(weights.reduce((total, weight) => total + weight, 0));
  });
});
