import { capturedExponents } from "../../core/bit-interleaving/activation-exponents.ts";
import { type GroupRequest, groupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { type SlabEntry, writeEntry } from "./slab.ts";

/** Where a layer's values lie in the shared buffer, in bytes, and how many they are. */
export interface ValuesPlace {
  readonly offset: number;
  readonly count: number;
}

/** Where captured activations lie, shape [vectors, groups, reductionLength]. */
export interface ActivationsPlace extends ValuesPlace {
  readonly vectors: number;
  readonly groups: number;
}

/** One statistic to compute, or to fetch from the cache file, into the slab. */
export interface StatisticsTask {
  /** Weights and captured activations of all layers. */
  readonly values: SharedArrayBuffer;
  readonly weights: ValuesPlace;
  /** Present where the request asks for captured activations. */
  readonly activations?: ActivationsPlace;
  readonly filters: number;
  readonly request: GroupRequest;
  readonly slab: SharedArrayBuffer;
  readonly entry: SlabEntry;
  /** Cache file of this statistic. */
  readonly cacheFile: string;
}

const valuesAt = (buffer: SharedArrayBuffer, { offset, count }: ValuesPlace): Float32Array =>
  new Float32Array(buffer, offset, count);

/** Computes one statistic from the shared values into its entry of the slab. */
export const computeStatistic = (task: Omit<StatisticsTask, "cacheFile">): void => {
  const { values, weights, activations, filters, request } = task;
  const captured =
    activations &&
    capturedExponents(
      valuesAt(values, activations),
      activations.vectors,
      activations.groups,
      parseFormat(request.format),
    );
  const statistics = groupStatistics(valuesAt(values, weights), filters, request, captured);
  writeEntry(task.slab, task.entry, statistics);
};
