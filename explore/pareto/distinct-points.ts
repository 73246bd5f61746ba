import { denseRanks, sortRows } from "./rank.ts";

/** The distinct points of a table, in lexicographic order of their costs, first cost first. */
export interface DistinctPoints {
  /** Point of each row. */
  readonly pointOf: Int32Array;
  /** A row of each point. */
  readonly rowOf: Int32Array;
  /** Rank of each point among the distinct values, by cost. */
  readonly ranks: readonly Int32Array[];
  /** Number of distinct values, by cost. */
  readonly distinct: readonly number[];
}

/** Finds copies among rows by sorting them by every cost, the last first. Assumes finite costs without −0. O(n). */
export const distinctPoints = (costs: readonly Float64Array[]): DistinctPoints => {
  const count = costs[0]!.length;
  let order = sortRows(costs.at(-1)!);
  const ranked = [denseRanks(costs.at(-1)!, order)];
  for (const column of costs.slice(0, -1).reverse()) {
    order = sortRows(column, order);
    ranked.unshift(denseRanks(column, order));
  }
  const pointOf = new Int32Array(count);
  const rowOf = new Int32Array(count);
  let points = 0;
  for (const row of order) {
    const previous = points === 0 ? undefined : rowOf[points - 1];
    if (previous === undefined || ranked.some(({ ranks }) => ranks[row] !== ranks[previous])) {
      rowOf[points++] = row;
    }
    pointOf[row] = points - 1;
  }
  const rows = rowOf.subarray(0, points);
  return {
    pointOf,
    rowOf: rows,
    ranks: ranked.map(({ ranks }) => rows.map((row) => ranks[row]!)),
    distinct: ranked.map(({ distinct }) => distinct),
  };
};
