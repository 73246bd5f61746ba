import { asCosts, type Direction, feasibleRows, ObjectiveError } from "./objectives.ts";

/** Points as costs, with the reference point that volumes are measured from. */
export interface Referenced {
  readonly costs: readonly Float64Array[];
  /** The reference point as costs. */
  readonly limits: readonly number[];
  /** Rows that are better than the reference in every objective, ascending. */
  readonly inside: Int32Array;
}

/**
 * Objectives and their reference point as costs. Throws an ObjectiveError on what `asCosts` refuses, on fewer than two
 * objectives, and on a reference that is not finite or has another number of values.
 */
export const asReferenced = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  reference: readonly number[],
): Referenced => {
  const costs = asCosts(objectives, directions);
  if (costs.length < 2) {
    throw new ObjectiveError(undefined, undefined, "1 objective, expected 2 or more");
  }
  if (reference.length !== costs.length) {
    throw new ObjectiveError(
      undefined,
      undefined,
      `the reference point has ${reference.length} values, expected ${costs.length}`,
    );
  }
  const limits = reference.map((value, objective) => {
    if (!Number.isFinite(value)) {
      throw new ObjectiveError(
        objective,
        undefined,
        `the reference point is ${value}, expected a finite number`,
      );
    }
    return directions[objective] === "maximize" ? -value : value;
  });
  const inside = feasibleRows(costs).filter((row) =>
    costs.every((column, objective) => column[row]! < limits[objective]!),
  );
  return { costs, limits, inside };
};

/**
 * The worst finite value of each objective, taken by itself: the reference point of a run that names none. Throws an
 * ObjectiveError for an objective without a finite value.
 */
export const worstPoint = (objectives: readonly Float64Array[], directions: readonly Direction[]): number[] =>
  asCosts(objectives, directions).map((column, objective) => {
    let worst = -Infinity;
    for (const value of column) if (value > worst && Number.isFinite(value)) worst = value;
    if (worst === -Infinity) throw new ObjectiveError(objective, undefined, "no finite value");
    return directions[objective] === "maximize" ? 0 - worst : worst;
  });
