/** A network of 51 layers and sweeps over it, for benchmarks: so small that its statistics take no time. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Network } from "../../../core/workloads/network.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";

/** Two convolutions that compute and a linear layer that loads, over and over. */
const layers = Array.from({ length: 51 }, (_, index) => {
  const name = `layer-${index}`;
  return index % 3 === 2
    ? { name, kind: "linear", filters: 200, channels: 300 }
    : {
        name,
        kind: "convolution",
        filters: 32 + 8 * (index % 4),
        channels: 32,
        input: [14, 14],
        kernel: [3, 3],
      };
});

/** Writes the network into a folder of its own; answers with the folder. */
export const fiftyFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "bitfront-fifty-"));
  const file = {
    version: 1,
    name: "fifty",
    description: "51 layers, a third of them bound by memory.",
    synthetic: { seed: 7, sigma: 0.05, layers },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "fifty.yaml"), JSON.stringify(file));
  return folder;
};

export const fiftyNetwork = (): Promise<Network> => loadNetwork("fifty", { baseDirectory: fiftyFolder() });

/** A sweep over it: 16,384 designs for each clock. */
export const fiftySweep = (clocks: number, fidelity = "analytical"): string => `
version: 1
name: fifty
networks: [fifty]
machine: bitlet
parameters:
  pes: { pow2: [16, 128] }
  laneWidth: { choice: [32, 64] }
  precision: { choice: [fixed16, fixed8] }
  clock: { linear: [0.25, 1], steps: ${clocks} }
  weightBuffer: { choice: [256, 384, 512, 1024] }
  activationBuffer: { choice: [256, 384, 512, 1024] }
  outputBuffer: { choice: [128, 256] }
  bufferBandwidth: { choice: [25.6, 51.2, 102.4, 204.8] }
  dataflow: { choice: [weight-stationary, output-stationary] }
  dram: { choice: [ddr3, ddr4, lpddr4, hbm2] }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
fidelity: ${fidelity}
`;
