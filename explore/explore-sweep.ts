import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { ParameterValue } from "../core/machines/parameter.ts";
import { catalogInputs } from "./engine/catalog-inputs.ts";
import { poolLayer } from "./engine/pool.ts";
import { silentProgress } from "./engine/progress.ts";
import { type Run, runSweep } from "./engine/run.ts";
import { answer } from "./report/answer.ts";
import { frontColumns } from "./report/front-columns.ts";
import { publish } from "./report/publish.ts";
import { parseSweep } from "./spec/parse.ts";

/** How to run a sweep from a program. */
export interface ExploreOptions {
  /** Folder of all runs; `results` in the working directory if left out. */
  readonly results?: string;
  /** Threads that compute; as many as the machine has cores if left out. */
  readonly workers?: number;
  /** Discard what an earlier run of this name has stored. */
  readonly fresh?: boolean;
}

/** A row of a front: a value for each column of front.csv. */
export type FrontRow = Readonly<Record<string, ParameterValue>>;

/** What a sweep came to. */
export interface Explored {
  /** Folder of the run, with points, front and plots. */
  readonly directory: string;
  /** Designs of the space, those that could not be evaluated, and why not. */
  readonly points: number;
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
  /** The designs on the front (with `aggregate: each`, on the front of their `network`). */
  readonly front: readonly FrontRow[];
  /** What the front says, one sentence for each front. */
  readonly answers: readonly string[];
  /** The run itself, for everything else. */
  readonly run: Run;
}

/**
 * Runs a sweep file, or goes on with it: the same as `bitfront run` on the command line. Rejects with SpecError,
 * CatalogError, DecodeError, NetworkError, StoreError or WorkerError, all with a `_tag`.
 *
 * @example
 * const { front } = await exploreSweep("configs/sweeps/quickstart.yaml");
 * console.log(front[0].throughput_ips);
 */
export const exploreSweep = async (file: string, options: ExploreOptions = {}): Promise<Explored> =>
  exploreText(await readFile(file, "utf8"), { ...options, file: resolve(file) });

/**
 * Runs a sweep given as YAML text. Relative paths in it start at the folder of `file`, which need not exist.
 */
export const exploreText = async (
  text: string,
  options: ExploreOptions & { readonly file: string },
): Promise<Explored> => {
  const { file, results = "results", workers = availableParallelism(), fresh = false } = options;
  const sweep = parseSweep(text, { file });
  const run = await runSweep(
    sweep,
    { text, file },
    { results, fresh, failFast: false, storedOnly: false },
  ).pipe(
    Effect.tap(publish),
    Effect.provide(Layer.mergeAll(poolLayer(workers), catalogInputs(file), silentProgress)),
    Effect.runPromise,
  );
  const columns = frontColumns(run);
  const front = Array.from({ length: columns[0].data.length }, (_, row) =>
    Object.fromEntries(columns.map(({ name, data }) => [name, data[row]])),
  );
  return {
    directory: run.directory,
    points: run.points,
    failed: run.failed,
    errors: run.errors,
    front,
    answers: run.fronts.map((members) => answer(run, members)),
    run,
  };
};
