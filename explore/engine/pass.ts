import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { finishedRanges, missingRanges, type Pass, partPath, type Range } from "../store/run-directory.ts";
import type { StoreError } from "../store/store-error.ts";
import type { ChunkRows } from "./evaluate-chunk.ts";
import type { Evaluator } from "./evaluator.ts";
import { readPart } from "./part.ts";
import { Pool } from "./pool.ts";
import { Progress } from "./progress.ts";
import { runChunk } from "./run-chunk.ts";
import type { ChunkTask } from "./worker.ts";

/** A design that could not be evaluated, in a run that was told to end at the first one. */
export class PointFailed extends Data.TaggedError("PointFailed")<{
  readonly index: number;
  readonly message: string;
}> {}

/** All rows of a pass. */
export interface PassRows {
  /** Rows that were evaluated, by index. */
  readonly rows: readonly Float64Array[];
  readonly failed: number;
  /** How many points failed with each message. */
  readonly errors: Readonly<Record<string, number>>;
  /** Points of this pass that an earlier run had stored. */
  readonly stored: number;
}

/** What a pass covers: all indices of the space, or a list of them. */
export interface PassScope {
  readonly pass: Pass;
  readonly total: number;
  readonly indices?: Float64Array;
}

/**
 * Evaluates what is missing of a pass and reads back what is stored, so that the result is the same however often the
 * run was interrupted. `ready` is awaited before the first chunk, if there is one. A few chunks more than there are workers are in flight; the stream pulls the next one when one
 * is done.
 */
export const runPass = <E>(
  evaluator: Evaluator,
  directory: string,
  chunk: number,
  failFast: boolean,
  scope: PassScope,
  shared: Pick<ChunkTask, "plan" | "planId" | "slab">,
  ready: Effect.Effect<void, E, Pool | Progress>,
): Effect.Effect<PassRows, StoreError | PointFailed | E, Pool | Progress> =>
  Effect.gen(function* () {
    const { pass, total, indices } = scope;
    const progress = yield* Progress;
    const pool = yield* Pool;
    const finished = yield* Effect.promise(() => finishedRanges(directory, pass));
    const names = evaluator.layout(pass).names;
    const parts: ChunkRows[] = [];
    for (const range of finished) {
      parts.push(yield* Effect.promise(() => readPart(partPath(directory, pass, range), names)));
    }
    const stored = parts.reduce((sum, { rows }) => sum + rows.length, 0);
    const covered = finished.reduce((sum, { from, to }) => sum + to - from, 0);
    const missing = missingRanges(total, chunk, finished);
    if (missing.length > 0) yield* ready;
    yield* progress.begin(pass, total, covered);
    const evaluate = (range: Range): Effect.Effect<ChunkRows, StoreError | PointFailed, Pool> =>
      runChunk(evaluator, directory, {
        ...shared,
        pass,
        from: range.from,
        to: range.to,
        ...(indices === undefined ? {} : { indices: indices.slice(range.from, range.to) }),
      }).pipe(
        Effect.tap((rows) => (failFast ? failOnFirst(rows) : Effect.void)),
        Effect.tap(() => progress.advance(range.to - range.from)),
      );
    yield* Stream.fromIterable(missing).pipe(
      Stream.mapEffect(evaluate, { concurrency: pool.workers + 1, unordered: true }),
      Stream.runForEach((rows) => Effect.sync(() => parts.push(rows))),
    );
    yield* progress.end;
    return { ...collect(parts), stored };
  });

const failOnFirst = ({ rows, errors }: ChunkRows): Effect.Effect<void, PointFailed> => {
  const position = errors.findIndex((error) => error !== "");
  return position < 0
    ? Effect.void
    : Effect.fail(new PointFailed({ index: rows[position][0], message: errors[position] }));
};

const collect = (parts: readonly ChunkRows[]): Omit<PassRows, "stored"> => {
  const rows: Float64Array[] = [];
  const errors: Record<string, number> = {};
  let failed = 0;
  for (const part of parts) {
    part.rows.forEach((row, position) => {
      const error = part.errors[position];
      if (error === "") {
        rows.push(row);
      } else {
        failed++;
        errors[error] = (errors[error] ?? 0) + 1;
      }
    });
  }
  rows.sort((left, right) => left[0] - right[0]);
  return { rows, failed, errors };
};
