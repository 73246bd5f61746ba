import { asCosts, type Direction, feasibleRows, ObjectiveError } from "./objectives.ts";

/** The feasible rows of a table as points, one array of costs each. */
const asPoints = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  what: string,
): Float64Array[] => {
  const costs = asCosts(objectives, directions);
  const points = Array.from(feasibleRows(costs), (row) => Float64Array.from(costs, (column) => column[row]!));
  if (points.length === 0) {
    throw new ObjectiveError(
      undefined,
      undefined,
      `the ${what} has no feasible point, expected one at least`,
    );
  }
  return points;
};

/**
 * A front and the reference front that an indicator compares it with, as points: the feasible rows of each, one array
 * of costs a row. Throws an ObjectiveError on what `asCosts` refuses, and where a side has no feasible row.
 */
export const asFrontAndReference = (
  front: readonly Float64Array[],
  reference: readonly Float64Array[],
  directions: readonly Direction[],
): [front: Float64Array[], reference: Float64Array[]] => [
  asPoints(front, directions, "front"),
  asPoints(reference, directions, "reference front"),
];
