import { ModelError } from "../errors.ts";

/**
 * Interpolates a table of positive `values` over increasing positive `points`, straight in log–log coordinates. The
 * outermost segments are extended to the ends of `validity`; outside it throws ModelError `beyond-table`.
 */
export const interpolateLogLog = (
  points: readonly number[],
  values: readonly number[],
  validity: readonly [number, number],
  at: number,
  what: string,
): number => {
  if (!(at >= validity[0] && at <= validity[1])) {
    throw new ModelError(
      "beyond-table",
      `${what}: ${at} lies beyond the reach of its table, ${validity[0]} … ${validity[1]}`,
    );
  }
  const last = points.length - 1;
  let upper = 1;
  while (upper < last && points[upper] < at) upper++;
  const lower = upper - 1;
  const fraction = Math.log(at / points[lower]) / Math.log(points[upper] / points[lower]);
  return Math.exp(Math.log(values[lower]) + fraction * Math.log(values[upper] / values[lower]));
};
