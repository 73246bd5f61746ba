import * as Effect from "effect/Effect";
import { partPath } from "../store/run-directory.ts";
import type { StoreError } from "../store/store-error.ts";
import { type ChunkRows, failedRow } from "./evaluate-chunk.ts";
import type { Evaluator } from "./evaluator.ts";
import { writePart } from "./part.ts";
import { Pool, type WorkerError } from "./pool.ts";
import type { ChunkTask } from "./worker.ts";

/**
 * Evaluates a chunk whatever happens to its worker. A chunk whose worker died is repeated once; if it dies again, the
 * chunk is cut in halves that are tried alone, down to the single point that kills, which becomes a failed row. A part
 * that cannot be written is a StoreError and ends the run: repeating would not help.
 */
export const runChunk = (
  evaluator: Evaluator,
  directory: string,
  task: Omit<ChunkTask, "part">,
): Effect.Effect<ChunkRows, StoreError, Pool> =>
  Effect.gen(function* () {
    const pool = yield* Pool;
    const part = partPath(directory, task.pass, task);
    return yield* pool.chunk({ ...task, part }).pipe(
      Effect.retry({ times: 1, while: (error) => error._tag === "WorkerError" }),
      Effect.catchTag("WorkerError", (error) => split(evaluator, directory, task, error)),
    );
  });

const split = (
  evaluator: Evaluator,
  directory: string,
  task: Omit<ChunkTask, "part">,
  error: WorkerError,
): Effect.Effect<ChunkRows, StoreError, Pool> => {
  if (task.to - task.from === 1) return Effect.promise(() => writeFailure(evaluator, directory, task, error));
  const middle = task.from + Math.floor((task.to - task.from) / 2);
  const halves = [
    { ...task, to: middle, indices: task.indices?.slice(0, middle - task.from) },
    { ...task, from: middle, indices: task.indices?.slice(middle - task.from) },
  ];
  return Effect.forEach(halves, (half) => runChunk(evaluator, directory, half)).pipe(
    Effect.map((parts) => ({
      rows: parts.flatMap(({ rows }) => rows),
      errors: parts.flatMap(({ errors }) => errors),
    })),
  );
};

const writeFailure = async (
  evaluator: Evaluator,
  directory: string,
  task: Omit<ChunkTask, "part">,
  error: WorkerError,
): Promise<ChunkRows> => {
  const { names } = evaluator.layout(task.pass);
  const index = task.indices?.[0] ?? task.from;
  const failure = { rows: [failedRow(index, names.length)], errors: [`worker-died: ${error.message}`] };
  await writePart(partPath(directory, task.pass, task), names, failure);
  return failure;
};
