import * as Command from "effect/cli/Command";
import * as Effect from "effect/Effect";
import { json, results, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront status SPEC`: how far a run is, from its folder alone. */
export const status = Command.make(
  "status",
  { sweep, results, json },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { runStatus, statusText } = yield* Effect.promise(() => import("../report/status.ts"));
    const source = yield* sweepSource(flags.sweep, flags.results);
    const found = yield* runStatus(source.results ?? flags.results, source.sweep.name);
    yield* flags.json ? answerJson(found) : answer(statusText(found));
  }),
).pipe(Command.withDescription("Say how far a run is"));
