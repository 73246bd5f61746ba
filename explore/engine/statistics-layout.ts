import type { GroupRequest } from "../../core/bit-interleaving/group-statistics.ts";
import type { Layer } from "../../core/workloads/layer.ts";
import type { StatisticsTask } from "./compute-statistic.ts";
import type { LayerPlace, SharedValues } from "./share-values.ts";
import { slabBytes, slabEntry } from "./slab.ts";
import { cacheFile } from "./statistics-cache.ts";

/** A statistic that is wanted of a layer whose values lie at `place`. */
export interface WantedStatistic {
  readonly layer: Layer;
  readonly place: LayerPlace;
  readonly request: GroupRequest;
}

/** One slab for all wanted statistics, and the tasks that fill it, in the order in which they were wanted. */
export const layOutStatistics = (
  wanted: readonly WantedStatistic[],
  { buffer }: SharedValues,
  cacheDirectory: string,
): { readonly slab: SharedArrayBuffer; readonly tasks: readonly StatisticsTask[] } => {
  let end = 0;
  const entries = wanted.map(({ layer, request }) => {
    const entry = slabEntry(layer, request, end);
    end += slabBytes(entry);
    return entry;
  });
  const slab = new SharedArrayBuffer(end);
  const tasks = wanted.map(({ layer, place, request }, index): StatisticsTask => {
    const { activations } = request.activationExponents === "captured" ? place : {};
    const hash = activations ? place.weightsHash + place.activationsHash : place.weightsHash;
    return {
      values: buffer,
      weights: place.weights,
      ...(activations && { activations }),
      filters: layer.filters,
      request,
      slab,
      entry: entries[index],
      cacheFile: cacheFile(cacheDirectory, hash, layer.filters, request),
    };
  });
  return { slab, tasks };
};

/** The tasks in the order in which they are best handed out: the longest first. */
export const longestFirst = (tasks: readonly StatisticsTask[]): StatisticsTask[] =>
  tasks.toSorted((left, right) => weightsTaken(right) - weightsTaken(left));

/** The work of a statistic: weights, each once for every activation vector. */
export const weightsTaken = ({ weights, entry }: Pick<StatisticsTask, "weights" | "entry">): number =>
  weights.count * entry.vectors;

/** The work of several statistics. */
export const totalWeightsTaken = (tasks: readonly StatisticsTask[]): number =>
  tasks.reduce((sum, task) => sum + weightsTaken(task), 0);
