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

/** The filters of a layer that differ: of a sampled layer those that were drawn, which the others repeat. */
const distinct = (layer: Layer): Layer => {
  const { filters, weights } = layer;
  const drawn = weights.sampledFilters ?? filters;
  if (drawn === filters) return layer;
  const length = weights.values.length / filters;
  const values = weights.values.subarray(0, drawn * length);
  // As a layer of one group: neither measure looks at the groups of a convolution.
  return {
    ...layer,
    filters: drawn,
    weights: { ...weights, shape: [drawn, ...weights.shape.slice(1)], values },
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
 * left out, and so are layers that share the weights of another. Of a sampled layer the filters that were drawn stand for
 * all.
 */
export const measureNetwork = (network: Network): NetworkMeasures =>
  Object.fromEntries(
    measuredFormats.map(({ name, format, quantization }) => {
      const { sharedWeights = {} } = network;
      const layers = network.layers
        .filter(
          ({ name: own, weights }) => weights.origin !== "activation" && !Object.hasOwn(sharedWeights, own),
        )
        .map((layer, stream) => ({ layer, stream, measured: distinct(layer) }));
      const options = { format: parseFormat(format), scheme: quantization, allowUpcast: false };
      let [zeros, bits, cycles, groups] = [0, 0, 0, 0];
      try {
        for (const { layer, stream, measured } of layers) {
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
