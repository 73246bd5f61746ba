import { describe, expect, it } from "vitest";
import { exponentDraws } from "../../../core/bit-interleaving/activation-exponents.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";
import {
  type ActivationDistribution,
  distributionText,
  drawnActivations,
} from "../../../core/workloads/activation-distribution.ts";

const stated: ActivationDistribution[] = [
  { distribution: "normal", zeroShare: 0 },
  { distribution: "relu", zeroShare: 0.4 },
];

describe("drawn activations", () => {
  it("have the exponents that float weights are aligned with", () => {
    for (const activations of stated) {
      const values = drawnActivations(activations, 3, 5, 2, 2000);
      const { exponents } = exponentDraws(3, 5, 2, activations.zeroShare)(2000);
      expect(floatFields(values).exponents).toEqual(exponents);
    }
  });

  it("have the share of zeros, the sign and the spread that are stated", () => {
    const count = 20_000;
    const [normal, relu] = stated.map((activations) => drawnActivations(activations, 1, 0, 1, count));
    const share = (values: Float32Array, holds: (value: number) => boolean): number =>
      values.filter(holds).length / count;
    // Five standard errors of a share near one half are 0.018, of the power of a normal variable 0.05.
    expect(share(normal, (value) => value < 0)).toBeCloseTo(0.5, 1);
    expect(share(normal, (value) => value === 0)).toBe(0);
    expect(normal.reduce((sum, value) => sum + value ** 2, 0) / count).toBeCloseTo(1, 1);
    expect(share(relu, (value) => value < 0)).toBe(0);
    expect(Math.abs(share(relu, (value) => value === 0) - 0.4)).toBeLessThan(0.018);
  });

  it("are called by name and zeros", () => {
    expect(stated.map(distributionText)).toEqual(["normal, 0 % zeros", "relu, 40 % zeros"]);
    expect(distributionText({ distribution: "relu", zeroShare: 1 / 3 })).toBe("relu, 33.3333 % zeros");
  });
});
