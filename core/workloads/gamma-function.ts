/**
 * ln Γ(x) for x > 0, to 1e-10 of its value or absolutely: the recurrence up to 8, then Stirling's series (Abramowitz and
 * Stegun, 6.1.41).
 */
export const logGamma = (x: number): number => {
  let shift = 0;
  let y = x;
  while (y < 8) shift += Math.log(y++);
  const square = 1 / (y * y);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
};

/** ψ(x), the derivative of ln Γ(x), for x > 0 (Abramowitz and Stegun, 6.3.18). */
export const digamma = (x: number): number => {
  let sum = 0;
  let y = x;
  while (y < 8) sum -= 1 / y++;
  const square = 1 / (y * y);
  return sum + Math.log(y) - 0.5 / y - square * (1 / 12 - square * (1 / 120 - square / 252));
};

/** ψ′(x), the second derivative of ln Γ(x), for x > 0 (Abramowitz and Stegun, 6.4.12). */
export const trigamma = (x: number): number => {
  let sum = 0;
  let y = x;
  while (y < 8) {
    sum += 1 / (y * y);
    y++;
  }
  const square = 1 / (y * y);
  return sum + 1 / y + square / 2 + (square / y) * (1 / 6 - square * (1 / 30 - square / 42));
};

/** Where a monotone function of x > 0 takes a value, by bisection of ln x; an end of the range where it lies beyond. */
export const solveMonotone = (
  value: (x: number) => number,
  target: number,
  least: number,
  most: number,
): number => {
  const rises = value(most) > value(least);
  let low = least;
  let high = most;
  for (let step = 0; step < 60; step++) {
    const middle = Math.sqrt(low * high);
    if (value(middle) < target === rises) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
};
