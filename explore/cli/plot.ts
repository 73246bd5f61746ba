import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import { json, results, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront plot SPEC`: draws a finished run again. */
export const plot = Command.make(
  "plot",
  { sweep, results, json },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { storedRun } = yield* Effect.promise(() => import("./stored-run.ts"));
    const { writePlots } = yield* Effect.promise(() => import("../report/write-plots.ts"));
    const run = yield* storedRun(yield* sweepSource(flags.sweep, flags.results), flags.results);
    const plots = yield* Effect.promise(() => writePlots(run));
    yield* flags.json ? answerJson({ directory: run.directory, plots }) : answer(plots.join("\n"));
  }),
).pipe(Command.withDescription("Draw the plots of a finished run"));
