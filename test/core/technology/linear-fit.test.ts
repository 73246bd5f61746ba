import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearFit } from "../../../core/technology/linear-fit.ts";

const points = [16, 32, 64, 128];
const squares = (constant: number, slope: number, values: readonly number[]): number =>
  points.reduce((sum, point, index) => sum + ((constant + slope * point) / values[index] - 1) ** 2, 0);

describe("linearFit", () => {
  it("finds the line that is there", () => {
    const { constant, slope, largestError } = linearFit(points, [20, 36, 68, 132]);
    expect([constant, slope, largestError].map((value) => Number(value.toFixed(9)))).toEqual([4, 1, 0]);
  });

  it("has no better neighbour, and says by how much it is off", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (values) => {
          const { constant, slope, largestError } = linearFit(points, values);
          const least = squares(constant, slope, values);
          for (const [more, steeper] of [
            [1, 0],
            [-1, 0],
            [0, 0.01],
            [0, -0.01],
            [1, -0.01],
          ]) {
            expect(squares(constant + more, slope + steeper, values)).toBeGreaterThanOrEqual(least - 1e-9);
          }
          const errors = points.map((point, index) =>
            Math.abs((constant + slope * point) / values[index] - 1),
          );
          expect(largestError).toBe(Math.max(...errors));
        },
      ),
    );
  });
});
