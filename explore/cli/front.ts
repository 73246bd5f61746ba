import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { storing } from "../store/storing.ts";
import { AnswerIsNo, UsageError } from "./exit.ts";
import { json, results } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront front SPEC` shows the front of a finished run; `front --csv FILE` finds that of any table. */
export const front = Command.make(
  "front",
  {
    sweep: Argument.String("sweep").pipe(
      Argument.withDescription("Sweep file, name of one in configs/sweeps, or folder of a run"),
      Argument.optional,
    ),
    csv: Flag.String("csv").pipe(Flag.withDescription("A table of your own instead of a run"), Flag.optional),
    maximize: Flag.String("maximize").pipe(
      Flag.withDescription("Column of the table to maximize; may be repeated"),
      Flag.atLeast(0),
    ),
    minimize: Flag.String("minimize").pipe(
      Flag.withDescription("Column of the table to minimize; may be repeated"),
      Flag.atLeast(0),
    ),
    reference: Flag.String("reference").pipe(
      Flag.withDescription(
        "COLUMN=VALUE to measure the hypervolume from; may be repeated; default: the worst value",
      ),
      Flag.atLeast(0),
    ),
    results,
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const objectives = [
      ...flags.maximize.map((name) => ({ name, direction: "maximize" as const })),
      ...flags.minimize.map((name) => ({ name, direction: "minimize" as const })),
    ];
    const reference = yield* Effect.forEach(flags.reference, readReference);
    if (Option.isSome(flags.csv)) {
      if (Option.isSome(flags.sweep)) {
        return yield* new UsageError({ message: "front takes a sweep or --csv, not both" });
      }
      const { tableFront, tableFrontText } = yield* Effect.promise(() => import("../report/table-front.ts"));
      const found = yield* tableFront(flags.csv.value, objectives, Object.fromEntries(reference));
      const { points, hypervolume, outside } = found;
      const summary = { points, front: found.rows.length, hypervolume, outside };
      return yield* flags.json ? answerJson(summary) : answer(tableFrontText(found));
    }
    if (Option.isNone(flags.sweep)) {
      return yield* new UsageError({ message: "front needs a sweep, a folder of a run, or --csv FILE" });
    }
    if (objectives.length > 0 || reference.length > 0) {
      return yield* new UsageError({
        message: "--maximize, --minimize and --reference belong to --csv; a run has those of its sweep",
      });
    }
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { storedRun } = yield* Effect.promise(() => import("./stored-run.ts"));
    const { frontSummary } = yield* Effect.promise(() => import("../report/front-summary.ts"));
    const { runText } = yield* Effect.promise(() => import("../report/run-text.ts"));
    const run = yield* storedRun(yield* sweepSource(flags.sweep.value, flags.results), flags.results);
    yield* flags.json ? answerJson(yield* storing(() => frontSummary(run))) : answer(runText(run));
    if (run.fronts.every(({ rows }) => rows.length === 0)) return yield* new AnswerIsNo();
  }),
).pipe(Command.withDescription("Show the Pareto front of a finished run, or of any CSV table"));

const readReference = (text: string): Effect.Effect<readonly [string, number], UsageError> => {
  const [, name, value] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  const number = Number(value);
  return name === undefined || value.trim() === "" || !Number.isFinite(number)
    ? Effect.fail(new UsageError({ message: `--reference ${text}: expected COLUMN=VALUE with a number` }))
    : Effect.succeed([name, number] as const);
};
