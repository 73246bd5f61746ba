import { ModelError } from "../errors.ts";

/**
 * Interpolates a table of positive `values` over increasing positive `points`, straight in log–log coordinates. Up to
 * a factor of 2 beyond either end the outermost segment is extended; farther out it throws ModelError `beyond-table`.
 */
export const interpolateLogLog = (
  points: readonly number[],
  values: readonly number[],
  at: number,
  what: string,
): number => {
  const last = points.length - 1;
  if (!(at >= points[0] / 2 && at <= points[last] * 2)) {
    throw new ModelError(
      "beyond-table",
      `${what}: ${at} lies beyond twice the reach of its table (${points[0]} … ${points[last]})`,
    );
  }
  let upper = 1;
  while (upper < last && points[upper] < at) upper++;
  const lower = upper - 1;
  const fraction = Math.log(at / points[lower]) / Math.log(points[upper] / points[lower]);
  return Math.exp(Math.log(values[lower]) + fraction * Math.log(values[upper] / values[lower]));
};
