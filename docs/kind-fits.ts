import { fitDistribution } from "../core/workloads/fit-distribution.ts";
import type { Layer } from "../core/workloads/layer.ts";
import type { WeightDistribution } from "../core/workloads/weight-distribution.ts";

/** Parameters of which a kind takes the median. */
const medianParameters = [
  "spread",
  "shape",
  "filterSpread",
  "deadFilters",
  "deadChannels",
  "zeroShare",
] as const;

/** What a network's layers of a class contribute to the distribution of their kind. */
export interface ClassFit {
  readonly layers: number;
  /** Medians over the layers, in the order of `medianParameters`. */
  readonly medians: readonly number[];
  /** Means over the layers of x, y, x² and xy: x = ln(weights / 10,000), y = ln peak. */
  readonly moments: readonly number[];
}

const fits = new WeakMap<Layer, WeightDistribution>();

/** The distribution that is fitted to a layer, computed once. */
export const fitOf = (layer: Layer): WeightDistribution => {
  const known = fits.get(layer) ?? fitDistribution(layer);
  fits.set(layer, known);
  return known;
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle one of some numbers, or the mean of the middle two. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** A number with five digits, as it is recorded: what is drawn from a record is what was drawn when it was made. */
const recorded = (value: number): number => Number(value.toPrecision(5));

/** What the layers of a class in one network are like: at least one, none of zeros alone. */
export const classFit = (layers: readonly Layer[]): ClassFit => {
  const fits = layers.map(fitOf);
  const x = layers.map(({ weights }) => Math.log(weights.values.length / 10_000));
  const y = fits.map(({ peak }) => Math.log(peak));
  return {
    layers: layers.length,
    medians: medianParameters.map((parameter) => recorded(median(fits.map((fit) => fit[parameter])))),
    moments: [
      mean(x),
      mean(y),
      mean(x.map((value) => value * value)),
      mean(x.map((value, layer) => value * y[layer])),
    ].map(recorded),
  };
};

/**
 * The distribution of a kind of layers: of each parameter the median over the networks, and for the peak the line of least
 * squares of ln peak over ln weights, in which all networks weigh the same.
 */
export const kindDistribution = (fits: readonly ClassFit[]): WeightDistribution => {
  const [x, y, squares, products] = [0, 1, 2, 3].map((moment) =>
    mean(fits.map(({ moments }) => moments[moment])),
  );
  const variance = squares - x * x;
  const growth = variance < 1e-9 ? 0 : (products - x * y) / variance;
  const values = medianParameters.map((name, index) => [
    name,
    median(fits.map(({ medians }) => medians[index])),
  ]);
  return {
    family: "generalized normal",
    ...(Object.fromEntries(values) as Record<(typeof medianParameters)[number], number>),
    peak: Math.exp(y - growth * x),
    peakGrowth: growth,
  };
};
