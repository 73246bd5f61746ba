import { ModelError } from "../../core/errors.ts";
import type { Pass } from "../store/run-directory.ts";
import { type ChunkRows, chunkOfRows } from "./chunk-rows.ts";
import type { Evaluator } from "./evaluator.ts";

/** Evaluates points one after another. A point that the model refuses becomes a row with its error. */
export const evaluateChunk = (evaluator: Evaluator, pass: Pass, indices: Iterable<number>): ChunkRows => {
  const width = evaluator.layout(pass).names.length;
  const rows: Float64Array[] = [];
  const errors = new Map<number, string>();
  for (const index of indices) {
    const point = evaluator.space.pointAt(index);
    if (point === null) continue;
    try {
      rows.push(evaluator.row(index, point, pass));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      errors.set(rows.length, `${error.code}: ${error.message}`);
      rows.push(failedRow(index, width));
    }
  }
  return chunkOfRows(rows, width, errors);
};

/** The row of a point that could not be evaluated: its index, and NaN. */
export const failedRow = (index: number, width: number): Float64Array => {
  const row = new Float64Array(width).fill(Number.NaN);
  row[0] = index;
  return row;
};
