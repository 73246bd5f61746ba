import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { AnswerIsNo } from "./exit.ts";
import { json, results, sweep, workers } from "./flags.ts";
import { answer, answerJson, note } from "./output.ts";

/** `bitfront run SPEC`: evaluates a sweep, or goes on with it, and answers with its front. */
export const run = Command.make(
  "run",
  {
    sweep,
    workers,
    results,
    fresh: Flag.Boolean("fresh").pipe(
      Flag.withDescription("Discard what an earlier run of this name has stored"),
      Flag.withDefault(false),
    ),
    failFast: Flag.Boolean("fail-fast").pipe(
      Flag.withDescription("End at the first design that cannot be evaluated"),
      Flag.withDefault(false),
    ),
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { runSweep } = yield* Effect.promise(() => import("../engine/run.ts"));
    const { poolLayer } = yield* Effect.promise(() => import("../engine/pool.ts"));
    const { catalogInputs } = yield* Effect.promise(() => import("../engine/catalog-inputs.ts"));
    const { terminalProgress } = yield* Effect.promise(() => import("./terminal-progress.ts"));
    const { publish } = yield* Effect.promise(() => import("../report/publish.ts"));
    const source = yield* sweepSource(flags.sweep, flags.results);
    const layers = Layer.mergeAll(poolLayer(flags.workers), catalogInputs(source.file), terminalProgress);
    const options = {
      results: source.results ?? flags.results,
      fresh: flags.fresh,
      failFast: flags.failFast,
      storedOnly: false,
    };
    const finished = yield* runSweep(source.sweep, source, options).pipe(Effect.provide(layers));
    for (const text of finished.notes) yield* note(text);
    for (const text of yield* publish(finished)) yield* note(text);
    if (flags.json) {
      const { directory, points, evaluated, failed, fronts, seconds } = finished;
      const front = fronts.reduce((sum, { rows }) => sum + rows.length, 0);
      const pointsPerSecond = evaluated / seconds;
      yield* answerJson({ directory, points, evaluated, failed, front, seconds, pointsPerSecond });
    } else {
      const { runText, failuresText } = yield* Effect.promise(() => import("../report/run-text.ts"));
      const failures = failuresText(finished);
      if (failures !== "") yield* note(failures);
      yield* answer(runText(finished));
    }
    if (finished.fronts.every(({ rows }) => rows.length === 0)) return yield* new AnswerIsNo();
  }),
).pipe(Command.withDescription("Evaluate a sweep (or resume it) and show its Pareto front"));
