import { describe, expect, test } from "vitest";
import type { FrontScope } from "../../../explore/engine/columns.ts";
import type { Evaluator } from "../../../explore/engine/evaluator.ts";
import { frontsOfRows } from "../../../explore/engine/fronts.ts";

/** What `frontsOfRows` asks of an evaluator: rows are an index, a flag that requirements are met, and two objectives. */
const evaluator = {
  plan: {
    sweep: {
      objectives: [
        { name: "speed", direction: "maximize" },
        { name: "energy", direction: "minimize" },
      ],
      referencePoint: { energy: 9 },
    },
  },
  fronts: [{} as FrontScope],
  meets: (row: ArrayLike<number>) => row[1] === 1,
  objectives: (row: ArrayLike<number>) => [row[2], row[3]],
} as unknown as Evaluator;

describe("frontsOfRows", () => {
  test("is the front of the rows that meet the requirements, an infinitely bad one aside", () => {
    const rows = [
      Float64Array.of(4, 1, 2, 3),
      Float64Array.of(5, 1, 2, 4),
      Float64Array.of(6, 0, 9, 1),
      Float64Array.of(7, 1, -Infinity, 1),
      Float64Array.of(8, 1, 1, 2),
    ];
    const [front] = frontsOfRows(evaluator, rows);
    expect(front.rows).toEqual([rows[0], rows[4]]);
    expect(front.reference).toEqual({ speed: 1, energy: 9 });
    expect(front.excluded).toBe(1);
    expect(frontsOfRows(evaluator, [])[0].rows).toEqual([]);
  });

  test.each([
    [Number.NaN, 1, "objective speed is no number for the design with index 4"],
    [Infinity, 1, "objective speed is Infinity, better than any number, for the design with index 4"],
    [1, -Infinity, "objective energy is -Infinity, better than any number, for the design with index 4"],
  ])("refuses the objectives %d and %d", (speed, energy, message) => {
    expect(() => frontsOfRows(evaluator, [Float64Array.of(4, 1, speed, energy)])).toThrow(message);
  });
});
