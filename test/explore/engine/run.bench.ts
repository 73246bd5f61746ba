import { rmSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { poolLayer } from "../../../explore/engine/pool.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import { type Run, runSweep } from "../../../explore/engine/run.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";
import { fiftyFolder, fiftySweep } from "./fifty-layers.ts";

const folder = fiftyFolder();
const workers = 2;
const designsAClock = 16_384;

let last: Run | undefined;
let idleBytes = 0;
let mostBytes = 0;

const run = async (clocks: number): Promise<Run> => {
  const text = fiftySweep(clocks);
  const file = join(folder, "fifty.sweep.yaml");
  const options = { results: join(folder, "results"), fresh: true, failFast: false, storedOnly: false };
  return runSweep(parseSweep(text, { file }), { text, file }, options).pipe(
    Effect.provide(Layer.mergeAll(poolLayer(workers), catalogInputs(file), silentProgress)),
    Effect.runPromise,
  );
};

/** A run from nothing but cached statistics to stored parts and the front; its threads are started anew. */
const whole = (clocks: number): Work => ({
  name: `run, ${workers} workers`,
  quantity: clocks * designsAClock,
  work: async () => {
    last = await run(clocks);
    if (last.failed > 0) throw new Error("a design failed, which takes other work");
    return last.fronts[0].rows.length;
  },
});

/** The same for ten times the designs, and what memory it takes at most. */
const large = (clocks: number): Work => ({
  name: `run of ten times as many, ${workers} workers`,
  quantity: clocks * designsAClock,
  work: async () => {
    idleBytes = process.memoryUsage.rss();
    const timer = setInterval(() => {
      mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    }, 20);
    const { fronts } = await run(clocks);
    clearInterval(timer);
    return fronts[0].rows.length;
  },
});

const remarks = (): string[] => {
  if (last === undefined) return [];
  const { stages } = last;
  const all = Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
  const shares = Object.entries(stages).map(
    ([stage, seconds]) => `${stage} ${((100 * seconds) / all).toFixed(0)} %`,
  );
  rmSync(folder, { recursive: true });
  return [
    `Time of all threads: ${shares.join(", ")}`,
    `Memory of the large run: ${((mostBytes - idleBytes) / 2 ** 20).toFixed(0)} MiB more than before it`,
  ];
};

const demand = Float64Array.from({ length: 4 * 51 }, (_, place) => 1 + (place % 7));
await run(2);

const benchmark: Benchmark = {
  title: `runSweep, ${64 * designsAClock} designs, 51 layers, statistics cached`,
  items: "designs",
  subjects: [whole(64), large(610)],
  yardsticks: [
    {
      name: "bare maxima and sums on one thread",
      quantity: 64 * designsAClock,
      work: () => {
        let total = 0;
        for (let design = 0; design < 64 * designsAClock; design++) {
          const period = 1 + (design % 64) / 64;
          for (let layer = 0; layer < demand.length; layer += 4) {
            total += Math.max(
              demand[layer] * period,
              demand[layer + 1],
              demand[layer + 2],
              demand[layer + 3],
            );
          }
        }
        return total;
      },
    },
  ],
  remarks,
};

export default benchmark;
