import { groupStatistics } from "../core/bit-interleaving/group-statistics.ts";
import { ModelError } from "../core/errors.ts";
import { parseFormat } from "../core/numerics/formats.ts";
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

/**
 * Measures the weights of a network: zero bits before alignment, and the mean scan over all groups of 64 lanes with a
 * check window of 8. Float weights are aligned with 16 seeded activation vectors a layer. Products of two activations are
 * left out.
 */
export const measureNetwork = (network: Network): NetworkMeasures =>
  Object.fromEntries(
    measuredFormats.map(({ name, format, quantization }) => {
      try {
        const options = { format: parseFormat(format), scheme: quantization, allowUpcast: false };
        const { zeroBits } = profileNetwork(network, options);
        return [
          name,
          {
            zeroBits_percent: rounded(100 * zeroBits),
            meanScan_cycles: meanScan(network, format, quantization),
          },
        ];
      } catch (error) {
        if (error instanceof ModelError && error.code === "false-zero-bits") return [name, null];
        throw error;
      }
    }),
  ) as NetworkMeasures;

const meanScan = (network: Network, format: string, quantization: "per-tensor" | "per-channel"): number => {
  let cycles = 0;
  let groups = 0;
  network.layers.forEach(({ filters, weights }, stream) => {
    if (weights.origin === "activation") return;
    const found = groupStatistics(weights.values, filters, {
      format,
      quantization,
      laneWidth: 64,
      window: 8,
      activePlanes: 24,
      activationExponents: "distribution",
      activationVectors: 16,
      activationZeros: 0,
      seed: 0,
      stream,
    });
    let sum = 0;
    for (const scan of found.cycles) sum += scan;
    cycles += sum / found.vectors;
    groups += filters * found.groups;
  });
  return rounded(cycles / groups);
};
