/** Numbers of processing elements that `lockstepSums` answers for. */
export const lockstepPes = [2, 4, 8, 16, 32, 64, 128, 256] as const;

/** Sums over filters that come one after another, each with the cycles of `groups` groups. */
export interface LockstepCounter {
  /** Takes the next filter, whose cycles stand in `cycles` from `start` on. */
  add(cycles: Uint16Array, start: number): void;
  /** For each of `lockstepPes`, over the filters so far: Σ over groups and sets of neighbouring filters of the largest. */
  sums(): Float64Array;
}

/**
 * Counts what filters in lockstep take: at each level two sets of neighbours become one, as soon as the second is
 * complete. Memory: a list of the groups a level.
 */
export const lockstepCounter = (groups: number): LockstepCounter => {
  const complete = new Float64Array(lockstepPes.length);
  /** At each level the set that waits for its neighbour, with the largest cycles of its filters by group. */
  const waiting: Uint16Array[] = [];
  let filters = 0;

  const add = (cycles: Uint16Array, start: number): void => {
    let set: Uint16Array = cycles.subarray(start, start + groups);
    // The number of a filter says in binary which levels have a set that waits for it.
    for (let level = 0; level < lockstepPes.length; level++) {
      if (((filters >>> level) & 1) === 0) {
        waiting[level] ??= new Uint16Array(groups);
        waiting[level].set(set);
        break;
      }
      complete[level] += join(waiting[level], set);
      set = waiting[level];
    }
    filters++;
  };

  const sums = (): Float64Array => {
    const all = complete.slice();
    let rest: Uint16Array | undefined;
    for (let level = 0; level < lockstepPes.length; level++) {
      const waits = ((filters >>> level) & 1) === 1;
      if (waits) {
        // At the end a set without a neighbour stands alone.
        const last = waiting[level].slice();
        join(last, rest ?? last);
        rest = last;
      }
      if (rest !== undefined) all[level] += rest.reduce((sum, cycles) => sum + cycles, 0);
    }
    return all;
  };

  return { add, sums };
};

/** Raises the cycles of one set to those of another, group by group; answers with their sum. */
const join = (set: Uint16Array, other: Uint16Array): number => {
  let sum = 0;
  for (let group = 0; group < set.length; group++) {
    const larger = Math.max(set[group], other[group]);
    set[group] = larger;
    sum += larger;
  }
  return sum;
};

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
  for (let vector = 0; vector < vectors; vector++) {
    const counter = lockstepCounter(groups);
    for (let filter = 0; filter < filters; filter++) {
      counter.add(cycles, (vector * filters + filter) * groups);
    }
    counter.sums().forEach((sum, level) => {
      sums[level] += sum / vectors;
    });
  }
  return sums;
};
