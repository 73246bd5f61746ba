import { type GroupRequest, groupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { type SlabEntry, writeEntry } from "./slab.ts";

/** One statistic to compute, or to fetch from the cache file, into the slab. */
export interface StatisticsTask {
  readonly weights: SharedArrayBuffer;
  /** Byte offset and number of the layer's weights. */
  readonly offset: number;
  readonly count: number;
  readonly filters: number;
  readonly request: GroupRequest;
  readonly slab: SharedArrayBuffer;
  readonly entry: SlabEntry;
  /** Cache file of this statistic. */
  readonly cacheFile: string;
}

/** Computes one statistic from the shared weights into its entry of the slab. */
export const computeStatistic = (task: Omit<StatisticsTask, "cacheFile">): void => {
  const weights = new Float32Array(task.weights, task.offset, task.count);
  writeEntry(task.slab, task.entry, groupStatistics(weights, task.filters, task.request));
};
