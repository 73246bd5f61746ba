/** Which way an objective improves. */
export type Direction = "maximize" | "minimize";

/** Objectives that cannot be compared: a value that is no number, columns of different lengths, a bad reference. */
export class ObjectiveError extends Error {
  readonly _tag = "ObjectiveError";
  /** Position of the objective in the list, from 0; undefined where no single one is at fault. */
  readonly objective: number | undefined;
  /** Row of the offending value, from 0; undefined where the whole objective is at fault. */
  readonly row: number | undefined;
  readonly problem: string;

  constructor(objective: number | undefined, row: number | undefined, problem: string) {
    const column = objective === undefined ? "objectives" : `objective ${objective + 1}`;
    super(`${column}${row === undefined ? "" : `, row ${row + 1}`}: ${problem}`);
    this.name = "ObjectiveError";
    this.objective = objective;
    this.row = row;
    this.problem = problem;
  }
}

/** The infinite value of an objective that no value beats, and that no design can have. */
export const unbeatable = (direction: Direction): number => (direction === "maximize" ? Infinity : -Infinity);

/** A column as costs; NaN is refused, and so is an infinitely good value unless `boundless`. */
const asCost = (
  column: Float64Array,
  direction: Direction,
  objective: number,
  boundless: boolean,
): Float64Array => {
  const costs = new Float64Array(column.length);
  const maximized = direction === "maximize";
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    // Both turn −0 into 0.
    const cost = maximized ? 0 - value : value + 0;
    if (!(cost > -Infinity)) {
      if (Number.isNaN(cost)) {
        throw new ObjectiveError(objective, row, "the value is NaN, expected a number");
      }
      if (!boundless) {
        const expected = `a finite number, or ${-value} for a design that is infeasible`;
        throw new ObjectiveError(
          objective,
          row,
          `the value is ${value}, which nothing can beat; expected ${expected}`,
        );
      }
    }
    costs[row] = cost;
  }
  return costs;
};

const convert = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  boundless: boolean,
): Float64Array[] => {
  if (objectives.length === 0 || objectives.length !== directions.length) {
    throw new ObjectiveError(
      undefined,
      undefined,
      `${objectives.length} objectives and ${directions.length} directions, expected as many of each and one at least`,
    );
  }
  const rows = objectives[0]!.length;
  return objectives.map((column, objective) => {
    if (column.length !== rows) {
      throw new ObjectiveError(objective, undefined, `${column.length} values, expected ${rows}`);
    }
    return asCost(column, directions[objective]!, objective, boundless);
  });
};

/**
 * The objectives with the sign of maximized ones turned, so that less is better in all of them, and without −0; the
 * input is left alone. Throws an ObjectiveError on NaN, on a value that is infinite on the good side, on columns of
 * different lengths, and where there are not as many directions as objectives or none at all.
 */
export const asCosts = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
): Float64Array[] => convert(objectives, directions, false);

/** As `asCosts`, for bounds on objectives: they may be infinite on either side. */
export const asCostBounds = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
): Float64Array[] => convert(objectives, directions, true);

/** Costs as values of their objectives again, in new arrays. */
export const asObjectives = (
  costs: readonly Float64Array[],
  directions: readonly Direction[],
): Float64Array[] =>
  costs.map((column, objective) =>
    directions[objective] === "maximize" ? column.map((cost) => 0 - cost) : column.slice(),
  );

/** The rows whose value is finite in every objective, in input order. An infinite value marks a design as infeasible. */
export const feasibleRows = (costs: readonly Float64Array[]): Int32Array => {
  const rows = new Int32Array(costs[0]!.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    let finite = true;
    for (const column of costs) finite &&= Number.isFinite(column[row]);
    if (finite) rows[count++] = row;
  }
  return rows.subarray(0, count);
};

/** Rows of a table, as a table of their own. */
export const selectRows = (columns: readonly Float64Array[], rows: ArrayLike<number>): Float64Array[] =>
  columns.map((column) => {
    const selected = new Float64Array(rows.length);
    for (let position = 0; position < selected.length; position++)
      selected[position] = column[rows[position]!]!;
    return selected;
  });

/** The objectives of rows that hold them side by side from `start` on, one array an objective. */
export const objectiveColumns = (
  rows: readonly ArrayLike<number>[],
  start: number,
  objectives: number,
): Float64Array[] => {
  const columns = Array.from({ length: objectives }, () => new Float64Array(rows.length));
  rows.forEach((row, position) => {
    for (let objective = 0; objective < objectives; objective++) {
      columns[objective]![position] = row[start + objective]!;
    }
  });
  return columns;
};
