/**
 * Compares the machines of MICRO 2021, Fig. 7, on equal area and writes docs/fig7-iso-area.yaml, from which `npm run docs`
 * takes what takes minutes: `npm run docs:fig7`.
 */
import { availableParallelism } from "node:os";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { compareMachines } from "../explore/compare/compare-machines.ts";
import { catalogInputs } from "../explore/engine/catalog-inputs.ts";
import { poolLayer } from "../explore/engine/pool.ts";
import { silentProgress } from "../explore/engine/progress.ts";
import { readShippedSweep } from "./fig7.ts";
import { recordedComparison, writeFig7 } from "./recorded-fig7.ts";

const recorded = [];
for (const name of ["micro21-fig7-fixed8", "micro21-fig7-fixed16"]) {
  const { sweep, file } = await readShippedSweep(name);
  const layers = Layer.mergeAll(poolLayer(availableParallelism()), catalogInputs(file), silentProgress);
  const compared = compareMachines(sweep, "iso-area", "results/.statistics");
  recorded.push(recordedComparison(await Effect.runPromise(compared.pipe(Effect.provide(layers)))));
  console.error(name);
}
await writeFig7(recorded);
