import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dominates } from "../../../explore/pareto/dominance.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { allMinimized, dominatedByAny, drawn, obviouslyDominates, points } from "./points.ts";

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
      fc.property(points(fc.integer({ min: 1, max: 6 }), "bad"), (sample) => {
        expect([...paretoFront(sample.columns, sample.directions)]).toEqual(bruteForce(sample));
      }),
      { numRuns: 3000 },
    );
  });

  // Enough points for the filter by pivots, the radix sort, and several levels of division.
  test.each([
    ["cube", 2, 6000],
    ["cube", 3, 6000],
    ["cube", 4, 6000],
    ["cube", 5, 5000],
    ["cube", 6, 1500],
    ["grid", 2, 6000],
    ["grid", 3, 6000],
    ["grid", 4, 6000],
    ["grid", 5, 6000],
    ["sphere", 2, 1500],
    ["sphere", 3, 5000],
    ["sphere", 4, 1500],
    ["sphere", 5, 1500],
  ] as const)("equals the definition on a %s of %i objectives", (shape, dimension, count) => {
    const columns = drawn(shape, dimension, count, 11);
    const dominated = dominatedByAny(columns, columns);
    const expected = [...dominated.keys()].filter((row) => !dominated[row]);
    expect([...paretoFront(columns, allMinimized(columns))]).toEqual(expected);
    const negated = columns.map((column) => column.map((value) => -value));
    expect([
      ...paretoFront(
        negated,
        columns.map(() => "maximize"),
      ),
    ]).toEqual(expected);
  });

  test("takes both zeros as equal among many points", () => {
    const columns = drawn("cube", 3, 600, 4).map((column) =>
      column.map((value) => [-1, -0, 0, 1][Math.floor(4 * value)]!),
    );
    // The best point that is drawn, in any mixture of zeros, is the only one on the front.
    for (const direction of ["maximize", "minimize"] as const) {
      const best = direction === "maximize" ? 1 : -1;
      const zeros = columns.map((column) => column.map((value) => (value === best ? 0 : value)));
      const rows = [...zeros[0]!.keys()].filter((row) => zeros.every((column) => column[row] === 0));
      expect(rows.length).toBeGreaterThan(100);
      const directions = columns.map(() => direction);
      expect([...paretoFront(zeros, directions)]).toEqual(rows);
      const four = [...zeros, zeros[0]!.map((value) => (value === 0 ? -0 : value))];
      expect([...paretoFront(four, [...directions, direction])]).toEqual(rows);
    }
  });

  test("sees ties across halves that share a single value of a cost", () => {
    const random = drawn("cube", 3, 3000, 2);
    const half = (row: number): number => (row < 1500 ? 0 : 1);
    const columns = [
      Float64Array.from({ length: 3000 }, (_, row) => half(row)),
      Float64Array.from({ length: 3000 }, (_, row) => 1 - half(row) + (row % 2)),
      ...random,
    ];
    const dominated = dominatedByAny(columns, columns);
    const expected = [...dominated.keys()].filter((row) => !dominated[row]);
    expect([...paretoFront(columns, allMinimized(columns))]).toEqual(expected);
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
      ...paretoFront([Float64Array.of(-Infinity), Float64Array.of(1)], ["maximize", "minimize"]),
    ]).toEqual([]);
  });

  test("refuses NaN and good infinities with objective and row, and columns that do not fit", () => {
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
    const boundless = caught(() =>
      paretoFront([one, Float64Array.of(-Infinity, 1)], ["maximize", "minimize"]),
    );
    expect(boundless).toMatchObject({ objective: 1, row: 0 });
    expect(String(boundless)).toContain("objective 2, row 1: the value is -Infinity");
    expect(
      caught(() => paretoFront([Float64Array.of(1, Infinity), one], ["maximize", "minimize"])),
    ).toMatchObject({ objective: 0, row: 1 });
    const short = caught(() => paretoFront([one, Float64Array.of(1)], ["minimize", "minimize"]));
    expect(short).toMatchObject({ objective: 1, problem: "1 values, expected 2" });
    expect(caught(() => paretoFront([one], ["minimize", "minimize"]))).toBeInstanceOf(ObjectiveError);
    expect(caught(() => paretoFront([], []))).toBeInstanceOf(ObjectiveError);
  });
});

test("dominates is the definition", () => {
  fc.assert(
    fc.property(points(fc.integer({ min: 1, max: 4 }), "none"), ({ rows, directions }) => {
      for (const left of rows.slice(0, 12)) {
        for (const right of rows.slice(0, 12)) {
          expect(dominates(left, right, directions)).toBe(obviouslyDominates(left, right, directions));
        }
      }
    }),
  );
});
