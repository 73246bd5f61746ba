import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { candidates } from "../../../explore/pareto/staged.ts";
import { allMinimized, dominatedByAny, drawn, obviouslyDominates, points } from "./points.ts";

/** Bounds around points: each pessimistic value is worse than the optimistic one by 0, 1 or 2. */
const bounded = points(fc.integer({ min: 1, max: 5 }), "any").chain((optimistic) => {
  const count = optimistic.rows.length;
  const slack = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: count, maxLength: count });
  return fc.record({
    optimistic: fc.constant(optimistic),
    slacks: fc.array(slack, {
      minLength: optimistic.columns.length,
      maxLength: optimistic.columns.length,
    }),
    flags: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
  });
});

const worsened = (optimistic: { columns: Float64Array[]; directions: string[] }, slacks: number[][]) =>
  optimistic.columns.map((column, objective) =>
    column.map((value, row) =>
      optimistic.directions[objective] === "maximize"
        ? value - slacks[objective]![row]!
        : value + slacks[objective]![row]!,
    ),
  );

describe("candidates", () => {
  test("are the points that no pessimistic vector dominates", () => {
    fc.assert(
      fc.property(bounded, ({ optimistic, slacks, flags }) => {
        const { columns, directions, rows } = optimistic;
        const pessimistic = worsened(optimistic, slacks);
        const vectors = rows
          .map((_, row) => pessimistic.map((column) => column[row]!))
          .filter((vector, row) => flags[row] && vector.every(Number.isFinite));
        const expected = [...rows.keys()].filter(
          (row) =>
            rows[row]!.every(Number.isFinite) &&
            !vectors.some((vector) => obviouslyDominates(vector, rows[row]!, directions)),
        );
        const mayDominate = Uint8Array.from(flags, Number);
        expect([...candidates(columns, pessimistic, directions, mayDominate)]).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test("contain the true front, wherever between the bounds the true values lie", () => {
    fc.assert(
      fc.property(
        bounded,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (sample, shares) => {
          const { columns, directions, rows } = sample.optimistic;
          if (rows.flat().some((value) => Math.abs(value) > 1e6)) return;
          const halfway = sample.slacks.map((slack) => slack.map((value) => value * shares.next().value!));
          const front = paretoFront(worsened(sample.optimistic, halfway), directions);
          const all = new Uint8Array(rows.length).fill(1);
          const kept = new Set(
            candidates(columns, worsened(sample.optimistic, sample.slacks), directions, all),
          );
          expect([...front].filter((row) => !kept.has(row))).toEqual([]);
        },
      ),
    );
  });

  test.each([
    ["cube", 3],
    ["grid", 3],
    ["cube", 4],
    ["grid", 4],
    ["sphere", 3],
  ] as const)("are right for many points: a %s of %i objectives", (shape, dimension) => {
    const optimistic = drawn(shape, dimension, 10_000, 5);
    const slack = drawn("cube", dimension, 10_000, 6);
    const pessimistic = optimistic.map((column, objective) =>
      column.map((value, row) => (row % 3 === 0 ? value : value + 0.2 * slack[objective]![row]!)),
    );
    const mayDominate = Uint8Array.from(optimistic[0]!, (_, row) => (row % 5 === 0 ? 0 : 1));
    const allowed = pessimistic.map((column) => column.filter((_, row) => mayDominate[row] === 1));
    const front = paretoFront(allowed, allMinimized(allowed));
    const vectors = allowed.map((column) => Float64Array.from(front, (row) => column[row]!));
    const dominated = dominatedByAny(optimistic, vectors);
    const expected = [...dominated.keys()].filter((row) => !dominated[row]);
    expect([...candidates(optimistic, pessimistic, allMinimized(optimistic), mayDominate)]).toEqual(expected);
  });

  test("refuse flags that do not fit", () => {
    const column = [Float64Array.of(1, 2)];
    expect(() => candidates(column, column, ["minimize"], new Uint8Array(1))).toThrow(ObjectiveError);
  });
});
