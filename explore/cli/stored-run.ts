import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { catalogInputs } from "../engine/catalog-inputs.ts";
import { noPool } from "../engine/pool.ts";
import { silentProgress } from "../engine/progress.ts";
import { runSweep } from "../engine/run.ts";
import type { SweepSource } from "./sweep-source.ts";

/** A finished run, from what is stored; nothing is evaluated or written. */
export const storedRun = (source: SweepSource, results: string) =>
  runSweep(source.sweep, source, {
    results: source.results ?? results,
    fresh: false,
    failFast: false,
    storedOnly: true,
  }).pipe(Effect.provide(Layer.mergeAll(noPool, catalogInputs(source.file), silentProgress)));
