import type { Layer } from "../../core/workloads/layer.ts";
import type { StatisticsTask } from "./compute-statistic.ts";
import type { LayerPlace, SharedValues } from "./share-values.ts";
import { type KindRequest, ruleOf, slabBytes, slabEntry } from "./slab.ts";
import { cacheFile } from "./statistics-cache.ts";

/** A statistic that is wanted of a layer whose values lie at `place`. */
export interface WantedStatistic extends KindRequest {
  readonly layer: Layer;
  readonly place: LayerPlace;
}

/** One slab for all wanted statistics, and the tasks that fill it, in the order in which they were wanted. */
export const layOutStatistics = (
  wanted: readonly WantedStatistic[],
  { buffer }: SharedValues,
  cacheDirectory: string,
): { readonly slab: SharedArrayBuffer; readonly tasks: readonly StatisticsTask[] } => {
  let end = 0;
  const entries = wanted.map(({ layer, kind, request }) => {
    const entry = slabEntry(layer, { kind, request }, end);
    end += slabBytes(entry);
    return entry;
  });
  const slab = new SharedArrayBuffer(end);
  const tasks = wanted.map(({ layer, place, kind, request }, index): StatisticsTask => {
    const rule = ruleOf(kind);
    const source = rule.activationsOf(request);
    const activations = source === "captured" ? place.activations : undefined;
    const hash = activations ? place.weightsHash + place.activationsHash : place.weightsHash;
    const { weights: _, activations: __, ...shape } = layer;
    return {
      values: buffer,
      layer: shape,
      weights: place.weights,
      ...(activations && { activations }),
      request,
      slab,
      entry: entries[index],
      vectors: vectorsOf(source, request, activations?.vectors),
      cacheFile: cacheFile(cacheDirectory, hash, rule.decides(shape), { kind, request }),
    };
  });
  return { slab, tasks };
};

/** Vectors of activations that a statistic takes its weights with. */
const vectorsOf = (
  source: "distribution" | "captured" | undefined,
  request: object,
  captured: number | undefined,
): number => {
  if (source === undefined) return 1;
  return source === "captured"
    ? (captured ?? 1)
    : Number("activationVectors" in request ? request.activationVectors : 1);
};

/** The tasks in the order in which they are best handed out: the longest first. */
export const longestFirst = (tasks: readonly StatisticsTask[]): StatisticsTask[] =>
  tasks.toSorted((left, right) => weightsTaken(right) - weightsTaken(left));

/** The work of a statistic: weights, each once for every activation vector. */
export const weightsTaken = ({ weights, vectors }: Pick<StatisticsTask, "weights" | "vectors">): number =>
  weights.count * vectors;

/** The work of several statistics. */
export const totalWeightsTaken = (tasks: readonly StatisticsTask[]): number =>
  tasks.reduce((sum, task) => sum + weightsTaken(task), 0);
