/** Which way an objective improves. */
export type Direction = "maximize" | "minimize";

/** Objectives that cannot be compared: a value that is no number, columns of different lengths, a bad reference. */
export class ObjectiveError extends Error {
  readonly _tag = "ObjectiveError";
  /** Position of the objective in the list, from 0. */
  readonly objective: number;
  /** Row of the offending value, from 0; undefined where the whole objective is at fault. */
  readonly row: number | undefined;
  readonly problem: string;

  constructor(objective: number, row: number | undefined, problem: string) {
    super(`objective ${objective + 1}${row === undefined ? "" : `, row ${row + 1}`}: ${problem}`);
    this.name = "ObjectiveError";
    this.objective = objective;
    this.row = row;
    this.problem = problem;
  }
}

/**
 * The objectives with the sign of maximized ones turned, so that less is better in all of them; the input is left
 * alone. Throws an ObjectiveError on NaN, on columns of different lengths, and where there are not as many directions
 * as objectives or none at all.
 */
export const asCosts = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
): Float64Array[] => {
  if (objectives.length === 0 || objectives.length !== directions.length) {
    throw new ObjectiveError(
      Math.min(objectives.length, directions.length),
      undefined,
      `${objectives.length} objectives and ${directions.length} directions, expected as many of each and one at least`,
    );
  }
  return objectives.map((column, objective) => {
    const rows = objectives[0]!.length;
    if (column.length !== rows) {
      throw new ObjectiveError(objective, undefined, `${column.length} values, expected ${rows}`);
    }
    const nan = column.findIndex(Number.isNaN);
    if (nan >= 0) throw new ObjectiveError(objective, nan, "the value is NaN, expected a number");
    return directions[objective] === "maximize" ? column.map((value) => -value) : column;
  });
};

/** The rows whose value is finite in every objective, in input order. An infinite value marks a design as infeasible. */
export const feasibleRows = (objectives: readonly Float64Array[]): number[] => {
  const rows: number[] = [];
  for (let row = 0; row < objectives[0]!.length; row++) {
    if (objectives.every((column) => Number.isFinite(column[row]))) rows.push(row);
  }
  return rows;
};
