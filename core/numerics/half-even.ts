/** 1.5 · 2⁵²: adding it to a float64 below 2⁵¹ leaves no fraction bits, so the sum is rounded to an integer. */
const roundingShift = 6755399441055744;

/** The nearest integer, ties to the even one, by float64's own rounding. Assumes |value| < 2⁵¹. */
export const roundHalfEven = (value: number): number => value + roundingShift - roundingShift;
