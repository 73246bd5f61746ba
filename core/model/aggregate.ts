import { metrics } from "./metrics.ts";

/** How several networks make one point. With `each`, every network keeps a front of its own. */
export type Aggregate = "geomean" | "sum" | "worst" | "each";

const column = Object.fromEntries(metrics.map(({ name }, index) => [name, index]));

/**
 * Joins the metrics of several networks (one vector each, in the order of `metrics`), with their weights.
 * geomean: weighted geometric mean. sum: the networks run one after another, each `weight` times: latency, energy and
 * DRAM bytes are weighted sums, throughput is rounds of all networks a second. worst: the least favourable value of
 * each metric by itself. SQNR and accuracy are the lowest in every case; area is the design's.
 * `each` has no joint point; its networks stand in columns of their own and the first fills these.
 */
export const aggregateMetrics = (
  perNetwork: readonly Float64Array[],
  weights: readonly number[],
  aggregate: Aggregate,
): Float64Array => {
  if (aggregate === "each") return perNetwork[0].slice();
  const joined = new Float64Array(metrics.length);
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  metrics.forEach(({ name, ofDesign, joint }, metric) => {
    const values = perNetwork.map((vector) => vector[metric]);
    if (joint === "lowest") joined[metric] = Math.min(...values);
    else if (ofDesign) joined[metric] = values[0];
    else if (aggregate === "geomean") {
      const logarithms = values.reduce((sum, value, index) => sum + weights[index] * Math.log(value), 0);
      joined[metric] = Math.exp(logarithms / totalWeight);
    } else if (aggregate === "worst") {
      const higherIsBetter = name === "throughput_ips" || name === "utilization";
      joined[metric] = higherIsBetter ? Math.min(...values) : Math.max(...values);
    } else {
      joined[metric] = values.reduce((sum, value, index) => sum + weights[index] * value, 0);
    }
  });
  if (aggregate === "sum") {
    const seconds = (network: number): number => 1 / perNetwork[network][column.throughput_ips];
    const total = weights.reduce((sum, weight, network) => sum + weight * seconds(network), 0);
    const share = (metric: number): number =>
      weights.reduce(
        (sum, weight, network) => sum + weight * seconds(network) * perNetwork[network][metric],
        0,
      );
    joined[column.throughput_ips] = 1 / total;
    joined[column.power_W] = joined[column.energy_J] / total;
    joined[column.utilization] = share(column.utilization) / total;
  }
  return joined;
};

const throughput = column.throughput_ips;
const energy = column.energy_J;
const isOfDesign = Uint8Array.from(metrics, ({ ofDesign }) => (ofDesign ? 1 : 0));
const power = column.power_W;
const utilization = column.utilization;
const isLowest = Uint8Array.from(metrics, ({ joint }) => (joint === "lowest" ? 1 : 0));

/**
 * The same without an object a design, to the same bits: the vectors lie one behind the other in `perNetwork` from
 * `start` on, and the joint one is written to `joined` from `at` on.
 */
export const joinMetrics = (
  perNetwork: Float64Array,
  start: number,
  weights: Float64Array,
  aggregate: Aggregate,
  joined: Float64Array,
  at: number,
): void => {
  const width = metrics.length;
  if (aggregate === "each") {
    for (let metric = 0; metric < width; metric++) joined[at + metric] = perNetwork[start + metric];
    return;
  }
  let totalWeight = 0;
  for (let network = 0; network < weights.length; network++) totalWeight += weights[network];
  for (let metric = 0; metric < width; metric++) {
    let value: number;
    if (isOfDesign[metric] === 1) value = perNetwork[start + metric];
    else if (isLowest[metric] === 1) value = least(perNetwork, start + metric, weights.length);
    else if (aggregate === "geomean") {
      let logarithms = 0;
      for (let network = 0; network < weights.length; network++) {
        logarithms += weights[network] * Math.log(perNetwork[start + network * width + metric]);
      }
      value = Math.exp(logarithms / totalWeight);
    } else if (aggregate === "worst") {
      const higherIsBetter = metric === throughput || metric === utilization;
      value = higherIsBetter
        ? least(perNetwork, start + metric, weights.length)
        : most(perNetwork, start + metric, weights.length);
    } else {
      value = 0;
      for (let network = 0; network < weights.length; network++) {
        value += weights[network] * perNetwork[start + network * width + metric];
      }
    }
    joined[at + metric] = value;
  }
  if (aggregate === "sum") joinRates(perNetwork, start, weights, joined, at);
};

/** Rates of networks that run one after another. */
const joinRates = (
  perNetwork: Float64Array,
  start: number,
  weights: Float64Array,
  joined: Float64Array,
  at: number,
): void => {
  let total = 0;
  let busy = 0;
  for (let network = 0; network < weights.length; network++) {
    const own = start + network * metrics.length;
    const seconds = weights[network] * (1 / perNetwork[own + throughput]);
    total += seconds;
    busy += seconds * perNetwork[own + utilization];
  }
  joined[at + throughput] = 1 / total;
  joined[at + power] = joined[at + energy] / total;
  joined[at + utilization] = busy / total;
};

const least = (perNetwork: Float64Array, first: number, networks: number): number => {
  let value = Infinity;
  for (let network = 0; network < networks; network++) {
    value = Math.min(value, perNetwork[first + network * metrics.length]);
  }
  return value;
};

const most = (perNetwork: Float64Array, first: number, networks: number): number => {
  let value = -Infinity;
  for (let network = 0; network < networks; network++) {
    value = Math.max(value, perNetwork[first + network * metrics.length]);
  }
  return value;
};
