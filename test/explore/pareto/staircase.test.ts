import fc from "fast-check";
import { expect, test } from "vitest";
import { coveringRow, emptyStaircase, insert } from "../../../explore/pareto/staircase.ts";

test("a staircase covers what its points cover, with x strictly rising and y strictly falling", () => {
  const coordinate = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(coordinate, coordinate), { maxLength: 30 }), (points) => {
      const stairs = emptyStaircase();
      for (const [row, [x, y]] of points.entries()) {
        const coveredBefore = points.slice(0, row).some(([left, low]) => left <= x && low <= y);
        expect(insert(stairs, x, y, row)).toBe(!coveredBefore);
      }
      for (let corner = 1; corner < stairs.x.length; corner++) {
        expect(stairs.x[corner]).toBeGreaterThan(stairs.x[corner - 1]!);
        expect(stairs.y[corner]).toBeLessThan(stairs.y[corner - 1]!);
      }
      for (let x = 0; x <= 6; x++) {
        for (let y = 0; y <= 6; y++) {
          const row = coveringRow(stairs, x, y);
          expect(row !== undefined).toBe(points.some(([left, low]) => left <= x && low <= y));
          if (row !== undefined) expect(points[row]![0] <= x && points[row]![1] <= y).toBe(true);
        }
      }
    }),
  );
});
