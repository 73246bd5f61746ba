import { kurtosis, shapeOfRatio } from "./generalized-normal.ts";
import { type Layer, reductionLength } from "./layer.ts";
import { heScale, type WeightDistribution } from "./weight-distribution.ts";

/** A filter is dead below this share of the layer's root mean square, a channel below it of the filters' own. */
const deadShare = 1e-3;

/** Mean and variance of the logarithms of root mean squares that are not dead, and the share that is. */
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

/** What every root is taken as where scales are not told apart. */
const alike = (count: number): LogScales => ({
  alive: new Uint8Array(count).fill(1),
  count,
  mean: 0,
  variance: 0,
});

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

/** What is left of the variance of logarithms once that of a root mean square of `count` weights is taken off. */
const ownSpread = ({ variance }: LogScales, kurtosisOfWeights: number, count: number): number =>
  Math.sqrt(Math.max(0, variance - (kurtosisOfWeights - 1) / (4 * count)));

/** How many equal terms vary as much in their sum as terms with these roots do: (Σ Q²)² / Σ Q⁴. */
const effectiveCount = (roots: Float64Array): number => {
  const squares = roots.reduce((sum, root) => sum + root ** 2, 0);
  return squares ** 2 / roots.reduce((sum, root) => sum + root ** 4, 0);
};

/** Where all weights are zero. */
const nothing: WeightDistribution = {
  family: "generalized normal",
  spread: 0,
  shape: 2,
  filterSpread: 0,
  channelSpread: 0,
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
 * - dead are filters with R_m ≤ 10⁻³ of the layer's root mean square, and channels with Q_c ≤ 10⁻³; means below are over
 *   the living, zeroShare is that of zeros among their weights;
 * - scale = exp(mean ln R_m + mean ln Q_c), which is the geometric mean: dividing by Q_c takes the channels' part out of R_m;
 * - shape: the one whose (E|x|)² / E x² is that of x = w / (R_m · Q_c), in 0.25 … 32;
 * - filterSpread² = variance of ln R_m − (κ − 1) / (4 n), κ the kurtosis of the shape: n weights of the same distribution
 *   make ln R_m vary by the second term. n is (Σ Q²)² / Σ Q⁴ channels, times the weights of one that are not zero.
 *   channelSpread² is the same of ln Q_c, with n all weights of a channel in living filters. Neither is below 0;
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
  const channelRoot = toldApart ? channelRoots(values, channels, roots, ofFilters.alive) : undefined;
  const ofChannels = channelRoot === undefined ? alike(channels) : logScales(channelRoot, deadShare);

  let [zeros, count, magnitudes, power] = [0, 0, 0, 0];
  for (let filter = 0; filter < layer.filters; filter++) {
    if (ofFilters.alive[filter] === 0) continue;
    for (let place = 0, channel = 0; place < length; place++, channel++) {
      if (channel === channels) channel = 0;
      if (ofChannels.alive[channel] === 0) continue;
      const value = values[filter * length + place];
      count++;
      if (value === 0) {
        zeros++;
        continue;
      }
      const size = Math.abs(value) / (roots[filter] * (channelRoot?.[channel] ?? 1));
      magnitudes += size;
      power += size * size;
    }
  }
  const shape = shapeOfRatio(magnitudes ** 2 / power / (count - zeros));
  const scale = Math.exp(ofFilters.mean + ofChannels.mean);
  const ofOneChannel = (length / channels) * (1 - zeros / count);
  const equalChannels = channelRoot === undefined ? channels : effectiveCount(channelRoot);
  return {
    family: "generalized normal",
    spread: scale / heScale(layer),
    shape,
    filterSpread: ownSpread(ofFilters, kurtosis(shape), equalChannels * ofOneChannel),
    channelSpread: ownSpread(ofChannels, kurtosis(shape), ofFilters.count * ofOneChannel),
    deadFilters: 1 - ofFilters.count / layer.filters,
    deadChannels: 1 - ofChannels.count / channels,
    zeroShare: zeros / count,
    peak: largest / scale,
    peakGrowth: 0,
  };
};
