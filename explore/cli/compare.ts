import { join } from "node:path";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import { AnswerIsNo, UsageError } from "./exit.ts";
import { json, results, workers } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront compare SWEEP --basis …`: the machines of a sweep on equal terms, or the rows that were published. */
export const compare = Command.make(
  "compare",
  {
    sweep: Argument.String("sweep").pipe(
      Argument.withDescription(
        "Sweep file, or name of one in configs/sweeps, with a list of machines and one value a parameter; the first machine sets the budget",
      ),
      Argument.optional,
    ),
    basis: Flag.Literals("basis", ["iso-area", "iso-lanes", "iso-power", "published"]).pipe(
      Flag.withDescription(
        "What the machines are given alike: area, weight–activation pairs side by side, or power; or the ratios as MICRO 2021 printed them",
      ),
      Flag.withDefault("iso-area" as const),
    ),
    workers,
    results,
    json,
  },
  Effect.fnUntraced(function* (flags) {
    if (flags.basis === "published") {
      if (Option.isSome(flags.sweep)) {
        return yield* new UsageError({
          message: "--basis published prints rows of the paper and simulates nothing: leave the sweep out",
        });
      }
      const { publishedComparison, publishedComparisonText } = yield* Effect.promise(
        () => import("../report/published-comparison.ts"),
      );
      const rows = yield* Effect.tryPromise({
        try: () => publishedComparison(),
        catch: (error) => error as Error,
      });
      return yield* flags.json ? answerJson(rows) : answer(publishedComparisonText(rows));
    }
    if (Option.isNone(flags.sweep)) {
      return yield* new UsageError({
        message: `--basis ${flags.basis}: expected a sweep with a list of machines`,
      });
    }
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { compareMachines } = yield* Effect.promise(() => import("../compare/compare-machines.ts"));
    const { poolLayer } = yield* Effect.promise(() => import("../engine/pool.ts"));
    const { catalogInputs } = yield* Effect.promise(() => import("../engine/catalog-inputs.ts"));
    const { terminalProgress } = yield* Effect.promise(() => import("./terminal-progress.ts"));
    const source = yield* sweepSource(flags.sweep.value);
    const { makeFolder } = yield* Effect.promise(() => import("../store/make-folder.ts"));
    // Before anything is computed: a folder that cannot be written to loses all of it.
    yield* Effect.tryPromise({ try: () => makeFolder(flags.results), catch: (error) => error as Error });
    const layers = Layer.mergeAll(poolLayer(flags.workers), catalogInputs(source.file), terminalProgress);
    const found = yield* compareMachines(source.sweep, flags.basis, join(flags.results, ".statistics")).pipe(
      Effect.provide(layers),
    );
    const { writeComparison } = yield* Effect.promise(() => import("../report/write-comparison.ts"));
    const written = yield* Effect.tryPromise({
      try: () => writeComparison(found, flags.results),
      catch: (error) => error as Error,
    });
    if (flags.json) yield* answerJson(found);
    const { comparisonText } = yield* Effect.promise(() => import("../report/comparison-text.ts"));
    if (!flags.json) yield* answer(`${comparisonText(found)}\n\nPlots and comparison.json: ${written}`);
    if (found.machines.length < 2) return yield* new AnswerIsNo();
  }),
).pipe(Command.withDescription("Compare machines on equal lanes, area or power, or as published"));
