import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Piscina } from "piscina";
import type { DecodeError, ModelError } from "../../core/errors.ts";
import type { MatrixStatistics } from "../../core/workloads/matrix-statistics.ts";
import type { CatalogError } from "../catalog/catalog-error.ts";
import { StoreError } from "../store/store-error.ts";
import type { StatisticsTask } from "./compute-statistic.ts";
import { refusal, type TensorAnswer, type TensorTask } from "./stream-tensor.ts";
import type { ChunkSummary } from "./summary.ts";
import type { ChunkAnswer, ChunkTask } from "./worker.ts";

/** A task that did not come back: its worker died or threw. */
export class WorkerError extends Data.TaggedError("WorkerError")<{ readonly message: string }> {}

/** The threads that compute. */
export class Pool extends Context.Service<
  Pool,
  {
    readonly workers: number;
    /** Fills one entry of the slab; answers with why it could not be kept in the cache, if so. */
    statistics(task: StatisticsTask): Effect.Effect<string | undefined, WorkerError>;
    /** Profiles a tensor that is read from its file in parts. */
    tensor(
      task: TensorTask,
    ): Effect.Effect<MatrixStatistics, WorkerError | DecodeError | ModelError | CatalogError>;
    /** Evaluates a chunk and stores its part. */
    chunk(task: ChunkTask): Effect.Effect<ChunkSummary, WorkerError | StoreError>;
  }
>()("bitfront/engine/Pool") {}

/** Workers run the file beside this one: TypeScript as it is from a source tree, JavaScript from a built package. */
const workerFile = new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url);

/**
 * Piscina tries `require` on the worker before `import`, and Node 20 aborts the whole process when a thread is ended while
 * it loads a module by `require` (v8::Module::IsGraphAsync), as may happen at the end of a short run.
 */
const importOnly = process.features.require_module ? ["--no-experimental-require-module"] : [];

/** Node runs TypeScript in a thread only through a loader that registers itself there; Deno needs none of this. */
const execArgv = (file: URL): string[] => {
  if ("Deno" in globalThis) return [];
  if (file.href.endsWith(".js")) return importOnly;
  const register = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return [
    ...importOnly,
    // Node warns of the file that it could not require before it imports it.
    "--no-warnings",
    "--import",
    `data:text/javascript,import { register } from ${register}; register();`,
  ];
};

/** What the threads of a pool run, and the heap that each may fill in MiB (as Node sets it where left out). */
export interface Threads {
  readonly file: URL;
  readonly heap?: number;
}

/** A pool of `workers` threads (default: as many as the machine has cores), ended with the scope. */
export const poolLayer = (
  workers: number = availableParallelism(),
  { file, heap }: Threads = { file: workerFile },
): Layer.Layer<Pool> =>
  Layer.effect(
    Pool,
    Effect.gen(function* () {
      const piscina = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const pool = new Piscina({
            filename: fileURLToPath(file),
            minThreads: workers,
            maxThreads: workers,
            execArgv: execArgv(file),
            ...(heap === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heap } }),
            // A task is long and few are queued: sleeping on an atomic would only delay the death of a worker.
            atomics: "disabled",
          });
          // A worker that dies without a task takes nothing with it, and another one is started.
          pool.on("error", () => undefined);
          return pool;
        }),
        (pool) => Effect.promise(() => pool.destroy()),
      );
      const run = <A>(name: string, task: unknown): Effect.Effect<A, WorkerError> =>
        Effect.tryPromise({
          try: (signal) => piscina.run(task, { name, signal }) as Promise<A>,
          catch: (error) =>
            new WorkerError({ message: error instanceof Error ? error.message : String(error) }),
        });
      return Pool.of({
        workers,
        statistics: (task) => run<string | undefined>("statistics", task),
        tensor: (task) =>
          run<TensorAnswer>("tensor", task).pipe(
            Effect.flatMap((answer) =>
              "refused" in answer ? Effect.fail(refusal(answer.refused)) : Effect.succeed(answer),
            ),
          ),
        chunk: (task) =>
          run<ChunkAnswer>("chunk", task).pipe(
            Effect.flatMap((answer) =>
              "unstored" in answer
                ? Effect.fail(new StoreError(answer.unstored.path, answer.unstored.problem))
                : Effect.succeed(answer),
            ),
          ),
      });
    }),
  );

/** No threads, for runs that only read what is stored. */
export const noPool: Layer.Layer<Pool> = Layer.succeed(
  Pool,
  Pool.of({
    workers: 1,
    statistics: () => Effect.die(new Error("a run from stored points needs no statistics")),
    tensor: () => Effect.die(new Error("a run from stored points profiles nothing")),
    chunk: () => Effect.die(new Error("a run from stored points evaluates nothing")),
  }),
);
