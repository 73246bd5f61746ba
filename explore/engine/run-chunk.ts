import * as Effect from "effect/Effect";
import type { StoreError } from "../store/store-error.ts";
import { storing } from "../store/storing.ts";
import { chunkOfRows } from "./chunk-rows.ts";
import { failedRow } from "./evaluate-chunk.ts";
import type { Evaluator } from "./evaluator.ts";
import { writePart } from "./part.ts";
import { Pool, type WorkerError } from "./pool.ts";
import { type ChunkSummary, summarize } from "./summary.ts";
import type { ChunkTask } from "./worker.ts";

/**
 * Evaluates a chunk whatever happens to its worker. A chunk whose worker died is repeated once; if it dies again, the
 * chunk is cut in halves that are tried alone, down to the single point that kills, which becomes a failed row. A part
 * that cannot be written is a StoreError and ends the run: repeating would not help. Answers with a summary a part.
 */
export const runChunk = (
  evaluator: Evaluator,
  task: ChunkTask,
): Effect.Effect<readonly ChunkSummary[], StoreError, Pool> =>
  Effect.gen(function* () {
    const pool = yield* Pool;
    return yield* pool.chunk(task).pipe(
      Effect.map((summary) => [summary]),
      Effect.retry({ times: 1, while: (error) => error._tag === "WorkerError" }),
      Effect.catchTag("WorkerError", (error) => split(evaluator, task, error)),
    );
  });

const split = (
  evaluator: Evaluator,
  task: ChunkTask,
  error: WorkerError,
): Effect.Effect<readonly ChunkSummary[], StoreError, Pool> => {
  if (task.to - task.from === 1) return storing(() => writeFailure(evaluator, task, error));
  const middle = task.from + Math.floor((task.to - task.from) / 2);
  const halves = [
    { ...task, to: middle, indices: task.indices?.slice(0, middle - task.from) },
    { ...task, from: middle, indices: task.indices?.slice(middle - task.from) },
  ];
  return Effect.forEach(halves, (half) => runChunk(evaluator, half)).pipe(
    Effect.map((summaries) => summaries.flat()),
  );
};

const writeFailure = async (
  evaluator: Evaluator,
  task: ChunkTask,
  error: WorkerError,
): Promise<readonly ChunkSummary[]> => {
  const { names } = evaluator.layout(task.pass);
  const index = task.indices?.[0] ?? task.from;
  const failure = chunkOfRows(
    [failedRow(index, names.length)],
    names.length,
    new Map([[0, `worker-died: ${error.message}`]]),
  );
  await writePart(task.directory, task.pass, task, names, failure);
  return [summarize(evaluator, task.pass, failure)];
};
