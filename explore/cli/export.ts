import { extname } from "node:path";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { storing } from "../store/storing.ts";
import { UsageError } from "./exit.ts";
import { designFormats, exportDesign } from "./export-design.ts";
import { json, results, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront export SPEC`: every evaluated design of a finished run in one file, or one design for another tool. */
export const exportPoints = Command.make(
  "export",
  {
    sweep,
    output: Flag.String("output").pipe(
      Flag.withDescription(
        "File to write; its ending says the format: .csv, .parquet or .arrow; with --design a folder for accelergy, a .yaml file for timeloop",
      ),
    ),
    design: Flag.String("design").pipe(
      Flag.withDescription(
        "One design instead of all, evaluated or not: its key (16 hex digits, as tables show it), its index, or `baseline`",
      ),
      Flag.optional,
    ),
    format: Flag.Literals("format", designFormats).pipe(
      Flag.withDescription(
        "What to write of the design: an Accelergy architecture with its energy and area tables, or a Timeloop architecture",
      ),
      Flag.optional,
    ),
    results,
    json,
  },
  Effect.fnUntraced(function* ({ design, format, ...flags }) {
    if (Option.isSome(design)) {
      if (Option.isNone(format)) {
        return yield* new UsageError({
          message: `--design ${design.value}: expected --format ${designFormats.join(" or --format ")} with it`,
        });
      }
      return yield* exportDesign({ ...flags, design: design.value, format: format.value });
    }
    if (Option.isSome(format)) {
      return yield* new UsageError({
        message: `--format ${format.value}: expected --design with it; the ending of --output says the format of all designs`,
      });
    }
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
).pipe(
  Command.withDescription(
    "Write every evaluated design of a finished run as CSV, Parquet or Arrow, or one design for Accelergy or Timeloop",
  ),
);
