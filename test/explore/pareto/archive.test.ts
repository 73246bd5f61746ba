import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createArchive } from "../../../explore/pareto/archive.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { ObjectiveError } from "../../../explore/pareto/objectives.ts";
import { allMinimized, drawn, points } from "./points.ts";

describe("createArchive", () => {
  test("keeps the front of all that came, with ids, in order, at any time", () => {
    fc.assert(
      fc.property(
        points(fc.integer({ min: 1, max: 5 }), "bad"),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 8 }),
        ({ columns, directions }, sizes) => {
          const archive = createArchive(directions);
          let done = 0;
          for (const size of sizes) {
            const next = Math.min(done + size, columns[0]!.length);
            const ids = Float64Array.from({ length: next - done }, (_, position) => 1000 + done + position);
            archive.add(
              columns.map((column) => column.subarray(done, next)),
              ids,
            );
            done = next;
            const all = columns.map((column) => column.subarray(0, done));
            const rows = paretoFront(all, directions);
            const front = archive.front();
            expect([...front.ids]).toEqual(Array.from(rows, (row) => 1000 + row));
            expect(front.objectives).toEqual(
              columns.map((column) => Float64Array.from(rows, (row) => column[row]! + 0)),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(["cube", "sphere", "grid"] as const)("keeps the front of many chunks of a %s", (shape) => {
    const columns = drawn(shape, 3, 30_000, 9);
    const archive = createArchive(allMinimized(columns));
    for (let start = 0; start < 30_000; start += 700) {
      const chunk = columns.map((column) => column.subarray(start, start + 700));
      archive.add(
        chunk,
        Float64Array.from(chunk[0]!, (_, row) => start + row),
      );
    }
    const front = [...paretoFront(columns, allMinimized(columns))];
    expect([...archive.front().ids]).toEqual(front);
  });

  test("gives arrays of its own, and is as before after a chunk that it refuses", () => {
    const archive = createArchive(["minimize", "maximize"]);
    const chunk = [Float64Array.of(1, 2), Float64Array.of(5, 5)];
    archive.add(chunk, Float64Array.of(7, 8));
    chunk[0]!.fill(9);
    archive.front().ids.fill(0);
    archive.front().objectives[0]!.fill(0);
    expect(() =>
      archive.add([Float64Array.of(0, 0), Float64Array.of(9, Number.NaN)], Float64Array.of(1, 2)),
    ).toThrow("objective 2, row 2");
    expect(() => archive.add([Float64Array.of(0), Float64Array.of(9)], Float64Array.of(1, 2))).toThrow(
      ObjectiveError,
    );
    expect(() => archive.add([Float64Array.of(0)], Float64Array.of(1))).toThrow(ObjectiveError);
    expect(archive.front()).toEqual({
      ids: Float64Array.of(7),
      objectives: [Float64Array.of(1), Float64Array.of(5)],
    });
  });

  test("is empty before anything came", () => {
    expect(createArchive(["minimize"]).front()).toEqual({
      ids: new Float64Array(0),
      objectives: [new Float64Array(0)],
    });
    expect(() => createArchive([])).toThrow(ObjectiveError);
  });
});
