import fc from "fast-check";
import { expect, test } from "vitest";
import { axisScale } from "../../../explore/plots/axis-scale.ts";
import { densityGrid, onePerCell } from "../../../explore/plots/density.ts";

const points = fc
  .array(
    fc.tuple(fc.double({ min: 0.001, max: 5000, noNaN: true }), fc.double({ min: 3, max: 7, noNaN: true })),
    {
      minLength: 1,
      maxLength: 80,
    },
  )
  .map((pairs) => {
    const x = Float64Array.from(pairs, ([value]) => value);
    const y = Float64Array.from(pairs, ([, value]) => value);
    return { x, y, xScale: axisScale(x, 0.04, true), yScale: axisScale(y, 0.04, true) };
  });

test("every design lies in the cell that counts it, and all are counted once", () => {
  fc.assert(
    fc.property(points, ({ x, y, xScale, yScale }) => {
      const grid = densityGrid(xScale, yScale);
      grid.add(x.subarray(0, x.length >> 1), y.subarray(0, x.length >> 1));
      grid.add(x.subarray(x.length >> 1), y.subarray(x.length >> 1));
      const cells = grid.cells();
      const slack = 1e-9;
      for (const cell of cells) {
        const inside = [...x.keys()].filter(
          (row) =>
            x[row]! >= cell.left * (1 - slack) &&
            x[row]! <= cell.right * (1 + slack) &&
            y[row]! >= cell.low * (1 - slack) &&
            y[row]! <= cell.high * (1 + slack),
        );
        expect(inside.length).toBeGreaterThanOrEqual(cell.designs);
        expect(cell.designs).toBeGreaterThan(0);
      }
      expect(cells.reduce((sum, { designs }) => sum + designs, 0)).toBe(x.length);
      expect(onePerCell(x, y, xScale, yScale, [...x.keys()])).toHaveLength(cells.length);
    }),
  );
});

test("onePerCell keeps the first of those that share a cell", () => {
  const x = Float64Array.of(1, 1.0001, 9);
  const y = Float64Array.of(1, 1.0001, 9);
  const scale = axisScale(x, 0.04, true);
  expect(onePerCell(x, y, scale, scale, [1, 0, 2])).toEqual([1, 2]);
});
