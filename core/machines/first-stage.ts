/** Terms that the lanes of the column at hand have still to take; grows to the widest column asked for. */
let remaining = new Int32Array(256);

/**
 * Cycles that one column of lanes takes for one step, where each lane takes its terms one a cycle from the least
 * significant up, behind a shifter in two stages [Albericio et al., Bit-Pragmatic Deep Neural Network Computing, MICRO
 * 2017; as in DNNsim]. The second stage shifts all lanes by the same o, the significance of the lowest term that any of
 * them has; the first shifts each lane by up to 2^firstStageBits − 1 places more, so that a lane whose lowest term lies
 * above o + 2^firstStageBits − 1 waits. A column without terms takes one cycle.
 *
 * `terms` has a word a lane, bit k set where the lane has a term of significance k; the column is its `lanes` words from
 * `start`.
 */
export const columnCycles = (
  terms: ArrayLike<number>,
  start: number,
  lanes: number,
  firstStageBits: number,
): number => {
  if (lanes > remaining.length) remaining = new Int32Array(2 * lanes);
  const words = remaining;
  const reach = 2 ** firstStageBits;
  let any = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const word = terms[start + lane];
    words[lane] = word;
    any |= word;
  }
  let cycles = 0;
  while (any !== 0) {
    const lowest = 31 - Math.clz32(any & -any);
    // All terms in reach: from here on no lane waits for another.
    if (32 - Math.clz32(any) - lowest <= reach) return cycles + mostTerms(words, lanes);
    const within = -1 >>> (32 - lowest - reach);
    any = 0;
    for (let lane = 0; lane < lanes; lane++) {
      const word = words[lane];
      const rest = word ^ (word & -word & within);
      words[lane] = rest;
      any |= rest;
    }
    cycles++;
  }
  return Math.max(1, cycles);
};

/** Most ones in one of the words. */
const mostTerms = (words: Int32Array, lanes: number): number => {
  let most = 0;
  for (let lane = 0; lane < lanes; lane++) {
    let count = 0;
    for (let word = words[lane]; word !== 0; word &= word - 1) count++;
    if (count > most) most = count;
  }
  return most;
};
