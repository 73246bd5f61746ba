import { ModelError } from "../core/errors.ts";
import type { NetworkResult } from "../core/model/evaluate.ts";
import type { Technology } from "../core/technology/technology.ts";
import { loadNetwork } from "../explore/catalog/load-network.ts";
import { packageRoot } from "../explore/catalog/package-root.ts";
import { evaluatorOfDesign } from "../explore/engine/one-design.ts";
import { parseSweep } from "../explore/spec/parse.ts";
import { publishedMachine } from "./published-machine.ts";

/** Networks and precisions of the comparison. */
const sharedNetworks = ["esrgan-slim", "ocr-recognition"] as const;
const sharedPrecisions = ["fixed8", "fixed16", "float32"] as const;
export type SharedPrecision = (typeof sharedPrecisions)[number];

/** Capacities that each of the three buffers has in turn. */
export const bufferSizes_KiB = [48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];

/** A network on the published machine, its three buffers of one size, by the cycle model. */
export interface ShareResult {
  readonly network: string;
  readonly precision: SharedPrecision;
  readonly buffer_KiB: number;
  readonly result: NetworkResult;
}

/**
 * Runs a network on the published machine in one precision, with buffers of each size; a size that cannot hold the
 * network has no result. Statistics of the weights do not depend on buffers and are computed once.
 */
export const shareResults = async (
  network: string,
  precision: SharedPrecision,
  sizes_KiB: readonly number[],
  technology: Technology,
): Promise<ShareResult[]> => {
  const sweep = parseSweep(
    JSON.stringify({
      version: 1,
      name: "dram-share",
      networks: [network],
      machine: "bitlet",
      parameters: { precision },
      objectives: [{ maximize: "throughput_ips" }, { minimize: "energy_J" }],
      fidelity: "cycle",
    }),
    { file: "docs/dram-share.ts" },
  );
  const loaded = await loadNetwork(network, { baseDirectory: packageRoot() });
  const point = { machine: "bitlet", configuration: publishedMachine({ precision }) };
  const { evaluator } = evaluatorOfDesign(sweep, point, [loaded], technology);
  return sizes_KiB.flatMap((size): ShareResult[] => {
    const buffers = { weightBuffer: size, activationBuffer: size, outputBuffer: size };
    try {
      const [result] = evaluator.results(
        { ...point, configuration: { ...point.configuration, ...buffers } },
        "cycle",
      );
      return [{ network, precision, buffer_KiB: size, result }];
    } catch (error) {
      if (error instanceof ModelError && error.code === "buffer-too-small") return [];
      throw error;
    }
  });
};

/** All of them: networks, precisions and sizes. */
export const allShareResults = async (technology: Technology): Promise<ShareResult[]> => {
  const results: ShareResult[] = [];
  for (const network of sharedNetworks) {
    for (const precision of sharedPrecisions) {
      results.push(...(await shareResults(network, precision, bufferSizes_KiB, technology)));
    }
  }
  return results;
};

/** Percent of system energy that bits to and from DRAM take. Its background power is left out of both. */
export const trafficShare = ({ energy }: NetworkResult): number =>
  (100 * energy.dram_J) / (energy.total_J - energy.background_J);
