import { markByDivision } from "./divide.ts";
import { filterRows } from "./filter.ts";
import { feasibleRows, selectRows } from "./objectives.ts";
import { markBySweep } from "./sweep.ts";

/** Rows of a table as a table, and how many of them come before a row; the table itself where all are taken. */
const narrowed = (
  costs: readonly Float64Array[],
  rows: Int32Array,
  row: number,
): [costs: readonly Float64Array[], before: number] => {
  if (rows.length === costs[0]!.length) return [costs, row];
  let before = 0;
  while (before < rows.length && rows[before]! < row) before++;
  return [selectRows(costs, rows), before];
};

/**
 * The rows from `judged` on that no row below `dominators` dominates, ascending; with all rows in both roles, that is
 * the front. Equal rows do not dominate each other. A row with an infinite cost takes no part. Assumes costs without
 * NaN and −0. A linear filter first; then a sweep for up to three costs, and divide and conquer for more.
 */
export const undominatedRows = (
  costs: readonly Float64Array[],
  dominators: number,
  judged: number,
): Int32Array => {
  const feasible = feasibleRows(costs);
  const [finite, finiteDominators] = narrowed(costs, feasible, dominators);
  const open = filterRows(finite, finiteDominators);
  const [few, fewDominators] = narrowed(finite, open, finiteDominators);
  const dominated = costs.length <= 3 ? markBySweep(few, fewDominators) : markByDivision(few, fewDominators);
  return open
    .filter((_, position) => dominated[position] === 0)
    .map((position) => feasible[position]!)
    .filter((row) => row >= judged);
};
