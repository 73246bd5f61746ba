/** Share of a standard normal distribution below `z` (Abramowitz and Stegun, 26.2.17; error below 1e-7). */
export const normalShare = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
};

/** Mean and standard deviation of the largest of `draws` independent standard normal numbers, to some 1e-3. */
export const normalMaximum = (draws: number): { readonly mean: number; readonly deviation: number } => {
  const from = -6;
  const step = 0.05;
  let above = 0;
  let moment = 0;
  // Of the distance from −6, whose moments are those of its tail.
  for (let distance = step / 2; distance < 14; distance += step) {
    const tail = 1 - normalShare(from + distance) ** draws;
    above += step * tail;
    moment += step * 2 * distance * tail;
  }
  return { mean: from + above, deviation: Math.sqrt(moment - above ** 2) };
};
