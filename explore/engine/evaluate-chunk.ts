import { ModelError } from "../../core/errors.ts";
import type { Pass } from "../store/run-directory.ts";
import type { Evaluator } from "./evaluator.ts";

/** The rows of a chunk, in the order asked for; a point that the space excludes has none. */
export interface ChunkRows {
  readonly rows: readonly Float64Array[];
  /** Why a point failed, beside its row of NaN; empty for one that was evaluated. */
  readonly errors: readonly string[];
}

/** Evaluates points one after another. A point that the model refuses becomes a row with its error. */
export const evaluateChunk = (evaluator: Evaluator, pass: Pass, indices: Iterable<number>): ChunkRows => {
  const width = evaluator.layout(pass).names.length;
  const rows: Float64Array[] = [];
  const errors: string[] = [];
  for (const index of indices) {
    const point = evaluator.space.pointAt(index);
    if (point === null) continue;
    try {
      rows.push(evaluator.row(index, point, pass));
      errors.push("");
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      rows.push(failedRow(index, width));
      errors.push(`${error.code}: ${error.message}`);
    }
  }
  return { rows, errors };
};

/** The row of a point that could not be evaluated: its index, and NaN. */
export const failedRow = (index: number, width: number): Float64Array => {
  const row = new Float64Array(width).fill(Number.NaN);
  row[0] = index;
  return row;
};
