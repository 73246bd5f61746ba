import type { Cycles } from "../units.ts";

/**
 * Columns side by side that take the same steps, with `registers` registers a column for weights that other columns have
 * not used yet [Pragmatic, MICRO 2017]: a column starts step k when it is free and all columns have ended step
 * k − 1 − registers; without registers all start together. The result takes the next step, with the cycles that each
 * column needs for it, and says in which cycle the last column has ended it.
 */
export const columnRegisters = (
  columns: number,
  registers: number,
): ((duration: (column: number) => Cycles) => Cycles) => {
  const free = new Float64Array(columns);
  // When all columns had ended the last registers + 1 steps; the next step replaces the oldest.
  const ended = new Float64Array(registers + 1);
  let oldest = 0;
  let last = 0;
  return (duration) => {
    const earliest = ended[oldest];
    for (let column = 0; column < columns; column++) {
      const end = Math.max(free[column], earliest) + duration(column);
      free[column] = end;
      if (end > last) last = end;
    }
    ended[oldest] = last;
    oldest = oldest === registers ? 0 : oldest + 1;
    return last;
  };
};
