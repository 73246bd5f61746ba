import * as Effect from "effect/Effect";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import { createEvaluator, type Evaluator } from "../engine/evaluator.ts";
import { fillStatistics } from "../engine/fill-statistics.ts";
import { spaceOfDesign } from "../engine/one-design.ts";
import type { Pool, WorkerError } from "../engine/pool.ts";
import { prepare } from "../engine/prepare.ts";
import type { Progress } from "../engine/progress.ts";
import type { Point } from "../space/space.ts";
import type { Sweep, SweepNetwork } from "../spec/sweep.ts";

/** An evaluator for one network on one design, which is a design of the sweep but for its values. */
export const designEvaluator = (
  sweep: Sweep,
  use: SweepNetwork,
  network: Network,
  point: Point,
  technology: Technology,
  cacheDirectory: string,
): Effect.Effect<Evaluator, WorkerError, Pool | Progress> =>
  Effect.gen(function* () {
    const alone: Sweep = {
      ...sweep,
      networks: [use],
      fidelity: "cycle",
      // A machine without a published cost is compared in what there is of it.
      objectives: [],
      require: [],
      space: spaceOfDesign(sweep, point),
    };
    const prepared = prepare(alone, [network], technology, cacheDirectory);
    yield* fillStatistics(prepared.statistics);
    return createEvaluator(prepared.plan, prepared.slab);
  });
