import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import { AnswerIsNo } from "./exit.ts";
import { json, results, sweep } from "./flags.ts";
import { answer, answerJson, note } from "./output.ts";

/** `bitfront plot SPEC`: draws a finished run again. */
export const plot = Command.make(
  "plot",
  { sweep, results, json },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { storedRun } = yield* Effect.promise(() => import("./stored-run.ts"));
    const { writePlots } = yield* Effect.promise(() => import("../report/write-plots.ts"));
    const run = yield* storedRun(yield* sweepSource(flags.sweep, flags.results), flags.results);
    const { written: plots, undrawn } = yield* Effect.tryPromise({
      try: () => writePlots(run),
      catch: (error) => error as Error,
    });
    for (const text of undrawn) yield* note(text);
    yield* flags.json ? answerJson({ directory: run.directory, plots }) : answer(plots.join("\n"));
    if (plots.length === 0) return yield* new AnswerIsNo();
  }),
).pipe(Command.withDescription("Draw the plots of a finished run"));
