/** A process that runs a sweep with workers that note the chunks they begin: `counted-run SWEEP RESULTS`. */
import { readFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { poolLayer } from "../../../explore/engine/pool.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import { runSweep } from "../../../explore/engine/run.ts";
import { publish } from "../../../explore/report/publish.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

const [file, results] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const options = { results, fresh: false, failFast: false, storedOnly: false };
const threads = { file: new URL("./faulty-worker.js", import.meta.url) };
await runSweep(parseSweep(text, { file }), { text, file }, options).pipe(
  Effect.tap(publish),
  Effect.provide(Layer.mergeAll(poolLayer(2, threads), catalogInputs(file), silentProgress)),
  Effect.runPromise,
);
