import type { DensityCell } from "./density.ts";

/** A metric that a plot of designs shows. */
export type PlottedMetric = "throughput_ips" | "energy_J" | "area_mm2";

/** A cost that throughput is plotted against. */
export type PlottedCost = Exclude<PlottedMetric, "throughput_ips">;

/** Above this number of designs a plot counts them in cells instead of drawing each. */
export const mostPoints = 20_000;

/**
 * The designs of a run as a plot takes them: one value and two flags (0 or 1) a design. Where there are more than
 * `mostPoints`, these are the designs on the front and the baseline alone, and `cloud` stands for all.
 */
export interface DesignPoints {
  readonly throughput_ips: Float64Array;
  readonly energy_J: Float64Array;
  readonly area_mm2: Float64Array;
  readonly onFront: Uint8Array;
  readonly isBaseline: Uint8Array;
  /** Where designs are of several machines: their titles, and a position among these for each design. */
  readonly machines?: { readonly titles: readonly string[]; readonly of: Uint8Array };
  readonly cloud?: DesignCloud;
}

/** Designs that are too many to draw one by one. */
export interface DesignCloud {
  /** Designs that can be drawn, with all metrics, and those that cannot: see `drawableRows`. */
  readonly designs: number;
  readonly undrawn: number;
  /** Least and greatest value of each metric over the drawable designs. */
  readonly range: Readonly<Record<PlottedMetric, readonly [number, number]>>;
  /** How many lie where in the plot of throughput against each cost. */
  readonly cells: Readonly<Record<PlottedCost, readonly DensityCell[]>>;
}

/** What stands above a plot. */
export interface PlotText {
  readonly title: string;
  readonly subtitle: string;
}

/**
 * The rows that a plot of some metrics can show: all of these finite and above zero (a failed design has none of them).
 * In input order.
 */
export const drawableRows = (
  points: Pick<DesignPoints, PlottedMetric>,
  plotted: readonly PlottedMetric[] = ["throughput_ips", "energy_J", "area_mm2"],
): number[] => {
  const columns = plotted.map((metric) => points[metric]);
  const rows: number[] = [];
  for (let row = 0; row < points.throughput_ips.length; row++) {
    if (columns.every((column) => Number.isFinite(column[row]) && column[row]! > 0)) rows.push(row);
  }
  return rows;
};
