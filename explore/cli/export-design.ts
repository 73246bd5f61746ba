import { mkdir, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import { UsageError } from "./exit.ts";
import { answer, answerJson } from "./output.ts";

/** Formats that one design is exported in, for other tools. */
export const designFormats = ["accelergy", "timeloop"] as const;
export type DesignFormat = (typeof designFormats)[number];

interface DesignExport {
  readonly sweep: string;
  readonly results: string;
  /** Key, index, or `baseline`. */
  readonly design: string;
  readonly format: DesignFormat;
  readonly output: string;
  readonly json: boolean;
}

/**
 * Writes one design of a sweep for another tool: a folder for Accelergy, a file for Timeloop. Costs alone are needed; no
 * network is loaded.
 */
export const exportDesign = Effect.fnUntraced(function* (asked: DesignExport) {
  const { design, format, output } = asked;
  yield* checkOutput(format, output);
  const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
  const { catalogInputs } = yield* Effect.promise(() => import("../engine/catalog-inputs.ts"));
  const { Inputs } = yield* Effect.promise(() => import("../engine/inputs.ts"));
  const { findDesign } = yield* Effect.promise(() => import("../engine/one-design.ts"));
  const { designHierarchy } = yield* Effect.promise(() => import("../report/design-hierarchy.ts"));
  const { writeFileAtomically } = yield* Effect.promise(() => import("../store/atomic-file.ts"));
  const { sweep, file } = yield* sweepSource(asked.sweep, asked.results);
  const point = yield* findDesign(sweep, design);
  const technology = yield* Effect.gen(function* () {
    return yield* (yield* Inputs).technology(sweep);
  }).pipe(Effect.provide(catalogInputs(file)));
  const hierarchy = yield* Effect.try({
    try: () => designHierarchy(sweep.name, point, technology),
    catch: (error) =>
      error instanceof ModelError
        ? new UsageError({ message: `--design ${design} cannot be costed: ${error.message}` })
        : (error as Error),
  });
  const files = yield* Effect.promise(async (): Promise<Readonly<Record<string, string>>> => {
    if (format === "timeloop") {
      return { [output]: (await import("../report/timeloop.ts")).timeloopArchitecture(hierarchy) };
    }
    const texts = (await import("../report/accelergy.ts")).accelergyFiles(hierarchy);
    return Object.fromEntries(Object.entries(texts).map(([name, text]) => [join(output, name), text]));
  });
  yield* Effect.tryPromise({
    try: async () => {
      await mkdir(format === "timeloop" ? dirname(output) : output, { recursive: true });
      for (const [path, text] of Object.entries(files)) await writeFileAtomically(path, text);
    },
    catch: (error) => new UsageError({ message: `--output ${output}: ${(error as Error).message}` }),
  });
  const { key } = hierarchy;
  yield* asked.json
    ? answerJson({ output, format, key, files: Object.keys(files) })
    : answer(`Design ${key} is in ${Object.keys(files).join(", ")}`);
});

/** Refuses a place that the format cannot be written to, before anything else is done. */
const checkOutput = (format: DesignFormat, output: string): Effect.Effect<void, UsageError> =>
  Effect.gen(function* () {
    const refuse = (problem: string) => new UsageError({ message: `--output ${output}: ${problem}` });
    const found = yield* Effect.promise(() => stat(output).catch(() => undefined));
    if (format === "accelergy") {
      if (found !== undefined && !found.isDirectory()) {
        return yield* refuse("is no folder; expected one for architecture.yaml, ERT.yaml and ART.yaml");
      }
      return;
    }
    if (found?.isDirectory()) return yield* refuse("is a folder; expected a file ending in .yaml or .yml");
    if (![".yaml", ".yml"].includes(extname(output))) {
      return yield* refuse("expected a file ending in .yaml or .yml");
    }
  });
