import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hypervolume, worstPoint } from "../../../explore/pareto/hypervolume.ts";
import { type Direction, ObjectiveError } from "../../../explore/pareto/objectives.ts";

const side = 7;

/** Points on a grid of whole numbers, where the volume is the number of unit cells that some point covers. */
const gridPoints = fc.constantFrom(2, 3).chain((dimension) =>
  fc.record({
    rows: fc.array(
      fc.array(fc.integer({ min: 0, max: side + 1 }), { minLength: dimension, maxLength: dimension }),
      {
        maxLength: 12,
      },
    ),
    directions: fc.array(fc.constantFrom<Direction>("maximize", "minimize"), {
      minLength: dimension,
      maxLength: dimension,
    }),
  }),
);

const cells = (dimension: number): number[][] =>
  dimension === 0
    ? [[]]
    : cells(dimension - 1).flatMap((cell) => Array.from({ length: side }, (_, at) => [...cell, at]));

describe("hypervolume", () => {
  test("is the number of grid cells that the points cover", () => {
    fc.assert(
      fc.property(gridPoints, ({ rows, directions }) => {
        // Costs run from 0 to the reference `side`; a maximized objective has the value −cost.
        const covered = cells(directions.length).filter((cell) =>
          rows.some((row) => row.every((cost, objective) => cost <= cell[objective]!)),
        ).length;
        const outside = rows.filter((row) => row.some((cost) => cost >= side)).length;
        const sign = (objective: number) => (directions[objective] === "maximize" ? -1 : 1);
        const columns = directions.map((_, objective) =>
          Float64Array.from(rows, (row) => sign(objective) * row[objective]!),
        );
        const reference = directions.map((_, objective) => sign(objective) * side);
        expect(hypervolume(columns, directions, reference)).toEqual({ volume: covered, outside });
      }),
      { numRuns: 500 },
    );
  });

  test("follows the example, and is 0 without points", () => {
    const columns = [Float64Array.of(3, 1), Float64Array.of(2, 1)];
    expect(hypervolume(columns, ["maximize", "minimize"], [0, 4])).toEqual({ volume: 7, outside: 0 });
    const none = [new Float64Array(0), new Float64Array(0)];
    expect(hypervolume(none, ["maximize", "minimize"], [0, 4])).toEqual({ volume: 0, outside: 0 });
  });

  test("counts a point on the reference and an infinite one as outside", () => {
    const columns = [Float64Array.of(1, 2, Infinity), Float64Array.of(4, 3, 1)];
    expect(hypervolume(columns, ["maximize", "minimize"], [0, 4])).toEqual({ volume: 2, outside: 2 });
  });

  test("refuses an infinite or short reference, NaN, and one objective", () => {
    const columns = [Float64Array.of(1), Float64Array.of(1)];
    const both = ["minimize", "minimize"] as const;
    expect(() => hypervolume(columns, both, [2, Infinity])).toThrow(ObjectiveError);
    expect(() => hypervolume(columns, both, [2])).toThrow("expected 2");
    expect(() => hypervolume([columns[0]!, Float64Array.of(Number.NaN)], both, [2, 2])).toThrow("NaN");
    expect(() => hypervolume([columns[0]!], ["minimize"], [2])).toThrow("expected 2 or 3");
  });
});

test("worstPoint takes the worst finite value of each objective by itself", () => {
  const columns = [Float64Array.of(5, 3, -Infinity), Float64Array.of(1, Infinity, 9)];
  expect(worstPoint(columns, ["maximize", "minimize"])).toEqual([3, 9]);
  expect(worstPoint([Float64Array.of(0)], ["maximize"])).toEqual([0]);
  expect(() => worstPoint([Float64Array.of(Infinity)], ["maximize"])).toThrow("no finite value");
});
