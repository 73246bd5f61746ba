import { type Uniform, uniformStream } from "../random.ts";
import { weightShape } from "./architecture.ts";
import { generalizedNormal, logScale } from "./generalized-normal.ts";
import { type LayerShape, reductionLength } from "./layer.ts";
import { elementCount } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * What the weights of a layer are distributed as: w = scale · f · x, with a scale f of each filter, and x of a generalized
 * normal distribution of variance 1. No weight is larger than the peak, and one is as large. Filters are alike but for f,
 * and channels but for dead ones: other correlations between weights, and zeros in a pattern, are left out.
 */
export interface WeightDistribution {
  readonly family: "generalized normal";
  /** The scale, as a share of √(2 / fan-in), which He et al. initialize with (ICCV 2015); fan-in = reduction length. */
  readonly spread: number;
  /** Shape of the generalized normal distribution: 1 is Laplace, 2 normal, 32 nearly uniform. */
  readonly shape: number;
  /** Standard deviation of ln f, whose mean is 0; f² is gamma-distributed. */
  readonly filterSpread: number;
  /** Shares of filters, and of channels (places on the last axis), that are dead: 2⁻⁴⁰ of what the others are. */
  readonly deadFilters: number;
  readonly deadChannels: number;
  /** Share of exact zeros among the weights. */
  readonly zeroShare: number;
  /**
   * The largest magnitude over the scale, in a layer of 10,000 weights; it grows as weights^peakGrowth. Scales of fixed
   * formats follow from it.
   */
  readonly peak: number;
  readonly peakGrowth: number;
}

/** Weights of the layer that `peak` is stated for. */
const peakWeights = 10_000;

/** What is left of a dead filter or channel: nothing in a fixed format, and no zeros in a float one [our decision]. */
const deadScale = 2 ** -40;

/** Draws of a weight beyond the peak before it is drawn evenly below the peak: what a very large scale comes to. */
const mostDraws = 8;

/** √(2 / fan-in). */
export const heScale = (layer: LayerShape): number => Math.sqrt(2 / reductionLength(layer));

/** Factors of which a share is dead; the others are what `draw` yields. */
const factors = (count: number, dead: number, uniform: Uniform, draw: () => number): Float64Array =>
  Float64Array.from({ length: count }, () => (uniform() < dead ? deadScale : draw()));

/** Makes the largest magnitude the peak; zeros alone stay zeros. */
const raisePeak = (values: Float32Array, peak: number): void => {
  let largest = 0;
  let place = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]);
    if (size <= largest) continue;
    largest = size;
    place = index;
  }
  if (largest > 0) values[place] = Math.sign(values[place]) * peak;
};

/** Fills the filters behind the first `drawn` with these, in one random order after another. */
const repeatFilters = (values: Float32Array, filters: number, drawn: number, uniform: Uniform): void => {
  const length = values.length / filters;
  const order = Uint32Array.from({ length: drawn }, (_, filter) => filter);
  for (let filter = drawn; filter < filters; filter++) {
    // Fisher–Yates, a step a filter: every run of `drawn` filters has each of them once.
    const place = filter % drawn;
    const other = place + Math.floor(uniform() * (drawn - place));
    const chosen = order[other];
    order[other] = order[place];
    order[place] = chosen;
    values.copyWithin(filter * length, chosen * length, (chosen + 1) * length);
  }
};

/**
 * Draws the weights of a layer, shape weightShape(layer), as float32: a function of the distribution, the seed and the
 * stream `index` alone. A layer with one channel a filter (depthwise) has no dead channels. `drawnFilters` below the
 * layer's filters draws only so many, which are the first ones that a full draw would yield but for the one weight at the
 * peak; the rest repeat them, every run of `drawnFilters` neighbours each once in a random order, and the tensor says so.
 * A mean over filters then has the standard error of `drawnFilters` filters: their standard deviation / √drawnFilters.
 * Assumes a distribution with finite numbers, shares in [0, 1], a shape above 0 and spreads that are not negative.
 */
export const drawWeights = (
  layer: LayerShape,
  distribution: WeightDistribution,
  seed: number,
  index: number,
  drawnFilters = layer.filters,
): Tensor => {
  const { spread, shape, filterSpread, deadFilters, deadChannels, zeroShare } = distribution;
  const sizes = weightShape(layer);
  const weights = elementCount(sizes);
  const channels = layer.channels / layer.groups;
  const length = weights / layer.filters;
  const scale = spread * heScale(layer);
  const peak = scale * distribution.peak * (weights / peakWeights) ** distribution.peakGrowth;
  const uniform = uniformStream(seed, index);
  const deviate = generalizedNormal(shape);
  const logOfFilter = logScale(filterSpread);
  const ofChannel = factors(channels, channels === 1 ? 0 : deadChannels, uniform, () => 1);
  const ofFilter = factors(layer.filters, deadFilters, uniform, () => Math.exp(logOfFilter(uniform)));
  const values = new Float32Array(weights);
  for (let filter = 0; filter < drawnFilters; filter++) {
    const width = scale * ofFilter[filter];
    for (let place = 0, channel = 0; place < length; place++, channel++) {
      if (channel === channels) channel = 0;
      if (zeroShare > 0 && uniform() < zeroShare) continue;
      let weight = 0;
      let draws = 0;
      do weight = width * ofChannel[channel] * deviate(uniform);
      while (Math.abs(weight) > peak && ++draws < mostDraws);
      if (Math.abs(weight) > peak) weight = peak * (2 * uniform() - 1);
      values[filter * length + place] = weight;
    }
  }
  raisePeak(values, peak);
  if (drawnFilters < layer.filters) repeatFilters(values, layer.filters, drawnFilters, uniform);
  return {
    shape: sizes,
    values,
    stored: "float32",
    origin: "synthetic",
    ...(drawnFilters < layer.filters ? { sampledFilters: drawnFilters } : {}),
  };
};
