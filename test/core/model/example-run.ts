import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import { createTerms, type Terms, type Workload } from "../../../core/model/terms.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import type { Technology } from "../../../core/technology/technology.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";

/** Normal weights of a layer, shape [filters, reductionLength]. */
export const normalWeights = (layer: LayerShape, seed: number): Float32Array => {
  const uniform = uniformStream(seed, 0);
  return Float32Array.from({ length: layer.filters * reductionLength(layer) }, () => normal(uniform));
};

/** Terms of Bitlet for one workload with the given weights, a tensor a layer. */
export const termsOf = (
  workload: Workload,
  weights: readonly Float32Array[],
  technology: Technology,
): Terms =>
  createTerms(
    bitlet,
    [workload],
    (_, layer, __, request) =>
      groupStatistics(weights[layer], workload.layers[layer].filters, request as GroupRequest),
    technology,
    7,
  );
