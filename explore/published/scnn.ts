import type { StatisticsRequest } from "../../core/machines/layer-statistics.ts";
import { type Configuration, configurationOf } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { uniformStream } from "../../core/random.ts";
import { type LayerShape, reductionLength } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";

const { scnn } = machines;

/** The part of SCNN's request that says how much of a layer is looked at. */
interface SampledRequest extends StatisticsRequest {
  readonly skipping?: { readonly mostPairs: number };
}

/** Pairs of vectors that are looked at in each layer: enough for this picture. */
const mostPairs = 2 ** 15;
const seed = 7;

/** Densities between which the crossover is looked for, from dense to sparse. */
const densities = [1, 0.85, 0.7, 0.55, 0.4, 0.25];

/** Weights that are non-zero at the density, a function of the layer's place. */
const sparseWeights = (layer: LayerShape, density: number, place: number): Float32Array => {
  const uniform = uniformStream(seed, place);
  return Float32Array.from({ length: layer.filters * reductionLength(layer) }, () =>
    uniform() < density ? 1 : 0,
  );
};

const cyclesOf = (layers: readonly LayerShape[], density: number, changes: Configuration): number => {
  const configuration = configurationOf(scnn.parameters, changes);
  return layers.reduce((sum, layer, place) => {
    const { skipping, ...rest }: SampledRequest = scnn.statistics(configuration, seed, place);
    const request: SampledRequest = { ...rest, ...(skipping && { skipping: { ...skipping, mostPairs } }) };
    const weights = skipping ? sparseWeights(layer, density, place) : new Float32Array();
    const statistics = scnn.statisticsRule.compute({ layer, weights }, request);
    return sum + scnn.tracedCycles(configuration, layer, statistics).cycles;
  }, 0);
};

/**
 * The density sweep of SCNN on the convolutions of GoogLeNet's Inception modules: cycles of the dense twin over those of
 * SCNN, with weights and activations drawn at one density. There is no pass mark: the operands of the paper's sweep and
 * the filters that its machine works on together are not published. The last row lets a group have as many filters as the
 * accumulators hold.
 */
export const scnnChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { speedup, crossover } = published.numbers("scnn");
  const layers = (await published.layers("googlenet")).filter(
    ({ kind, name }) => kind === "convolution" && name.startsWith("inception"),
  );
  const dense = cyclesOf(layers, 1, { zeroSkipping: "off" });
  const known = new Map<number, number>();
  const speedupAt = (density: number, changes: Configuration = {}): number =>
    dense / cyclesOf(layers, density, { ...changes, activationZeros: 1 - density });
  const knownSpeedup = (density: number): number => {
    const ratio = known.get(density) ?? speedupAt(density);
    known.set(density, ratio);
    return ratio;
  };
  const common = { machine: scnn.name, unit: speedup.unit, demand: "orientation" } as const;
  const sparse =
    "few of a queue's operands fill whole vectors where a group has 8 filters; a pair of vectors waits for its fullest bank, and the halo exchange overlaps nothing";
  const rows = Object.entries(speedup.values).map(
    ([density, theirs]): PublishedCheck => ({
      ...common,
      what: `GoogLeNet, both densities ${density}: speedup over the dense twin`,
      ours: knownSpeedup(Number(density)),
      theirs,
      cause:
        density === "1" ? "torchvision's layers have 3×3 kernels where the paper's network has 5×5" : sparse,
      source: speedup.source,
      mark: speedup.mark,
    }),
  );
  const crossing: PublishedCheck = {
    ...common,
    what: "GoogLeNet: density of both operands below which it beats the dense twin",
    unit: crossover.unit,
    ours: crossoverOf(knownSpeedup),
    theirs: crossover.values.density,
    cause: sparse,
    source: crossover.source,
    mark: crossover.mark,
  };
  const sparsest = Math.min(...Object.keys(speedup.values).map(Number));
  const manyFilters: PublishedCheck = {
    ...common,
    what: `GoogLeNet, both densities ${sparsest}, filters as the accumulators hold: speedup over the dense twin`,
    ours: speedupAt(sparsest, { kcMax: 1024 }),
    theirs: speedup.values[String(sparsest)],
    cause: "a pair of vectors waits for its fullest bank, and the halo exchange overlaps nothing",
    source: speedup.source,
    mark: speedup.mark,
  };
  return [...rows, crossing, manyFilters];
};

/** Where the speedup passes 1, linear between densities; the first density, where it is above 1 already. */
const crossoverOf = (speedupAt: (density: number) => number): number | null => {
  for (let index = 0; index < densities.length; index++) {
    const here = speedupAt(densities[index]);
    if (here < 1) continue;
    if (index === 0) return densities[0];
    const before = speedupAt(densities[index - 1]);
    const share = (1 - before) / (here - before);
    return densities[index - 1] + share * (densities[index] - densities[index - 1]);
  }
  return null;
};
