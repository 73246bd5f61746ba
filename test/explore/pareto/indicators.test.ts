import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epsilonIndicator } from "../../../explore/pareto/epsilon.ts";
import { igdPlus } from "../../../explore/pareto/igd-plus.ts";
import { type Direction, ObjectiveError } from "../../../explore/pareto/objectives.ts";

/** Numbers whose differences are exact. */
const quarter = fc.integer({ min: -12, max: 12 }).map((value) => value / 4);

const two = fc.constantFrom(1, 2, 3).chain((dimension) => {
  const size = { minLength: dimension, maxLength: dimension };
  const rows = fc.array(fc.array(quarter, size), { minLength: 1, maxLength: 8 });
  return fc.record({
    front: rows,
    reference: rows,
    directions: fc.array(fc.constantFrom<Direction>("maximize", "minimize"), size),
  });
});

const columnsOf = (rows: number[][]): Float64Array[] =>
  rows[0]!.map((_, objective) => Float64Array.from(rows, (row) => row[objective]!));

/** By how much each objective of a point is worse than the target's. */
const losses = (point: number[], target: number[], directions: Direction[]): number[] =>
  directions.map((direction, objective) =>
    direction === "maximize"
      ? target[objective]! - point[objective]!
      : point[objective]! - target[objective]!,
  );

describe("indicators", () => {
  test("are their definitions", () => {
    fc.assert(
      fc.property(two, ({ front, reference, directions }) => {
        const epsilon = Math.max(
          ...reference.map((target) =>
            Math.min(...front.map((point) => Math.max(...losses(point, target, directions)))),
          ),
        );
        expect(epsilonIndicator(columnsOf(front), columnsOf(reference), directions)).toBe(epsilon + 0);
        const distances = reference.map((target) =>
          Math.min(
            ...front.map((point) =>
              Math.hypot(...losses(point, target, directions).map((loss) => Math.max(0, loss))),
            ),
          ),
        );
        const mean = distances.reduce((sum, distance) => sum + distance) / distances.length;
        expect(igdPlus(columnsOf(front), columnsOf(reference), directions)).toBeCloseTo(mean, 13);
      }),
      { numRuns: 1000 },
    );
  });

  test("by hand, with an infeasible row in the way", () => {
    // (1, 3) is worse than (1, 1) by (0, 2), (5, 0) by (4, 0); the reference (2, 4) is covered with 1 to spare.
    const front = [Float64Array.of(1, 5, 0), Float64Array.of(3, 0, Infinity)];
    const reference = [Float64Array.of(1, 2), Float64Array.of(1, 4)];
    const directions = ["minimize", "minimize"] as const;
    expect(epsilonIndicator(front, reference, directions)).toBe(2);
    expect(igdPlus(front, reference, directions)).toBe(1);
    const covered = [Float64Array.of(2), Float64Array.of(4)];
    expect(epsilonIndicator(front, covered, directions)).toBe(-1);
    expect(igdPlus(front, covered, directions)).toBe(0);
  });

  test.each([epsilonIndicator, igdPlus])("refuse sides without a feasible point, and NaN", (indicator) => {
    const good = [Float64Array.of(1)];
    expect(() => indicator([Float64Array.of(Infinity)], good, ["minimize"])).toThrow(
      "the front has no feasible",
    );
    expect(() => indicator(good, [new Float64Array(0)], ["minimize"])).toThrow("the reference front has no");
    expect(() => indicator(good, [Float64Array.of(Number.NaN)], ["minimize"])).toThrow(ObjectiveError);
  });
});
