import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import { AnswerIsNo } from "./exit.ts";
import { json, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront check SPEC`: whether a sweep is right, how many designs it has, and what it will take. */
export const check = Command.make(
  "check",
  { sweep, json },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { checkSweep, checkText } = yield* Effect.promise(() => import("../report/check.ts"));
    const source = yield* sweepSource(flags.sweep);
    const found = yield* checkSweep(source.sweep, source.file);
    yield* flags.json ? answerJson(found) : answer(checkText(source.sweep, found));
    if (found.designs === 0 || typeof found.measured === "string") return yield* new AnswerIsNo();
  }),
).pipe(Command.withDescription("Check a sweep: count its designs, show some, estimate the time"));
