import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { uniformStream } from "../../../core/random.ts";
import { dominates } from "../../../explore/pareto/dominance.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { obviouslyDominates, points } from "./points.ts";

const bruteForce = ({ rows, directions }: { rows: number[][]; directions: ("maximize" | "minimize")[] }) => {
  const feasible = rows.map((row) => row.every(Number.isFinite));
  return [...rows.keys()].filter(
    (row) =>
      feasible[row] &&
      !rows.some((other, index) => feasible[index] && obviouslyDominates(other, rows[row]!, directions)),
  );
};

describe("paretoFront", () => {
  test("equals the definition, with ties, copies, one-ulp neighbours, both zeros and infinities", () => {
    fc.assert(
      fc.property(points(fc.integer({ min: 1, max: 5 }), true), (sample) => {
        expect([...paretoFront(sample.columns, sample.directions)]).toEqual(bruteForce(sample));
      }),
      { numRuns: 3000 },
    );
  });

  test("equals the definition on a larger set of spread-out points", () => {
    const uniform = uniformStream(11, 0);
    const rows = Array.from({ length: 1500 }, () => Array.from({ length: 3 }, uniform));
    const columns = [0, 1, 2].map((objective) => Float64Array.from(rows, (row) => row[objective]!));
    const directions = ["maximize", "minimize", "minimize"] as const;
    expect([...paretoFront(columns, directions)]).toEqual(bruteForce({ rows, directions: [...directions] }));
  });

  test("keeps every copy, tells one-ulp neighbours apart, and leaves its input alone", () => {
    const throughput = Float64Array.of(2, 1, 2, 2);
    const energy = Float64Array.of(1, 1, 1, 1 + Number.EPSILON);
    expect([...paretoFront([throughput, energy], ["maximize", "minimize"])]).toEqual([0, 2]);
    expect([...throughput]).toEqual([2, 1, 2, 2]);
  });

  test("is empty for no points and for infeasible ones only", () => {
    expect([...paretoFront([new Float64Array(0), new Float64Array(0)], ["maximize", "minimize"])]).toEqual(
      [],
    );
    expect([
      ...paretoFront([Float64Array.of(Infinity), Float64Array.of(1)], ["maximize", "minimize"]),
    ]).toEqual([]);
  });

  test("refuses NaN with objective and row, and columns that do not fit", () => {
    const one = Float64Array.of(1, 2);
    const caught = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    };
    const nan = caught(() => paretoFront([one, Float64Array.of(1, Number.NaN)], ["minimize", "minimize"]));
    expect(nan).toBeInstanceOf(ObjectiveError);
    expect(nan).toMatchObject({ _tag: "ObjectiveError", objective: 1, row: 1 });
    const short = caught(() => paretoFront([one, Float64Array.of(1)], ["minimize", "minimize"]));
    expect(short).toMatchObject({ objective: 1, problem: "1 values, expected 2" });
    expect(caught(() => paretoFront([one], ["minimize", "minimize"]))).toBeInstanceOf(ObjectiveError);
    expect(caught(() => paretoFront([], []))).toBeInstanceOf(ObjectiveError);
  });
});

test("dominates is the definition", () => {
  fc.assert(
    fc.property(points(fc.integer({ min: 1, max: 4 }), false), ({ rows, directions }) => {
      for (const left of rows.slice(0, 12)) {
        for (const right of rows.slice(0, 12)) {
          expect(dominates(left, right, directions)).toBe(obviouslyDominates(left, right, directions));
        }
      }
    }),
  );
});
