import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { StatisticsTask } from "./compute-statistic.ts";
import { Pool, type WorkerError } from "./pool.ts";
import { Progress } from "./progress.ts";
import { longestFirst, totalWeightsTaken, weightsTaken } from "./statistics-layout.ts";

/**
 * Computes statistics on the pool's threads, a tensor and request a task, the longest first. One whose worker died is
 * tried once more. Answers with why some could not be kept in the cache, if so.
 */
export const fillStatistics = (
  tasks: readonly StatisticsTask[],
): Effect.Effect<string | undefined, WorkerError, Pool | Progress> =>
  Effect.gen(function* () {
    const pool = yield* Pool;
    const progress = yield* Progress;
    let unkept: string | undefined;
    yield* progress.begin("statistics", totalWeightsTaken(tasks), 0);
    yield* Stream.fromIterable(longestFirst(tasks)).pipe(
      Stream.mapEffect(
        (task) =>
          pool.statistics(task).pipe(
            Effect.retry({ times: 1 }),
            Effect.tap((reason) => {
              unkept ??= reason;
              return progress.advance(weightsTaken(task));
            }),
          ),
        { concurrency: pool.workers + 1, unordered: true },
      ),
      Stream.runDrain,
    );
    yield* progress.end;
    return unkept;
  });
