/**
 * Expected maximum of `draws` independent draws from a histogram whose entry v says how often the value v occurs:
 * Σ over v ≥ 0 of 1 − F(v)^draws, with F(v) the share of values up to v. Neither counts nor draws have to be whole; no
 * draws give 0. How the values are distributed over steps is left out: that those of one step resemble each other, or
 * that a population is finite and drawn without putting back. Throws a RangeError for a histogram without values, and for
 * a negative or infinite number of draws.
 */
export const expectedMaximum = (histogram: ArrayLike<number>, draws: number): number => {
  if (!(draws >= 0 && draws < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${draws} draws: expected a finite number from 0`);
  }
  let total = 0;
  for (let value = 0; value < histogram.length; value++) total += histogram[value];
  if (!(total > 0)) throw new RangeError("a histogram without values has no maximum");
  if (draws === 0) return 0;
  let expected = 0;
  let above = 0;
  for (let value = histogram.length - 1; value > 0; value--) {
    above += histogram[value];
    // 1 − F^draws with F = 1 − above / total, exact also where few values lie above.
    expected -= Math.expm1(draws * Math.log1p(-Math.min(1, above / total)));
  }
  return expected;
};
