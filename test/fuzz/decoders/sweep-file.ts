import { readFile } from "node:fs/promises";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { damagedYaml } from "../damaged-text.ts";
import { encoded, type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";

const sweep = `version: 1
name: lanes
seed: 7
networks: [esrgan-slim, { use: ocr-recognition, weight: 2, inputs: { x: [1, 3, 48, 320] } }]
aggregate: geomean
machine: bitlet
parameters:
  pes: { pow2: [8, 256] }
  laneWidth: { choice: [16, 32, 64], when: "pes > 8" }
  weightBuffer: { pow2: [64, 256], unit: KiB }
  activationBuffer: 1 MiB
  clock: { linear: [0.2, 1], steps: 5 }
  bufferBandwidth: { log: [1, 100], steps: 3 }
  batch: { int: [1, 9, 2] }
  precision: { choice: [float32, fixed8] }
constraints: ["pes * laneWidth <= 8192"]
require: ["area_mm2 <= 10 && sqnr_dB >= 30"]
objectives: [{ maximize: throughput_ips }, { minimize: energy_J * latency_s }, { minimize: area_mm2 }]
referencePoint: { throughput_ips: 0, area_mm2: 100 }
baseline: { pes: 32, laneWidth: 64 }
points: [{ pes: 16 }]
technology: ./mine.yaml
components: { dram.ddr3.energy: { value: 10, unit: pJ/bit, source: ours, mark: measured, range: [5, 20] } }
fidelity: staged
search: { method: exhaustive }
`;
const words = [
  ..."choice pow2 int linear log steps when unit KiB MiB GHz GB/s sum worst each cycle analytical exhaustive".split(
    " ",
  ),
  ..."maximize minimize use weight inputs allowUpcast window sync fifo pes laneWidth precision energy_J machine".split(
    " ",
  ),
  ..."&& || ! == <= + - * / % ( ) ? : pes*pes pes/0 2**64 1e308*10 'fixed8'".split(" "),
];

export const sweepFile: FuzzedDecoder = {
  name: "sweep-file",
  valid: [oneFile("sweep.yaml", encoded(sweep))],
  damaged: (choices) => oneFile("sweep.yaml", encoded(damagedYaml(sweep, words, choices))),
  decode: async (path) => {
    parseSweep(await readFile(path, "utf8"), { file: "sweep.yaml" });
  },
};
