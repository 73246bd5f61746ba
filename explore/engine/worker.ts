/**
 * What a Piscina worker runs. It loads plain functions only, no effect and no plots, so that it starts quickly. Bulk
 * data lies in shared memory; a message carries references to it.
 */
import type { Pass } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import { computeStatistic, type StatisticsTask } from "./compute-statistic.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { createExtension, type ExtendedChunk, type Extension } from "./extend-chunk.ts";
import { writePart } from "./part.ts";
import type { EnginePlan } from "./plan.ts";
import { entryBytes } from "./slab.ts";
import { readCached, writeCached } from "./statistics-cache.ts";
import { answerTensor, type TensorAnswer, type TensorTask } from "./stream-tensor.ts";
import { type ChunkSummary, summarize } from "./summary.ts";

/** Fills one entry of the slab, from the cache if it is there; answers with why it could not be kept there, if so. */
export const statistics = async (task: StatisticsTask): Promise<string | undefined> => {
  const bytes = entryBytes(task.slab, task.entry);
  if (await readCached(task.cacheFile, bytes)) return undefined;
  computeStatistic(task);
  return await writeCached(task.cacheFile, bytes);
};

/** Profiles one tensor of a file that is larger than memory. */
export const tensor = (task: TensorTask): TensorAnswer => answerTensor(task);

/** A chunk of points to evaluate and to store. */
export interface ChunkTask {
  /** The plan as JSON text in UTF-8, and a number that tells plans apart. */
  readonly plan: SharedArrayBuffer;
  readonly planId: number;
  readonly slab: SharedArrayBuffer;
  readonly pass: Pass;
  /** The points: `indices`, or if there are none the indices [from, to). */
  readonly indices?: Float64Array;
  readonly from: number;
  readonly to: number;
  /** The run's folder, for the part. */
  readonly directory: string;
}

/** The summary of a chunk, or why its part could not be written: errors lose their fields between threads. */
export type ChunkAnswer =
  | ChunkSummary
  | { readonly unstored: { readonly path: string; readonly problem: string } };

interface Current {
  readonly planId: number;
  readonly evaluator: Evaluator;
  readonly extension: Extension | undefined;
}

let current: Current | undefined;

const currentOf = (task: ChunkTask): Current => {
  if (current?.planId !== task.planId) {
    const text = new TextDecoder().decode(new Uint8Array(task.plan).slice());
    const plan = JSON.parse(text) as EnginePlan;
    const evaluator = createEvaluator(plan, task.slab);
    const extension = plan.earlier && createExtension(evaluator, plan.earlier, task.slab);
    current = { planId: task.planId, evaluator, extension };
  }
  return current;
};

/** Evaluates a chunk, writes its part, and answers with what the run has to know of it. */
export const chunk = async (task: ChunkTask): Promise<ChunkAnswer> => {
  const { evaluator, extension } = currentOf(task);
  const { pass } = task;
  try {
    const began = performance.now();
    const { rows, ...work } = extension
      ? await extension(pass, task.indices ?? between(task.from, task.to))
      : everything(
          evaluator,
          task.indices
            ? evaluator.listRows(task.indices, pass)
            : evaluator.rangeRows(task.from, task.to, pass),
        );
    const evaluated = performance.now();
    await writePart(task.directory, pass, task, evaluator.layout(pass).names, rows);
    const stored = performance.now();
    const seconds = {
      evaluate: (evaluated - began) / 1000,
      store: (stored - evaluated) / 1000,
      summarize: 0,
    };
    return summarize(evaluator, pass, rows, { ...work, seconds });
  } catch (error) {
    if (error instanceof StoreError) return { unstored: { path: error.path, problem: error.problem } };
    throw error;
  }
};

/** A chunk of which every design was evaluated on every network. */
const everything = ({ plan }: Evaluator, rows: ChunkRows): ExtendedChunk => {
  const evaluated = rows.columns[0].length;
  return { rows, evaluated, evaluations: evaluated * plan.workloads.length };
};

/** The whole numbers [from, to). */
const between = (from: number, to: number): Float64Array =>
  Float64Array.from({ length: to - from }, (_, offset) => from + offset);
