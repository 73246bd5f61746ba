import { extname } from "node:path";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import { storing } from "../store/storing.ts";
import { UsageError } from "./exit.ts";
import { json, results, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront export SPEC`: every evaluated design of a finished run in one file. */
export const exportPoints = Command.make(
  "export",
  {
    sweep,
    output: Flag.String("output").pipe(
      Flag.withDescription("File to write; its ending says the format: .csv, .parquet or .arrow"),
    ),
    results,
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { output } = flags;
    const ending = extname(output);
    if (![".csv", ".parquet", ".arrow"].includes(ending)) {
      return yield* new UsageError({
        message: `--output ${output}: expected a file ending in .csv, .parquet or .arrow`,
      });
    }
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { storedRun } = yield* Effect.promise(() => import("./stored-run.ts"));
    const { pointColumns } = yield* Effect.promise(() => import("../report/point-columns.ts"));
    const run = yield* storedRun(yield* sweepSource(flags.sweep, flags.results), flags.results);
    const columns = yield* storing(() => pointColumns(run));
    yield* Effect.tryPromise({
      try: async () => {
        if (ending === ".csv") return (await import("../table/csv.ts")).writeCsv(output, columns);
        if (ending === ".arrow") return (await import("../table/arrow.ts")).writeArrow(output, columns);
        const { writeParquet } = await import("../store/parquet.ts");
        return writeParquet(output, columns, { sweep: run.evaluator.plan.sweep.name });
      },
      catch: (error) => error as Error,
    });
    const points = columns[0].data.length;
    yield* flags.json ? answerJson({ output, points }) : answer(`${points} designs are in ${output}`);
  }),
).pipe(Command.withDescription("Write every evaluated design of a finished run as CSV, Parquet or Arrow"));
