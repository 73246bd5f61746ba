import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import * as Effect from "effect/Effect";
import { NetworkError } from "../../core/errors.ts";
import { CatalogError } from "../catalog/catalog-error.ts";
import { isYamlFile } from "../catalog/find-config.ts";
import { UsageError } from "./exit.ts";
import { answer, answerJson } from "./output.ts";
import { loadError, readShape } from "./read-shape.ts";

/** Formats that the layers of a network are exported in, for other tools. */
export const networkFormats = ["scalesim", "timeloop"] as const;
export type NetworkFormat = (typeof networkFormats)[number];

interface NetworkExport {
  /** Name in configs/networks, path, or npm:package/file. */
  readonly network: string;
  readonly format: NetworkFormat;
  readonly output: string;
  /** `NAME=1,3,48,320` for each bound input. */
  readonly input: readonly string[];
  readonly json: boolean;
}

/** Writes the layers of a network for another tool: a topology file for SCALE-Sim, a folder of problems for Timeloop. */
export const exportNetwork = Effect.fnUntraced(function* (asked: NetworkExport) {
  const { format, output } = asked;
  yield* checkOutput(format, output);
  const inputs = Object.fromEntries(yield* Effect.forEach(asked.input, readShape));
  const { loadLayers } = yield* Effect.promise(() => import("../catalog/load-network.ts"));
  const { writeFileAtomically } = yield* Effect.promise(() => import("../store/atomic-file.ts"));
  const { name, layers, files, inexactInputs } = yield* Effect.tryPromise({
    try: async () => {
      const { name, layers } = await loadLayers(asked.network, { baseDirectory: process.cwd(), inputs });
      if (layers.length === 0) {
        throw new NetworkError(name, "has no layer with multiply–accumulates to export");
      }
      if (format === "scalesim") {
        const { scaleSimTopology } = await import("../report/scalesim.ts");
        const { text, inexactInputs } = scaleSimTopology(name, layers);
        return { name, layers, files: { [output]: text }, inexactInputs };
      }
      const { timeloopProblems } = await import("../report/timeloop-problem.ts");
      const files = Object.fromEntries(
        Object.entries(timeloopProblems(name, layers)).map(([file, text]) => [join(output, file), text]),
      );
      return { name, layers, files, inexactInputs: [] };
    },
    catch: (error) => {
      // The format is also that of a design, whose flag may have been forgotten.
      const isUnknown = error instanceof CatalogError && error.problem.startsWith("it is no network");
      if (isUnknown && format === "timeloop") {
        return new UsageError({ message: `${error.message}; a design of a sweep needs --design` });
      }
      return loadError(error);
    },
  });
  yield* checkFolder(format, output, Object.keys(files));
  yield* Effect.tryPromise({
    try: async () => {
      await mkdir(format === "scalesim" ? dirname(output) : output, { recursive: true });
      for (const [path, text] of Object.entries(files)) await writeFileAtomically(path, text);
    },
    catch: (error) => new UsageError({ message: `--output ${output}: ${(error as Error).message}` }),
  });
  if (asked.json) {
    return yield* answerJson({
      output,
      format,
      network: name,
      layers: layers.length,
      files: Object.keys(files),
      inexactInputs,
    });
  }
  const inexact =
    inexactInputs.length === 0
      ? ""
      : `\nSCALE-Sim has one stride for both axes and no dilation; outputs and multiply–accumulates are kept, but these layers read other inputs: ${inexactInputs.join(", ")}`;
  yield* answer(`${layers.length} layers of ${name} are in ${output}${inexact}`);
});

/** Refuses a place that the format cannot be written to, before anything else is done. */
const checkOutput = (format: NetworkFormat, output: string): Effect.Effect<void, UsageError> =>
  Effect.gen(function* () {
    const refuse = (problem: string) => new UsageError({ message: `--output ${output}: ${problem}` });
    const found = yield* Effect.promise(() => stat(output).catch(() => undefined));
    if (format === "scalesim") {
      if (found?.isDirectory()) return yield* refuse("is a folder; expected a file ending in .csv");
      if (extname(output) !== ".csv") return yield* refuse("expected a file ending in .csv");
      return;
    }
    if (found !== undefined && !found.isDirectory()) {
      return yield* refuse("is no folder; expected one for a problem of each layer");
    }
  });

/** Refuses a folder of problems with other YAML files in it, which would be read as further layers. */
const checkFolder = (
  format: NetworkFormat,
  output: string,
  files: readonly string[],
): Effect.Effect<void, UsageError> =>
  Effect.gen(function* () {
    if (format === "scalesim") return;
    const names = yield* Effect.promise(() => readdir(output).catch(() => []));
    const other = names.filter(isYamlFile).find((name) => !files.includes(join(output, name)));
    if (other === undefined) return;
    return yield* new UsageError({
      message: `--output ${output}: holds ${other}, which would be read as one more layer; expected a folder without other YAML files`,
    });
  });
