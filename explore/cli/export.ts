import { extname } from "node:path";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { storing } from "../store/storing.ts";
import { UsageError } from "./exit.ts";
import { type DesignFormat, designFormats, exportDesign } from "./export-design.ts";
import { exportNetwork, type NetworkFormat, networkFormats } from "./export-network.ts";
import { json, results } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

const formats = [...new Set([...designFormats, ...networkFormats])];

const isDesignFormat = (format: string): format is DesignFormat =>
  designFormats.some((known) => known === format);
const isNetworkFormat = (format: string): format is NetworkFormat =>
  networkFormats.some((known) => known === format);

/**
 * `bitfront export SPEC`: every evaluated design of a finished run in one file, or one design for another tool.
 * `bitfront export NETWORK --format …`: the layers of a network for another tool.
 */
export const exportPoints = Command.make(
  "export",
  {
    source: Argument.String("source").pipe(
      Argument.withDescription(
        "Sweep file, name of one in configs/sweeps, or folder of a run; with --format and without --design a network: name in configs/networks, path, or npm:package/file",
      ),
    ),
    output: Flag.String("output").pipe(
      Flag.withDescription(
        "File to write; its ending says the format: .csv, .parquet or .arrow; with --design a folder for accelergy, a .yaml file for timeloop; of a network a .csv file for scalesim, a folder for timeloop",
      ),
    ),
    design: Flag.String("design").pipe(
      Flag.withDescription(
        "One design instead of all, evaluated or not: its key (16 hex digits, as tables show it), its index, or `baseline`",
      ),
      Flag.optional,
    ),
    format: Flag.Literals("format", formats).pipe(
      Flag.withDescription(
        "What to write of the design: an Accelergy architecture with its energy and area tables, or a Timeloop architecture; of a network: a SCALE-Sim topology, or Timeloop problems",
      ),
      Flag.optional,
    ),
    input: Flag.String("input").pipe(
      Flag.withDescription("NAME=1,3,48,320 binds the shape of a network's input; may be repeated"),
      Flag.atLeast(0),
    ),
    results,
    json,
  },
  Effect.fnUntraced(function* ({ source, design, format, input, ...flags }) {
    const named = Option.getOrUndefined(format);
    if (Option.isNone(design) && named !== undefined) {
      if (!isNetworkFormat(named)) {
        return yield* new UsageError({
          message: `--format ${named}: expected --design with it; a network has --format ${networkFormats.join(" or --format ")}`,
        });
      }
      return yield* exportNetwork({ ...flags, network: source, format: named, input });
    }
    if (input.length > 0) {
      return yield* new UsageError({
        message: `--input ${input[0]}: expected a network, with --format ${networkFormats.join(" or --format ")} and no --design`,
      });
    }
    if (Option.isSome(design)) {
      if (named === undefined || !isDesignFormat(named)) {
        return yield* new UsageError({
          message: `--design ${design.value}: expected --format ${designFormats.join(" or --format ")} with it`,
        });
      }
      return yield* exportDesign({ ...flags, sweep: source, design: design.value, format: named });
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
    const run = yield* storedRun(yield* sweepSource(source, flags.results), flags.results);
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
    "Write every evaluated design of a finished run as CSV, Parquet or Arrow, one design for Accelergy or Timeloop, or a network's layers for SCALE-Sim or Timeloop",
  ),
);
