/** A network of 51 layers and sweeps over it, for benchmarks: small enough that its statistics take no time. */

/** Two convolutions that compute and a linear layer that loads, over and over. */
export const fiftyLayers = Array.from({ length: 51 }, (_, index) => {
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

/** The network as a file of configs/networks. JSON is YAML. */
export const fiftyNetwork = JSON.stringify({
  version: 1,
  name: "fifty",
  description: "51 layers, a third of them bound by memory.",
  synthetic: { seed: 7, sigma: 0.05, layers: fiftyLayers },
});

/** A sweep of 16,384 designs a clock. */
export const fiftySweep = (clocks: number, fidelity: string): string => `
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
baseline: { pes: 32, precision: fixed8, weightBuffer: 256, activationBuffer: 256, outputBuffer: 256 }
fidelity: ${fidelity}
`;
