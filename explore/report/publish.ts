import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { Run } from "../engine/run.ts";
import type { PlotError } from "../plots/plot-error.ts";
import { runPaths } from "../store/run-directory.ts";
import type { StoreError } from "../store/store-error.ts";
import { writeFrontCsv, writeFrontParquet } from "./write-front.ts";
import { writePlots } from "./write-plots.ts";

/**
 * Writes what a finished run shows: its front and its plots. A run that evaluated nothing of an unchanged sweep keeps
 * those it has. front.parquet comes last, and runSweep removes it: where it is, the others are of the same run.
 * Answers with which plots were not drawn, and why.
 */
export const publish = (run: Run): Effect.Effect<readonly string[], StoreError | PlotError> =>
  Effect.tryPromise({
    try: async () => {
      const { frontCsv, frontParquet, plots } = runPaths(run.directory);
      const complete = [frontCsv, plots, frontParquet].every((path) => existsSync(path));
      if (run.unchanged && run.evaluated === 0 && complete) return [];
      await writeFrontCsv(run);
      const drawn = run.fronts.some(({ rows }) => rows.length > 0) ? await writePlots(run) : undefined;
      await writeFrontParquet(run);
      return drawn?.undrawn ?? [];
    },
    catch: (error) => error as StoreError | PlotError,
  });
