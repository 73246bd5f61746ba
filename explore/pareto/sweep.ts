import { leastUpTo, lower, minimaTree } from "./minima-tree.ts";
import { denseRanks, sortRows } from "./rank.ts";

/**
 * Marks, with 1, the rows that some row below `dominators` dominates, for up to three costs. Rows come by the first
 * cost and among equals by the second, so that what dominates a row has come before it or in the same run of equal
 * first and second costs; a tree over the ranks of the second cost knows the least third cost so far (H. T. Kung,
 * F. Luccio, F. P. Preparata, JACM 22(4), 1975). Assumes finite costs without −0. O(n log n).
 */
export const markBySweep = (costs: readonly Float64Array[], dominators: number): Uint8Array => {
  const count = costs[0]!.length;
  const level = new Float64Array(count);
  const [first, second, third] =
    costs.length === 3
      ? [costs[0]!, costs[1]!, costs[2]!]
      : [costs.length === 2 ? costs[0]! : level, level, costs.at(-1)!];
  const bySecond = sortRows(second);
  const { ranks, distinct } = denseRanks(second, bySecond);
  const order = sortRows(first, bySecond);
  const tree = minimaTree(distinct);
  const dominated = new Uint8Array(count);
  let end = 0;
  for (let start = 0; start < count; start = end) {
    const value = first[order[start]!];
    const rank = ranks[order[start]!]!;
    let within = Infinity;
    for (; end < count; end++) {
      const row = order[end]!;
      if (first[row] !== value || ranks[row] !== rank) break;
      if (row < dominators && third[row]! < within) within = third[row]!;
    }
    const before = leastUpTo(tree, rank);
    for (let position = start; position < end; position++) {
      const row = order[position]!;
      if (before <= third[row]! || within < third[row]!) dominated[row] = 1;
    }
    if (within < before) lower(tree, rank, within);
  }
  return dominated;
};
