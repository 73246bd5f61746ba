/** Groups of a layer: `filters` of each convolution group, `groups` of each filter. */
export interface GroupGrid {
  readonly convolutionGroups: number;
  readonly filters: number;
  readonly groups: number;
}

/** Cycles of all groups of a layer at one output position, when `columns` filters run side by side. */
export interface LockstepWork {
  /** Every step as long as the slowest of its filters. */
  readonly lockstep: number;
  /** The same, each step weighed with the share of the array that has a weight in it. */
  readonly filled: number;
  /** The most that falls to one of the columns, if none waits for another. */
  readonly independent: number;
}

/**
 * What filters in lockstep take. `cycles` has an entry a group, shape [convolutionGroups, filters, groups]. Filter m of a
 * convolution group runs in column m mod columns, with the others of its set of neighbours. The last group of a filter
 * fills `lastShare` of the lanes.
 */
export const lockstepWork = (
  cycles: Uint8Array,
  { convolutionGroups, filters, groups }: GroupGrid,
  columns: number,
  lastShare = 1,
): LockstepWork => {
  const own = new Float64Array(Math.min(columns, filters));
  const slowest = new Uint8Array(groups);
  let lockstep = 0;
  let filled = 0;
  for (let convolutionGroup = 0; convolutionGroup < convolutionGroups; convolutionGroup++) {
    for (let first = 0; first < filters; first += columns) {
      const here = Math.min(columns, filters - first);
      slowest.fill(0);
      for (let column = 0; column < here; column++) {
        const row = (convolutionGroup * filters + first + column) * groups;
        let sum = 0;
        for (let group = 0; group < groups; group++) {
          const taken = cycles[row + group];
          sum += taken;
          if (taken > slowest[group]) slowest[group] = taken;
        }
        own[column] += sum;
      }
      let set = 0;
      for (let group = 0; group < groups; group++) set += slowest[group];
      lockstep += set;
      filled += (set - (1 - lastShare) * slowest[groups - 1]) * (here / columns);
    }
  }
  return { lockstep, filled, independent: own.reduce((most, sum) => Math.max(most, sum), 0) };
};
