import { boundNames } from "../../../core/model/layer-demand.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import type { ChunkRows } from "../../../explore/engine/chunk-rows.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { evaluateChunk } from "../../../explore/engine/evaluate-chunk.ts";
import { createEvaluator } from "../../../explore/engine/evaluator.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import type { Pass } from "../../../explore/store/run-directory.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";
import { configurationWith } from "../../core/machines/configurations.ts";
import { fiftyNetwork, fiftySweep } from "./fifty-layers.ts";

const network = await fiftyNetwork();
const sweep = parseSweep(fiftySweep(16, "cycle"), { file: "bench.yaml" });
const { plan, slab, statistics } = prepare(sweep, [network], await loadTechnology(), "");
statistics.forEach(computeStatistic);
const evaluator = createEvaluator(plan, slab);
const { total } = evaluator.space;

/** Share of the layers that memory bounds at the highest clock, over all designs with the default memory. */
const memoryBound = (): number => {
  let bound = 0;
  let all = 0;
  for (const pes of [16, 32, 64, 128]) {
    for (const laneWidth of [32, 64]) {
      for (const precision of ["fixed16", "fixed8"]) {
        const configuration = configurationWith({
          pes,
          laneWidth,
          precision,
          weightBuffer: 256,
          activationBuffer: 256,
          outputBuffer: 256,
        });
        const [result] = evaluator.results({ machine: "bitlet", configuration }, "analytical");
        bound += result.layers.filter((layer) => boundNames[layer.bound] !== "compute").length;
        all += result.layers.length;
      }
    }
  }
  return bound / all;
};

const chunk = 65_536;
/** Fails where a design fails, which takes other work; answers with one of the numbers. */
const checked = ({ columns, errors }: ChunkRows): number => {
  for (const [, error] of errors) throw new Error(`a design failed: ${error}`);
  return columns[1][columns[1].length - 1];
};

const ranges = (pass: Pass): Work => ({
  name: `ranges, ${pass}`,
  quantity: total,
  work: () => {
    let kept = 0;
    for (let from = 0; from < total; from += chunk) {
      kept += checked(evaluator.rangeRows(from, Math.min(total, from + chunk), pass));
    }
    return kept;
  },
});

/** All indices in an order in which neighbours have nothing in common: steps of a prime. */
const scattered = Float64Array.from({ length: total }, (_, place) => (place * 7_919) % total);
const random: Work = {
  name: "random order, analytical",
  quantity: total,
  work: () => {
    let kept = 0;
    for (let from = 0; from < total; from += chunk) {
      kept += checked(evaluator.listRows(scattered.subarray(from, from + chunk), "analytical"));
    }
    return kept;
  },
};

const few = scattered.subarray(0, 4096);
const twin: Work = {
  name: "row by row, analytical",
  quantity: few.length,
  work: () => {
    const { columns } = evaluateChunk(evaluator, "analytical", few);
    return columns[1][columns[1].length - 1];
  },
};

const demands = 6;
const vectors = Array.from({ length: demands }, (_, demand) =>
  Float64Array.from(network.layers, (_, layer) => 1 + ((layer * 5 + demand * 3) % 7)),
);
const [cycles, memory, active, loads, stores, weights] = vectors;

/** Points a second once the terms that points share are there, on one thread. */
const benchmark: Benchmark = {
  title: `${total} points, ${network.layers.length} layers, ${Math.round(100 * memoryBound())} % memory-bound`,
  items: "points",
  subjects: [ranges("analytical"), ranges("cycle"), random, twin],
  yardsticks: [
    {
      name: "bare loop over layers",
      quantity: total,
      work: () => {
        let kept = 0;
        for (let point = 0; point < total; point++) {
          const period = 1 + (point % 16) / 16;
          const bandwidth = 1 + (point % 12) / 12;
          let seconds = 0;
          let activeSeconds = 0;
          for (let layer = 0; layer < cycles.length; layer++) {
            const longest = Math.max(
              cycles[layer] * period,
              memory[layer] * bandwidth,
              weights[layer] * bandwidth,
              (loads[layer] + stores[layer]) * bandwidth,
            );
            seconds += longest;
            activeSeconds += active[layer] * longest;
          }
          kept += seconds + activeSeconds;
        }
        return kept;
      },
    },
  ],
};

export default benchmark;
