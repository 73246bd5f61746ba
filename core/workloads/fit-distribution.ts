import { kurtosis, shapeOfRatio } from "./generalized-normal.ts";
import { type Layer, reductionLength } from "./layer.ts";
import { heScale, type WeightDistribution } from "./weight-distribution.ts";

/** A filter is dead below this share of the layer's root mean square, a channel below it of the filters' own. */
const deadShare = 1e-3;

/** Which root mean squares are not dead, and how many; mean and variance of their logarithms. */
interface LogScales {
  readonly alive: Uint8Array;
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

const logScales = (roots: Float64Array, least: number): LogScales => {
  const alive = Uint8Array.from(roots, (root) => Number(root > least));
  const logs = [...roots.filter((root) => root > least)].map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  return { alive, count: logs.length, mean, variance: logs.length > 1 ? squares / (logs.length - 1) : 0 };
};

/** Root mean square of the weights of each filter that are not zero. */
const filterRoots = (values: Float32Array, filters: number): Float64Array => {
  const length = values.length / filters;
  return Float64Array.from({ length: filters }, (_, filter) => {
    let squares = 0;
    let count = 0;
    for (let index = filter * length; index < (filter + 1) * length; index++) {
      if (values[index] === 0) continue;
      squares += values[index] ** 2;
      count++;
    }
    return count === 0 ? 0 : Math.sqrt(squares / count);
  });
};

/** Root mean square, over living filters, of the weights of each channel over their filter's own root mean square. */
const channelRoots = (
  values: Float32Array,
  channels: number,
  roots: Float64Array,
  alive: Uint8Array,
): Float64Array => {
  const length = values.length / roots.length;
  const squares = new Float64Array(channels);
  const counts = new Float64Array(channels);
  for (let filter = 0; filter < roots.length; filter++) {
    if (alive[filter] === 0) continue;
    for (let place = 0, channel = 0; place < length; place++, channel++) {
      if (channel === channels) channel = 0;
      const value = values[filter * length + place];
      if (value === 0) continue;
      squares[channel] += (value / roots[filter]) ** 2;
      counts[channel]++;
    }
  }
  return squares.map((sum, channel) => (counts[channel] === 0 ? 0 : Math.sqrt(sum / counts[channel])));
};

/** Where all weights are zero. */
const nothing: WeightDistribution = {
  family: "generalized normal",
  spread: 0,
  shape: 2,
  filterSpread: 0,
  deadFilters: 0,
  deadChannels: 0,
  zeroShare: 1,
  peak: 0,
  peakGrowth: 0,
};

/**
 * The distribution of a layer's weights, by moments. Zeros are left out of all means. With R_m the root mean square of
 * filter m, and Q_c that of w / R_m on channel c:
 *
 * - dead are filters with R_m ≤ 10⁻³ of the layer's root mean square, and channels with Q_c ≤ 10⁻³; what follows is over the
 *   living, and zeroShare is that of zeros among their weights;
 * - scale = exp(mean ln R_m) / √(1 − deadChannels): a geometric mean, in which dead channels count nothing;
 * - shape: the one whose (E|x|)² / E x² is that of x = w / R_m, in 0.25 … 32;
 * - filterSpread² = variance of ln R_m − (κ − 1) / (4 n), not below 0: n weights that are neither zero nor dead make ln R_m
 *   vary by the second term, κ the kurtosis of the shape;
 * - peak = largest |w| / scale, for the layer's own number of weights: peakGrowth is 0.
 *
 * Channels are told apart where there are at least two, and two living filters. Assumes finite weights.
 */
export const fitDistribution = (layer: Layer): WeightDistribution => {
  const { values } = layer.weights;
  const length = reductionLength(layer);
  const channels = layer.channels / layer.groups;
  let squares = 0;
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    squares += values[index] ** 2;
    largest = Math.max(largest, Math.abs(values[index]));
  }
  if (largest === 0) return nothing;
  const roots = filterRoots(values, layer.filters);
  const ofFilters = logScales(roots, deadShare * Math.sqrt(squares / values.length));
  const toldApart = channels > 1 && ofFilters.count > 1;
  const ofChannels = toldApart ? channelRoots(values, channels, roots, ofFilters.alive) : undefined;

  let [zeros, count, magnitudes, power] = [0, 0, 0, 0];
  for (let filter = 0; filter < layer.filters; filter++) {
    if (ofFilters.alive[filter] === 0) continue;
    for (let place = 0, channel = 0; place < length; place++, channel++) {
      if (channel === channels) channel = 0;
      if (ofChannels !== undefined && ofChannels[channel] <= deadShare) continue;
      const size = Math.abs(values[filter * length + place]) / roots[filter];
      count++;
      if (size === 0) zeros++;
      magnitudes += size;
      power += size * size;
    }
  }
  const livingChannels = count / ofFilters.count / length;
  const shape = shapeOfRatio(magnitudes ** 2 / power / (count - zeros));
  const scale = Math.exp(ofFilters.mean) / Math.sqrt(livingChannels);
  const explained = ((kurtosis(shape) - 1) * ofFilters.count) / (4 * (count - zeros));
  return {
    family: "generalized normal",
    spread: scale / heScale(layer),
    shape,
    filterSpread: Math.sqrt(Math.max(0, ofFilters.variance - explained)),
    deadFilters: 1 - ofFilters.count / layer.filters,
    deadChannels: 1 - livingChannels,
    zeroShare: zeros / count,
    peak: largest / scale,
    peakGrowth: 0,
  };
};
