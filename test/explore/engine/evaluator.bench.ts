import { tmpdir } from "node:os";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { evaluateChunk } from "../../../explore/engine/evaluate-chunk.ts";
import { createEvaluator } from "../../../explore/engine/evaluator.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import type { Pass } from "../../../explore/store/run-directory.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";

const text = `
version: 1
name: bench
networks: [synthetic-small]
machine: bitlet
parameters:
  pes: { pow2: [8, 128] }
  laneWidth: { choice: [16, 64] }
  precision: { choice: [float32, fixed8] }
  weightBuffer: { choice: [256, 512] }
  activationBuffer: { choice: [256, 512] }
  outputBuffer: 256
  dataflow: { choice: [weight-stationary, output-stationary] }
  clock: { linear: [0.25, 1], steps: 20 }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
fidelity: cycle
`;
const network = await loadNetwork("synthetic-small", { baseDirectory: tmpdir() });
const sweep = parseSweep(text, { file: "bench.yaml" });
const { plan, slab, statistics } = prepare(sweep, [network], await loadTechnology(), tmpdir());
statistics.forEach(computeStatistic);
const evaluator = createEvaluator(plan, slab);
const indices = Float64Array.from({ length: evaluator.space.total }, (_, index) => index);

const evaluation = (pass: Pass): Work => ({
  name: `${pass} model`,
  quantity: indices.length,
  work: () => {
    const { columns, errors } = evaluateChunk(evaluator, pass, indices);
    if (errors.size > 0) throw new Error("a design failed, which takes other work");
    return columns[1][columns[1].length - 1];
  },
});

const resources = 4;
const demand = Float64Array.from({ length: network.layers.length * resources }, (_, index) => index % 7);

/** Points a second once the terms that points share are there, on one thread. */
const benchmark: Benchmark = {
  title: `evaluateChunk, ${indices.length} points, ${network.layers.length} layers`,
  items: "points",
  subjects: [evaluation("analytical"), evaluation("cycle")],
  yardsticks: [
    {
      name: "bare maxima and sums",
      quantity: indices.length,
      work: () => {
        let total = 0;
        for (const index of indices) {
          for (let layer = 0; layer < demand.length; layer += resources) {
            total += Math.max(demand[layer] + index, demand[layer + 1], demand[layer + 2], demand[layer + 3]);
          }
        }
        return total;
      },
    },
  ],
};

export default benchmark;
