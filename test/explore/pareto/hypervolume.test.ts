import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hypervolume } from "../../../explore/pareto/hypervolume.ts";
import { type Direction, ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { allMinimized } from "./points.ts";

const side = 4;

/** Points on a grid of whole numbers, where the volume is the number of unit cells that some point covers. */
const gridPoints = fc.constantFrom(2, 3, 3, 4, 5).chain((dimension) =>
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
    const columns = [Float64Array.of(1, 2, -Infinity), Float64Array.of(4, 3, 1)];
    expect(hypervolume(columns, ["maximize", "minimize"], [0, 4])).toEqual({ volume: 2, outside: 2 });
  });

  test("refuses an infinite or short reference, NaN, and one objective", () => {
    const columns = [Float64Array.of(1), Float64Array.of(1)];
    const both = ["minimize", "minimize"] as const;
    expect(() => hypervolume(columns, both, [2, Infinity])).toThrow(ObjectiveError);
    expect(() => hypervolume(columns, both, [2])).toThrow("has 1 values, expected 2");
    expect(() => hypervolume([columns[0]!, Float64Array.of(-Infinity)], both, [2, 2])).toThrow(
      "nothing can beat",
    );
    expect(() => hypervolume([columns[0]!, Float64Array.of(Number.NaN)], both, [2, 2])).toThrow("NaN");
    expect(() => hypervolume([columns[0]!], ["minimize"], [2])).toThrow("expected 2 or more");
  });
});

/** All vectors of `dimension` whole numbers from 0 that add up to `sum`. */
const lattice = (dimension: number, sum: number): number[][] =>
  dimension === 1
    ? [[sum]]
    : Array.from({ length: sum + 1 }, (_, value) =>
        lattice(dimension - 1, sum - value).map((rest) => [value, ...rest]),
      ).flat();

const columnsOf = (rows: readonly number[][]): Float64Array[] =>
  rows[0]!.map((_, objective) => Float64Array.from(rows, (row) => row[objective]!));

const binomial = (from: number, choose: number): number =>
  choose === 0 ? 1 : (binomial(from - 1, choose - 1) * from) / choose;

// K. Deb, L. Thiele, M. Laumanns, E. Zitzler, "Scalable multi-objective optimization test problems", CEC 2002.
describe("hypervolume of the fronts of DTLZ1 and DTLZ2", () => {
  test.each([
    [2, 64],
    [3, 32],
    [4, 16],
    [5, 8],
  ])("DTLZ1 in %i objectives, on a lattice of %i steps", (dimension, steps) => {
    // The front is Σ f = 1/2. Of the steps^M cells below (1/2, …), those whose indices add up to less than `steps` are
    // not dominated: C(steps + M − 1, M) of them. All numbers are short sums of powers of two: exact.
    const rows = lattice(dimension, steps).map((row) => row.map((value) => value / (2 * steps)));
    const columns = columnsOf(rows);
    const reference = columns.map(() => 0.5);
    const expected = (1 - binomial(steps + dimension - 1, dimension) / steps ** dimension) / 2 ** dimension;
    // A point with a coordinate 1/2 lies on the reference.
    expect(hypervolume(columns, allMinimized(columns), reference).outside).toBe(dimension);
    expect(hypervolume(columns, allMinimized(columns), reference).volume).toBeCloseTo(expected, 14);
  });

  test("DTLZ1 in three objectives comes to 1 − 1/48 from (1, 1, 1)", () => {
    const short = [100, 200, 400].map((steps) => {
      const columns = columnsOf(lattice(3, steps).map((row) => row.map((value) => value / (2 * steps))));
      return 1 - 1 / 48 - hypervolume(columns, allMinimized(columns), [1, 1, 1]).volume;
    });
    // The cells that hold the front: what is missing is (1/2)³ (C(s + 2, 3) / s³ − 1/6), about 1/(16 s).
    [100, 200, 400].forEach((steps, position) => {
      const missing = (binomial(steps + 2, 3) / steps ** 3 - 1 / 6) / 8;
      expect(short[position]).toBeCloseTo(missing, 13);
    });
  });

  test("DTLZ2 in two objectives, for equal angles, and its limit 1.21 − π/4 from (1.1, 1.1)", () => {
    for (const steps of [10, 1000, 100_000]) {
      const angles = Array.from({ length: steps + 1 }, (_, step) => (step / steps) * (Math.PI / 2));
      const rows = angles.map((angle) => [Math.cos(angle), Math.sin(angle)]);
      // Under the circle, but not dominated: strips between one cosine and the next, as high as the lower point's sine.
      const strips = angles
        .slice(1)
        .reduce((sum, angle, step) => sum + (Math.cos(angles[step]!) - Math.cos(angle)) * Math.sin(angle), 0);
      const { volume } = hypervolume(columnsOf(rows), ["minimize", "minimize"], [1.1, 1.1]);
      expect(volume).toBeCloseTo(1.21 - strips, 12);
      expect(1.21 - Math.PI / 4 - volume).toBeGreaterThan(0);
      expect(1.21 - Math.PI / 4 - volume).toBeLessThan(1 / steps);
    }
  });

  test("DTLZ2 in three and four objectives comes to 1.1^M less the ball's part, from below", () => {
    const parts = [
      { dimension: 3, steps: 300, ball: Math.PI / 6 },
      { dimension: 4, steps: 14, ball: Math.PI ** 2 / 32 },
    ];
    for (const { dimension, steps, ball } of parts) {
      const rows = lattice(dimension, steps).map((row) => {
        const radius = Math.hypot(...row);
        return row.map((value) => value / radius);
      });
      const reference = Array.from({ length: dimension }, () => 1.1);
      const { volume } = hypervolume(columnsOf(rows), allMinimized(rows[0]!), reference);
      const missing = 1.1 ** dimension - ball - volume;
      expect(missing).toBeGreaterThan(0);
      // A shell around the ball's part, no thicker than a few steps of the lattice.
      expect(missing).toBeLessThan((2 * dimension) / steps / 2);
    }
  });
});
