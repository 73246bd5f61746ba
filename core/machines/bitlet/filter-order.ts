import type { GroupStatistics } from "../../bit-interleaving/group-statistics.ts";

/** In which order the filters of a convolution group are handed to the rounds. */
export type FilterOrder = "index" | "load";

/**
 * The filters base … base + count − 1 in the order in which rounds take them. `load`: by work, largest first, that is
 * by the sum of their scans over groups and activation vectors, ties by index, so that filters that run together are
 * alike [our decision].
 */
export const orderedFilters = (
  order: FilterOrder,
  { filters, groups, vectors, cycles }: GroupStatistics,
  base: number,
  count: number,
): number[] => {
  const ordered = Array.from({ length: count }, (_, index) => base + index);
  if (order === "index") return ordered;
  const work = new Float64Array(count);
  for (let vector = 0; vector < vectors; vector++) {
    for (let filter = 0; filter < count; filter++) {
      const row = (vector * filters + base + filter) * groups;
      for (let group = 0; group < groups; group++) work[filter] += cycles[row + group];
    }
  }
  return ordered.sort((left, right) => work[right - base] - work[left - base] || left - right);
};
