import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { hypervolume } from "../pareto/hypervolume.ts";
import { objectiveColumns } from "../pareto/objectives.ts";
import { missingRanges, type Pass, type Range, setAside, storedParts } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import { storing } from "../store/storing.ts";
import type { Evaluator } from "./evaluator.ts";
import { type GrowingPass, growingPass, type PassOutcome } from "./growing-pass.ts";
import { readPart } from "./part.ts";
import { Pool } from "./pool.ts";
import { type FrontSoFar, Progress } from "./progress.ts";
import { runChunk } from "./run-chunk.ts";
import { type ChunkSummary, type StageSeconds, summarize } from "./summary.ts";
import type { ChunkTask } from "./worker.ts";

/** A design that could not be evaluated, in a run that was told to end at the first one. */
export class PointFailed extends Data.TaggedError("PointFailed")<{
  readonly index: number;
  readonly message: string;
}> {}

/** A pass that is done. */
export interface FinishedPass extends PassOutcome {
  /** Designs of this pass that an earlier run had stored, and those that this run dealt with; failed ones in both. */
  readonly stored: number;
  readonly added: number;
  /** Runs of the model for those: a design on a network each. */
  readonly evaluations: number;
  /** Where the time of the threads went. */
  readonly seconds: StageSeconds;
}

/** What a pass covers: all indices of the space, or a list of them. */
export interface PassScope {
  readonly pass: Pass;
  readonly total: number;
  readonly indices?: Float64Array;
}

/** How a pass treats what is on disk, and what it cannot evaluate. */
export interface PassOptions {
  readonly directory: string;
  /** Indices of a chunk. */
  readonly chunk: number;
  readonly failFast: boolean;
  /** Nothing may be written: a part that is missing or damaged is an error. */
  readonly storedOnly: boolean;
  /** Hears of every part that is set aside. */
  readonly tell: (text: string) => Effect.Effect<void, StoreError>;
}

/**
 * Evaluates what is missing of a pass and takes in what is stored, so that the result is the same however often the
 * run was interrupted. A damaged part, or one of another list, is set aside and its points are evaluated again. `ready` is awaited before the
 * first chunk, if there is one. A few chunks more than there are workers are in flight; the stream pulls the next one when one
 * is done. Rows stay on disk; what is kept of them is a `ChunkSummary` each chunk.
 */
export const runPass = <E>(
  evaluator: Evaluator,
  { directory, chunk, failFast, storedOnly, tell }: PassOptions,
  { pass, total, indices }: PassScope,
  shared: Pick<ChunkTask, "plan" | "planId" | "slab">,
  ready: Effect.Effect<void, E, Pool | Progress>,
): Effect.Effect<FinishedPass, StoreError | PointFailed | E, Pool | Progress> =>
  Effect.gen(function* () {
    const progress = yield* Progress;
    const pool = yield* Pool;
    const growing = growingPass(evaluator, pass);
    const names = evaluator.layout(pass).names;
    const finished: Range[] = [];
    let stored = 0;
    for (const { path, ...range } of yield* storing(() => storedParts(directory, pass))) {
      const summary = yield* storing(async () => {
        const chunk = await readPart(path, names);
        if (indices !== undefined && !equals(chunk.columns[0], indices.subarray(range.from, range.to)))
          throw new StoreError(path, "holds other designs than those that the cycle model has to decide");
        return summarize(evaluator, pass, chunk);
      }).pipe(
        Effect.catchIf(
          (error) => !storedOnly && error.path === path,
          ({ message }) =>
            Effect.gen(function* () {
              const aside = yield* storing(() => setAside(path));
              yield* tell(`${message}; kept as ${aside}, its points are evaluated again`);
              return undefined;
            }),
        ),
      );
      if (summary === undefined) continue;
      finished.push(range);
      stored += summary.rows;
      growing.add(summary);
    }
    const covered = finished.reduce((sum, { from, to }) => sum + to - from, 0);
    const missing = missingRanges(total, chunk, finished);
    if (missing.length > 0) yield* ready;
    yield* progress.begin(pass, total, covered);
    const front = () => frontSoFar(evaluator, growing);
    let added = 0;
    let evaluations = 0;
    let seconds: StageSeconds = { evaluate: 0, store: 0, summarize: 0 };
    const evaluate = (range: Range): Effect.Effect<void, StoreError | PointFailed, Pool> =>
      runChunk(evaluator, {
        ...shared,
        directory,
        pass,
        from: range.from,
        to: range.to,
        ...(indices === undefined ? {} : { indices: indices.slice(range.from, range.to) }),
      }).pipe(
        Effect.tap((summaries) => (failFast ? failOnFirst(summaries) : Effect.void)),
        Effect.tap((summaries) =>
          Effect.sync(() => {
            for (const summary of summaries) {
              growing.add(summary);
              added += summary.evaluated;
              stored += summary.rows - summary.evaluated;
              evaluations += summary.evaluations;
              seconds = addSeconds(seconds, summary.seconds);
            }
          }),
        ),
        Effect.andThen(progress.advance(range.to - range.from, front)),
      );
    yield* Stream.fromIterable(missing).pipe(
      Stream.mapEffect(evaluate, { concurrency: pool.workers + 1, unordered: true }),
      Stream.runDrain,
    );
    yield* progress.end;
    return { ...growing.outcome(), stored, added, evaluations, seconds };
  });

const equals = (left: Float64Array, right: Float64Array): boolean =>
  left.length === right.length && left.every((value, position) => value === right[position]);

/** The sum of two shares of time. */
export const addSeconds = (left: StageSeconds, right: StageSeconds): StageSeconds => ({
  evaluate: left.evaluate + right.evaluate,
  store: left.store + right.store,
  summarize: left.summarize + right.summarize,
});

const failOnFirst = (summaries: readonly ChunkSummary[]): Effect.Effect<void, PointFailed> => {
  const failure = summaries.find(({ firstFailure }) => firstFailure !== undefined)?.firstFailure;
  return failure === undefined ? Effect.void : Effect.fail(new PointFailed(failure));
};

/** With more objectives a hypervolume takes too long to be found while a run goes on. */
const mostLive = 3;

const frontSoFar = ({ plan, objectives }: Evaluator, growing: GrowingPass): FrontSoFar => {
  const fronts = growing.fronts();
  const designs = fronts.reduce((sum, { rows }) => sum + rows.length, 0);
  const [{ rows, scope, reference }] = fronts;
  const wanted = plan.sweep.objectives;
  if (fronts.length > 1 || wanted.length > mostLive) return { designs, hypervolume: undefined };
  const values = rows.map((row) => objectives(row, scope));
  const { volume } = hypervolume(
    objectiveColumns(values, 0, wanted.length),
    wanted.map(({ direction }) => direction),
    wanted.map(({ name }) => reference[name]),
  );
  return { designs, hypervolume: volume };
};
