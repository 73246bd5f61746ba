/** A straight line through a table, and how far it is off at most, as a share of the table's value. */
export interface LinearFit {
  readonly constant: number;
  readonly slope: number;
  readonly largestError: number;
}

/** The line constant + slope · point with the least sum of squared relative errors; two points or more. */
export const linearFit = (points: readonly number[], values: readonly number[]): LinearFit => {
  // Least squares of (constant + slope · x) / y − 1: normal equations with weights 1 / y².
  let weights = 0;
  let first = 0;
  let second = 0;
  let right = 0;
  let rightFirst = 0;
  points.forEach((point, index) => {
    const weight = 1 / values[index] ** 2;
    weights += weight;
    first += weight * point;
    second += weight * point ** 2;
    right += weight * values[index];
    rightFirst += weight * values[index] * point;
  });
  const determinant = weights * second - first ** 2;
  const constant = (right * second - rightFirst * first) / determinant;
  const slope = (weights * rightFirst - first * right) / determinant;
  const errors = points.map((point, index) => Math.abs((constant + slope * point) / values[index] - 1));
  return { constant, slope, largestError: Math.max(...errors) };
};
