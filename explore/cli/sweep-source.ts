import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as Effect from "effect/Effect";
import { findConfig } from "../catalog/find-config.ts";
import { parseSweep } from "../spec/parse.ts";
import type { SpecError } from "../spec/problem.ts";
import type { Sweep } from "../spec/sweep.ts";
import { readManifest } from "../store/manifest.ts";
import { runPaths } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import { UsageError } from "./exit.ts";

/** A sweep as a user named it: by its file, or by the folder of one of its runs. */
export interface SweepSource {
  readonly sweep: Sweep;
  readonly text: string;
  readonly file: string;
  /** The folder of all runs, where the user named a run. */
  readonly results?: string;
}

/**
 * Finds and reads a sweep: a file, the name of one in configs/sweeps, or a run, by its folder or by its name in the folder
 * of all runs; a run's manifest keeps the text it was made from.
 */
export const sweepSource = (
  named: string,
  results = "results",
): Effect.Effect<SweepSource, SpecError | StoreError | UsageError> =>
  Effect.tryPromise({
    try: async () => {
      const directory = await stat(named).then(
        (found) => found.isDirectory(),
        () => false,
      );
      if (directory) return fromRun(named);
      const file = findConfig(named, "sweeps", process.cwd());
      if (file === undefined && (await readManifest(runPaths(join(results, named)).manifest)) !== undefined) {
        return fromRun(join(results, named));
      }
      if (file === undefined) {
        throw new UsageError({
          message: `${named}: no such sweep file, sweep in configs/sweeps, folder of a run, or run in ${results}`,
        });
      }
      const text = await readFile(file, "utf8");
      return { sweep: parseSweep(text, { file: named.endsWith(".yaml") ? named : file }), text, file };
    },
    catch: (error) => error as SpecError | StoreError | UsageError,
  });

const fromRun = async (directory: string): Promise<SweepSource> => {
  const manifest = await readManifest(runPaths(directory).manifest);
  if (manifest === undefined)
    throw new StoreError(directory, "is no folder of a run: it has no manifest.json");
  const sweep = parseSweep(manifest.spec, { file: manifest.specFile });
  if (basename(resolve(directory)) !== sweep.name) {
    throw new StoreError(directory, `was renamed: its run is called ${sweep.name}`);
  }
  return { sweep, text: manifest.spec, file: manifest.specFile, results: dirname(directory) };
};
