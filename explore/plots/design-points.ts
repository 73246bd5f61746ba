/** The designs of a run as a plot takes them: one value and two flags (0 or 1) a design. */
export interface DesignPoints {
  readonly throughput_ips: Float64Array;
  readonly energy_J: Float64Array;
  readonly area_mm2: Float64Array;
  readonly onFront: Uint8Array;
  readonly isBaseline: Uint8Array;
}

/** What stands above a plot. */
export interface PlotText {
  readonly title: string;
  readonly subtitle: string;
}

/**
 * The rows that a plot can show: all three metrics finite and above zero (a failed design has none of them), and
 * enough for an axis at all. In input order.
 */
export const drawableRows = ({ throughput_ips, energy_J, area_mm2 }: DesignPoints): number[] => {
  const columns = [throughput_ips, energy_J, area_mm2];
  const rows: number[] = [];
  for (let row = 0; row < throughput_ips.length; row++) {
    if (columns.every((column) => Number.isFinite(column[row]) && column[row]! > 0)) rows.push(row);
  }
  return rows;
};
