/**
 * Draws the break-even map of configs/sweeps/break-even.yaml and writes docs/break-even.yaml, from which `npm run docs` takes
 * what takes minutes: `npm run docs:break-even`.
 */
import { availableParallelism } from "node:os";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { breakEvenMap } from "../explore/compare/break-even.ts";
import { catalogInputs } from "../explore/engine/catalog-inputs.ts";
import { poolLayer } from "../explore/engine/pool.ts";
import { silentProgress } from "../explore/engine/progress.ts";
import { readShippedSweep } from "./fig7.ts";
import { writeMap } from "./recorded-map.ts";

const { sweep, file } = await readShippedSweep("break-even");
const layers = Layer.mergeAll(poolLayer(availableParallelism()), catalogInputs(file), silentProgress);
const map = breakEvenMap(sweep, "iso-area", "results/.statistics").pipe(Effect.provide(layers));
await writeMap(await Effect.runPromise(map));
