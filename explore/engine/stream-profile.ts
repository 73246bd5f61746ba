import * as Effect from "effect/Effect";
import type { DecodeError, ModelError } from "../../core/errors.ts";
import type { MatrixStatistics } from "../../core/workloads/matrix-statistics.ts";
import type { CatalogError } from "../catalog/catalog-error.ts";
import type { FileTensor } from "../catalog/safetensors-stream.ts";
import type { NetworkRequest } from "./network-statistics.ts";
import { Pool, type WorkerError } from "./pool.ts";
import { Progress } from "./progress.ts";

/** The most values of a tensor that a thread holds at once: 4 MiB of float32, some 40 MiB with what is made of them. */
const partValues = 2 ** 20;

/** Progress is told so often. */
const every_ms = 100;

/**
 * The statistics of weight matrices, an entry a tensor: each is read by one thread of the pool, in parts of at most
 * `mostValues` values (see `matrixStatistics`), so that memory is bounded by the number of threads. As in a network that
 * is loaded, a tensor has the random stream of its position. Nothing is kept for a later run. Fails with the first
 * error of any tensor.
 */
export const streamStatistics = (
  tensors: readonly FileTensor[],
  request: NetworkRequest,
  mostValues: number = partValues,
): Effect.Effect<
  readonly MatrixStatistics[],
  WorkerError | DecodeError | ModelError | CatalogError,
  Pool | Progress
> =>
  Effect.gen(function* () {
    const pool = yield* Pool;
    const progress = yield* Progress;
    const done = new SharedArrayBuffer(8);
    const bytesDone = new BigInt64Array(done);
    let told = 0;
    const tell = Effect.suspend(() => {
      const now = Number(Atomics.load(bytesDone, 0));
      const steps = now - told;
      told = now;
      return progress.advance(steps);
    });
    const bytes = tensors.reduce((sum, { begin, end }) => sum + (end - begin), 0);
    yield* progress.begin("stream", bytes, 0);
    const statistics = yield* Effect.raceFirst(
      Effect.forEach(
        tensors,
        (tensor, stream) => pool.tensor({ tensor, request: { ...request, stream }, mostValues, done }),
        // One more waits, so that no thread does.
        { concurrency: pool.workers + 1 },
      ),
      Effect.forever(Effect.andThen(Effect.sleep(every_ms), tell)),
    );
    yield* tell;
    yield* progress.end;
    return statistics;
  });
