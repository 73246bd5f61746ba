import { normalShare } from "./normal-maximum.ts";

/** Tiles that are alike: how many, and mean and standard deviation of their cycles. */
export interface TileClass {
  readonly tiles: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Points of the integration. */
const points = 96;

/**
 * Expected maximum over independent tiles whose cycles are normally distributed: ∫ 1 − Π F, by the trapezoidal rule from 6
 * deviations below to 6 above the largest mean of a class.
 */
export const expectedSlowest = (classes: readonly TileClass[]): number => {
  const largest = Math.max(...classes.map(({ mean }) => mean));
  const reach = 6 * Math.max(...classes.map(({ deviation }) => deviation));
  if (reach === 0) return largest;
  const step = (2 * reach) / points;
  let integral = 0;
  for (let point = 0; point <= points; point++) {
    const at = largest - reach + point * step;
    let all = 1;
    for (const { tiles, mean, deviation } of classes) {
      all *= deviation === 0 ? Number(at >= mean) : normalShare((at - mean) / deviation) ** tiles;
    }
    integral += (point === 0 || point === points ? 0.5 : 1) * (1 - all);
  }
  return largest - reach + step * integral;
};
