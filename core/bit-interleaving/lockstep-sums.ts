/** Numbers of processing elements that `lockstepSums` answers for. */
export const lockstepPes = [2, 4, 8, 16, 32, 64, 128, 256] as const;

/**
 * Cycles of all groups when filters run in lockstep, 2, 4, … 256 at once in index order: for each group and each set of
 * that many neighbouring filters the largest scan, summed. `cycles` has the shape [vectors, filters, groups]; the mean
 * over vectors is taken. Entry i is for lockstepPes[i].
 */
export const lockstepSums = (
  cycles: Uint16Array,
  vectors: number,
  filters: number,
  groups: number,
): Float64Array => {
  const sums = new Float64Array(lockstepPes.length);
  const largest = new Uint16Array(filters * groups);
  for (let vector = 0; vector < vectors; vector++) {
    const start = vector * filters * groups;
    largest.set(cycles.subarray(start, start + filters * groups));
    let sets = filters;
    for (let level = 0; level < lockstepPes.length; level++) {
      const halved = Math.ceil(sets / 2);
      let sum = 0;
      for (let set = 0; set < halved; set++) {
        const target = set * groups;
        const first = 2 * set * groups;
        const second = 2 * set + 1 < sets ? first + groups : first;
        for (let group = 0; group < groups; group++) {
          const larger = Math.max(largest[first + group], largest[second + group]);
          largest[target + group] = larger;
          sum += larger;
        }
      }
      sums[level] += sum / vectors;
      sets = halved;
    }
  }
  return sums;
};
