/** A table shorter than this is not worth a filter. */
const filteredFrom = 4096;
const sampleSize = 512;
const mostPivots = 12;

/** Whether `left` is at least as good as `right` in every cost and better in one. */
const strictlyCovers = (costs: readonly Float64Array[], left: number, right: number): boolean => {
  let better = false;
  for (const column of costs) {
    const [least, other] = [column[left]!, column[right]!];
    if (least > other) return false;
    if (least < other) better = true;
  }
  return better;
};

/**
 * A sample of rows 0 … count − 1 at the multiples of the golden ratio: spread evenly, yet in step with no period that
 * a sweep's parameters give its rows.
 */
const sampleRows = (count: number): Int32Array =>
  Int32Array.from({ length: sampleSize }, (_, index) =>
    Math.floor(((((index + 1) * (Math.sqrt(5) - 1)) / 2) % 1) * count),
  );

/**
 * Up to twelve rows that dominate much: from the best of a sample of the rows below `dominators`, each the one that
 * dominates most of the sample that those before it leave. None where the sample is mostly front, since a filter
 * would then cost more than it saves.
 */
const choosePivots = (costs: readonly Float64Array[], dominators: number): number[] => {
  const sample = sampleRows(dominators);
  const best = sample.filter((row) => !sample.some((other) => strictlyCovers(costs, other, row)));
  if (best.length > sampleSize / 2) return [];
  const pivots: number[] = [];
  let left = sample.filter((row) => !best.includes(row));
  while (left.length > 0 && pivots.length < mostPivots) {
    let [pivot, most] = [-1, 0];
    for (const candidate of best) {
      let covered = 0;
      for (const row of left) if (strictlyCovers(costs, candidate, row)) covered++;
      if (covered > most) [pivot, most] = [candidate, covered];
    }
    pivots.push(pivot);
    left = left.filter((row) => !strictlyCovers(costs, pivot, row));
  }
  return pivots;
};

/**
 * The rows that none of a few pivots dominates, ascending: all that can be undominated, and few more. The pivots are
 * rows below `dominators`. Assumes finite costs. One pass over the rows.
 */
export const filterRows = (costs: readonly Float64Array[], dominators: number): Int32Array => {
  const pivots = dominators < filteredFrom ? [] : choosePivots(costs, dominators);
  const width = costs.length;
  const vectors = Float64Array.from(pivots.flatMap((pivot) => costs.map((column) => column[pivot]!)));
  const point = new Float64Array(width);
  const rows = new Int32Array(costs[0]!.length);
  let kept = 0;
  for (let row = 0; row < rows.length; row++) {
    for (let cost = 0; cost < width; cost++) point[cost] = costs[cost]![row]!;
    let open = true;
    for (let from = 0; from < vectors.length && open; from += width) {
      let cost = 0;
      while (cost < width && vectors[from + cost]! <= point[cost]!) cost++;
      if (cost < width) continue;
      for (cost = 0; cost < width && open; cost++) open = vectors[from + cost] === point[cost];
    }
    if (open) rows[kept++] = row;
  }
  return rows.subarray(0, kept);
};
