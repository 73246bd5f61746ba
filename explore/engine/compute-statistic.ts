import type { StatisticsRequest } from "../../core/machines/layer-statistics.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import { ruleOf, type SlabEntry, writeEntry } from "./slab.ts";

/** Where a layer's values lie in the shared buffer, in bytes, and how many they are. */
export interface ValuesPlace {
  readonly offset: number;
  readonly count: number;
}

/** Where captured activations lie, shape [vectors, groups, reductionLength]. */
export interface ActivationsPlace extends ValuesPlace {
  readonly vectors: number;
}

/** One statistic to compute, or to fetch from the cache file, into the slab. */
export interface StatisticsTask {
  /** Weights and captured activations of all layers. */
  readonly values: SharedArrayBuffer;
  readonly layer: LayerShape;
  readonly weights: ValuesPlace;
  /** Present where the request asks for captured activations. */
  readonly activations?: ActivationsPlace;
  readonly request: StatisticsRequest;
  readonly slab: SharedArrayBuffer;
  readonly entry: SlabEntry;
  /** Vectors of activations that the statistic is taken for. */
  readonly vectors: number;
  /** Cache file of this statistic. */
  readonly cacheFile: string;
}

const valuesAt = (buffer: SharedArrayBuffer, { offset, count }: ValuesPlace): Float32Array =>
  new Float32Array(buffer, offset, count);

/** Computes one statistic from the shared values into its entry of the slab. */
export const computeStatistic = (task: Omit<StatisticsTask, "cacheFile" | "vectors">): void => {
  const { values, layer, weights, activations, request, slab, entry } = task;
  const operands = {
    layer,
    weights: valuesAt(values, weights),
    ...(activations && {
      activations: { values: valuesAt(values, activations), vectors: activations.vectors },
    }),
  };
  writeEntry(slab, entry, ruleOf(entry.kind).compute(operands, request));
};
