import { groupStatistics } from "../core/bit-interleaving/group-statistics.ts";
import { ModelError } from "../core/errors.ts";
import { parseFormat } from "../core/numerics/formats.ts";
import { type Layer, reductionLength } from "../core/workloads/layer.ts";
import type { Network } from "../core/workloads/network.ts";
import { profileNetwork } from "../core/workloads/profile.ts";

/** The formats of the table, with how a layer is scaled. */
export const measuredFormats = [
  { name: "float32", format: "float32", quantization: "per-tensor" },
  { name: "fixed16", format: "fixed16", quantization: "per-tensor" },
  { name: "fixed8", format: "fixed8", quantization: "per-tensor" },
  { name: "fixed8 per channel", format: "fixed8", quantization: "per-channel" },
] as const;

/** Of a network in a format: share of zero bits in percent, and mean scan of a group in cycles. */
export interface FormatMeasures {
  readonly zeroBits_percent: number;
  readonly meanScan_cycles: number;
}

/** What the table shows of a network's weights; null where they were stored in fewer bits than a float format has. */
export type NetworkMeasures = Readonly<
  Record<(typeof measuredFormats)[number]["name"], FormatMeasures | null>
>;

/** Digits that are shown, so that recorded and recomputed numbers are equal text. */
const rounded = (value: number): number => Number(value.toFixed(2));

/** Drawn weights that are measured of a network: some 60,000 groups. */
const mostMeasured = 4e6;

/** Fewest filters of a layer that are measured where not all are. */
const leastFilters = 32;

/** The filter with the largest magnitude, which decides the scale of a fixed format. */
const widestFilter = (values: Float32Array, length: number): number => {
  let largest = 0;
  let place = 0;
  for (let index = 0; index < values.length; index++) {
    if (Math.abs(values[index]) <= largest) continue;
    largest = Math.abs(values[index]);
    place = index;
  }
  return Math.floor(place / length);
};

/**
 * The filters of a layer that are measured for all: of trained weights all of them; of drawn ones, whose filters differ by
 * chance alone, the first ones, with the one that decides the scale as the last.
 */
const measuredPart = (layer: Layer, share: number): Layer => {
  const { filters, weights } = layer;
  const taken = Math.min(filters, Math.max(leastFilters, Math.ceil(filters * share)));
  if (weights.origin !== "synthetic" || taken === filters) return layer;
  const length = weights.values.length / filters;
  const values = weights.values.slice(0, taken * length);
  const widest = widestFilter(weights.values, length);
  if (widest >= taken) {
    values.set(weights.values.subarray(widest * length, (widest + 1) * length), (taken - 1) * length);
  }
  return {
    ...layer,
    filters: taken,
    weights: { ...weights, shape: [taken, ...weights.shape.slice(1)], values },
  };
};

/** Mean scan of a layer's groups, and how many groups it has. */
const scanOf = (
  { weights }: Layer,
  filters: number,
  format: string,
  quantization: "per-tensor" | "per-channel",
  stream: number,
): number => {
  const { cycles } = groupStatistics(weights.values, filters, {
    format,
    quantization,
    laneWidth,
    window: 8,
    activePlanes: 24,
    activationExponents: "distribution",
    activationVectors: 4,
    activationZeros: 0,
    seed: 0,
    stream,
  });
  let sum = 0;
  for (const scan of cycles) sum += scan;
  return sum / cycles.length;
};

const laneWidth = 64;

/**
 * Measures the weights of a network: zero bits before alignment, and the mean scan over all groups of 64 lanes with a
 * check window of 8. Float weights are aligned with 4 seeded activation vectors a layer. Products of two activations are
 * left out, and so are layers that share the weights of another. Of drawn
 * weights some 4 million stand for all.
 */
export const measureNetwork = (network: Network): NetworkMeasures =>
  Object.fromEntries(
    measuredFormats.map(({ name, format, quantization }) => {
      const { sharedWeights = {} } = network;
      const layers = network.layers
        .filter(
          ({ name: own, weights }) => weights.origin !== "activation" && !Object.hasOwn(sharedWeights, own),
        )
        .map((layer, stream) => ({ layer, stream }));
      const total = layers.reduce((sum, { layer }) => sum + layer.weights.values.length, 0);
      const options = { format: parseFormat(format), scheme: quantization, allowUpcast: false };
      let [zeros, bits, cycles, groups] = [0, 0, 0, 0];
      try {
        for (const { layer, stream } of layers) {
          const measured = measuredPart(layer, mostMeasured / total);
          const [{ zeroBits }] = profileNetwork({ ...network, layers: [measured] }, options).layers;
          zeros += zeroBits * layer.weights.values.length;
          bits += layer.weights.values.length;
          const own = layer.filters * Math.ceil(reductionLength(layer) / laneWidth);
          cycles += scanOf(measured, measured.filters, format, quantization, stream) * own;
          groups += own;
        }
      } catch (error) {
        if (error instanceof ModelError && error.code === "false-zero-bits") return [name, null];
        throw error;
      }
      return [
        name,
        { zeroBits_percent: rounded((100 * zeros) / bits), meanScan_cycles: rounded(cycles / groups) },
      ];
    }),
  ) as NetworkMeasures;
