import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contributions } from "../../../explore/pareto/contributions.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { hypervolume } from "../../../explore/pareto/hypervolume.ts";
import { type Direction, ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { allMinimized, drawn } from "./points.ts";

/** What the front's volume loses without each row; 0 for rows that are not on the front. */
const differences = (columns: Float64Array[], directions: Direction[], reference: number[]): number[] => {
  const front = [...paretoFront(columns, directions)];
  const volume = (rows: number[]): number =>
    hypervolume(
      columns.map((column) => Float64Array.from(rows, (row) => column[row]!)),
      directions,
      reference,
    ).volume;
  const all = volume(front);
  return Array.from(columns[0]!, (_, row) =>
    front.includes(row) ? all - volume(front.filter((other) => other !== row)) : 0,
  );
};

const grid = fc.constantFrom(2, 3, 3, 3, 4, 5).chain((dimension) => {
  const size = { minLength: dimension, maxLength: dimension };
  return fc.record({
    rows: fc.array(fc.array(fc.integer({ min: 0, max: 7 }), size), { maxLength: 14 }),
    directions: fc.array(fc.constantFrom<Direction>("maximize", "minimize"), size),
  });
});

describe("contributions", () => {
  test("are what the hypervolume loses, exactly, with ties, copies, dominated rows and rows outside", () => {
    fc.assert(
      fc.property(grid, ({ rows, directions }) => {
        const columns = directions.map((direction, objective) =>
          Float64Array.from(rows, (row) => (direction === "maximize" ? -row[objective]! : row[objective]!)),
        );
        const reference = directions.map((direction) => (direction === "maximize" ? -7 : 7));
        expect([...contributions(columns, directions, reference)]).toEqual(
          differences(columns, directions, reference),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test.each([2, 3, 4])("are what the hypervolume loses on a sphere of %i objectives", (dimension) => {
    const columns = drawn("sphere", dimension, dimension === 4 ? 60 : 400, 3);
    const reference = columns.map(() => 1.1);
    const expected = differences(columns, allMinimized(columns), reference);
    contributions(columns, allMinimized(columns), reference).forEach((volume, row) => {
      expect(volume).toBeCloseTo(expected[row]!, 13);
    });
  });

  test("by hand: the points of an L and its corner", () => {
    // From (4, 4): (1, 3) alone covers 1..2 × 3..4, (2, 2) 2..3 × 2..3, and (3, 1) 3..4 × 1..2.
    const columns = [Float64Array.of(1, 2, 3, 3), Float64Array.of(3, 2, 1, 3)];
    expect([...contributions(columns, ["minimize", "minimize"], [4, 4])]).toEqual([1, 1, 1, 0]);
    expect([
      ...contributions([Float64Array.of(1, 1), Float64Array.of(1, 1)], ["minimize", "minimize"], [4, 4]),
    ]).toEqual([0, 0]);
  });

  test("are none without rows, and refuse what hypervolume refuses", () => {
    const none = [new Float64Array(0), new Float64Array(0)];
    expect(contributions(none, ["minimize", "minimize"], [1, 1])).toEqual(new Float64Array(0));
    expect(() => contributions(none, ["minimize", "minimize"], [1])).toThrow(ObjectiveError);
  });
});
