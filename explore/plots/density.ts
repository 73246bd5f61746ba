import { type AxisScale, positionOn, valueAt } from "./axis-scale.ts";

/** A cell of the plane and the number of points in it; its edges in the units of the axes. */
export interface DensityCell {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
  readonly designs: number;
}

/** Cells along the horizontal and the vertical axis: at most 9,600 rectangles however many points there are. */
const [across, up] = [120, 80];

/** The cell of a point, numbered row by row from below. */
const cellOf = (x: number, y: number, xScale: AxisScale, yScale: AxisScale): number => {
  const column = Math.min(across - 1, Math.floor(positionOn(xScale, x) * across));
  const line = Math.min(up - 1, Math.floor(positionOn(yScale, y) * up));
  return line * across + column;
};

/** Counts points in a grid of cells that are equally wide on the axes as drawn; points may come in pieces. */
export interface DensityGrid {
  /** Every point must lie within both domains. */
  add(x: Float64Array, y: Float64Array): void;
  /** The cells that hold a point, row by row from below. */
  cells(): DensityCell[];
}

/** An empty grid. */
export const densityGrid = (xScale: AxisScale, yScale: AxisScale): DensityGrid => {
  const counts = new Uint32Array(across * up);
  return {
    add: (x, y) => {
      for (const [row, value] of x.entries()) counts[cellOf(value, y[row]!, xScale, yScale)]!++;
    },
    cells: () => {
      const cells: DensityCell[] = [];
      for (const [cell, designs] of counts.entries()) {
        if (designs === 0) continue;
        const [column, line] = [cell % across, Math.floor(cell / across)];
        cells.push({
          left: valueAt(xScale, column / across),
          right: valueAt(xScale, (column + 1) / across),
          low: valueAt(yScale, line / up),
          high: valueAt(yScale, (line + 1) / up),
          designs,
        });
      }
      return cells;
    },
  };
};

/** The first of the given points in each cell, in the order given. */
export const onePerCell = (
  x: Float64Array,
  y: Float64Array,
  xScale: AxisScale,
  yScale: AxisScale,
  among: readonly number[],
): number[] => {
  const taken = new Set<number>();
  return among.filter((index) => {
    const cell = cellOf(x[index]!, y[index]!, xScale, yScale);
    return !taken.has(cell) && taken.add(cell);
  });
};
