import { selectRows } from "./objectives.ts";
import { denseRanks, sortRows } from "./rank.ts";
import { rankSet } from "./rank-set.ts";
import { undominatedRows } from "./undominated.ts";

/** A sum that keeps what its additions round off (W. Kahan, CACM 8(1), 1965); for terms of one sign. */
interface Sum {
  total: number;
  lost: number;
}

const accumulate = (sum: Sum, term: number): void => {
  const corrected = term - sum.lost;
  const total = sum.total + corrected;
  sum.lost = total - sum.total - corrected;
  sum.total = total;
};

/**
 * The volume of three costs. By rising first cost, each point adds the area that it is the first to cover in the other
 * two, up to the limit of the first. The points that bound the area, by rank of the second cost, are a staircase:
 * rising in the second cost, falling in the third.
 */
const volumeOfThree = (costs: readonly Float64Array[], limits: readonly number[]): number => {
  const [first, second, third] = [costs[0]!, costs[1]!, costs[2]!];
  const [firstLimit, secondLimit, thirdLimit] = [limits[0]!, limits[1]!, limits[2]!];
  const bySecond = sortRows(second);
  const { ranks, distinct } = denseRanks(second, bySecond);
  const corners = rankSet(distinct);
  const across = new Float64Array(distinct);
  const up = new Float64Array(distinct);
  const sum: Sum = { total: 0, lost: 0 };
  for (const row of sortRows(first, bySecond)) {
    const rank = ranks[row]!;
    const low = third[row]!;
    const left = corners.upTo(rank);
    let top = left < 0 ? thirdLimit : up[left]!;
    if (top <= low) continue;
    if (left === rank) corners.remove(rank);
    let from = second[row]!;
    let area = 0;
    let next = corners.above(rank);
    for (; next >= 0 && up[next]! >= low; next = corners.above(next)) {
      area += (across[next]! - from) * (top - low);
      from = across[next]!;
      top = up[next]!;
      corners.remove(next);
    }
    area += ((next < 0 ? secondLimit : across[next]!) - from) * (top - low);
    corners.add(rank);
    across[rank] = second[row]!;
    up[rank] = low;
    accumulate(sum, area * (firstLimit - first[row]!));
  }
  return sum.total;
};

/**
 * The volume between points and a limit that is worse than all of them in every cost. Dominated points and copies add
 * nothing. O(n log n) for up to three costs. With more, the points come by rising first cost, and each adds what it is
 * the first to cover in the others, as `exclusiveVolume` of those before it: at most O(n² log n) for four costs, and
 * a factor n more for each further one.
 */
export const volumeOf = (costs: readonly Float64Array[], limits: readonly number[]): number => {
  if (costs.length <= 3) {
    const missing = 3 - costs.length;
    const flat = Array.from({ length: missing }, () => new Float64Array(costs[0]!.length));
    return volumeOfThree([...costs, ...flat], [...limits, ...flat.map(() => 1)]);
  }
  const front = selectRows(costs, undominatedRows(costs, costs[0]!.length, 0));
  const ordered = selectRows(front, sortRows(front[0]!));
  const others = ordered.slice(1);
  const sum: Sum = { total: 0, lost: 0 };
  for (let row = 0; row < ordered[0]!.length; row++) {
    const before = others.map((column) => column.subarray(0, row));
    const point = others.map((column) => column[row]!);
    accumulate(sum, exclusiveVolume(before, point, limits.slice(1)) * (limits[0]! - ordered[0]![row]!));
  }
  return sum.total;
};

/**
 * The volume that a point covers and none of the other points does: all of the point's, less what it shares with them,
 * which is the volume of the others made no better than the point in any cost (L. While, L. Bradstreet, L. Barone, IEEE
 * Trans. Evolutionary Computation 16(1), 2012).
 */
export const exclusiveVolume = (
  others: readonly Float64Array[],
  point: readonly number[],
  limits: readonly number[],
): number => {
  const limited = others.map((column, cost) => {
    const least = point[cost]!;
    return column.map((value) => Math.max(value, least));
  });
  for (let row = 0; row < limited[0]!.length; row++) {
    if (limited.every((column, cost) => column[row] === point[cost])) return 0;
  }
  const own = point.reduce((product, value, cost) => product * (limits[cost]! - value), 1);
  return Math.max(0, own - volumeOf(limited, limits));
};
