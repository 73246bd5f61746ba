import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { Run } from "../engine/run.ts";
import type { PlotError } from "../plots/plot-error.ts";
import { runPaths } from "../store/run-directory.ts";
import type { StoreError } from "../store/store-error.ts";
import { writeFront } from "./write-front.ts";
import { writePlots } from "./write-plots.ts";

/**
 * Writes what a finished run shows: its plots and its front. A run that evaluated nothing of an unchanged sweep keeps
 * those it has. The front comes last, and runSweep removes it: where it is, the plots are those of the same run.
 */
export const publish = (run: Run): Effect.Effect<void, StoreError | PlotError> =>
  Effect.tryPromise({
    try: async () => {
      const { frontCsv, frontParquet, plots } = runPaths(run.directory);
      const complete = [frontCsv, frontParquet, plots].every((path) => existsSync(path));
      if (run.unchanged && run.evaluated === 0 && complete) return;
      try {
        if (run.fronts.some(({ rows }) => rows.length > 0)) await writePlots(run);
      } finally {
        await writeFront(run);
      }
    },
    catch: (error) => error as StoreError | PlotError,
  });
