import { distinctPoints } from "./distinct-points.ts";
import { type Direction, selectRows } from "./objectives.ts";
import { denseRanks, sortRows } from "./rank.ts";
import { rankSet } from "./rank-set.ts";
import { asReferenced } from "./reference.ts";
import { undominatedRows } from "./undominated.ts";
import { exclusiveVolume } from "./volume.ts";

/** What a corner alone covers, between two values of the second cost, below a value of the third, from a first cost on. */
interface Box {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly since: number;
}

/**
 * Exclusive volumes of three costs, in one sweep by the first (M. T. M. Emmerich, C. M. Fonseca, EMO 2011). Assumes
 * distinct points that do not dominate each other. The points so far that no other covers in the second and third cost
 * are corners of a staircase; what one corner alone covers in these two is a row of boxes with falling tops. A new point
 * ends boxes, or parts of them, of the corners that it covers or touches; where a box ends, its volume counts.
 * O(n log n): a point adds three boxes, and one for each corner that it removes.
 */
const contributionsOfThree = (costs: readonly Float64Array[], limits: readonly number[]): Float64Array => {
  const [first, second, third] = [costs[0]!, costs[1]!, costs[2]!];
  const [firstLimit, secondLimit, thirdLimit] = [limits[0]!, limits[1]!, limits[2]!];
  const bySecond = sortRows(second);
  const { ranks, distinct } = denseRanks(second, bySecond);
  const corners = rankSet(distinct);
  /** Row of each corner, by rank. */
  const rowOf = new Int32Array(distinct);
  /** The boxes of each row from left to right, and how many of them, from the left, are ended. */
  const boxes: Box[][] = Array.from(first, () => []);
  const ended = new Int32Array(first.length);
  const volumes = new Float64Array(first.length);

  const end = (row: number, box: Box, now: number): void => {
    volumes[row]! += (box.to - box.from) * (box.top - third[row]!) * (now - box.since);
  };
  const endAll = (row: number, now: number): void => {
    for (const box of boxes[row]!.slice(ended[row])) end(row, box, now);
    boxes[row] = [];
  };

  /** Takes what lies right of `limit` from a row. */
  const cutRight = (row: number, limit: number, now: number): void => {
    const own = boxes[row]!;
    while (own.length > ended[row]! && own.at(-1)!.to > limit) {
      const box = own.pop()!;
      end(row, box, now);
      if (box.from < limit) own.push({ ...box, to: limit, since: now });
    }
  };

  /** Takes what lies above `limit` from a row. */
  const cutTop = (row: number, limit: number, now: number): void => {
    const own = boxes[row]!;
    const start = ended[row]!;
    let after = start;
    for (; after < own.length && own[after]!.top > limit; after++) end(row, own[after]!, now);
    if (after === start) return;
    own[after - 1] = { from: own[start]!.from, to: own[after - 1]!.to, top: limit, since: now };
    ended[row] = after - 1;
  };

  for (const row of sortRows(first, bySecond)) {
    const rank = ranks[row]!;
    const [now, low] = [first[row]!, third[row]!];
    const left = corners.upTo(rank - 1);
    let from = second[row]!;
    let top = thirdLimit;
    if (left >= 0) {
      top = third[rowOf[left]!]!;
      cutRight(rowOf[left]!, from, now);
    }
    const own = boxes[row]!;
    let next = corners.above(rank - 1);
    for (; next >= 0 && third[rowOf[next]!]! >= low; next = corners.above(next)) {
      const covered = rowOf[next]!;
      endAll(covered, now);
      corners.remove(next);
      own.push({ from, to: second[covered]!, top, since: now });
      [from, top] = [second[covered]!, third[covered]!];
    }
    own.push({ from, to: next < 0 ? secondLimit : second[rowOf[next]!]!, top, since: now });
    if (next >= 0) cutTop(rowOf[next]!, low, now);
    corners.add(rank);
    rowOf[rank] = row;
  }
  for (let row = 0; row < first.length; row++) endAll(row, firstLimit);
  return volumes;
};

/** The same for more costs: each point against all others. */
const contributionsOfMore = (costs: readonly Float64Array[], limits: readonly number[]): Float64Array =>
  Float64Array.from(costs[0]!, (_, row) => {
    const others = costs.map((column) => column.filter((_, other) => other !== row));
    return exclusiveVolume(
      others,
      costs.map((column) => column[row]!),
      limits,
    );
  });

/**
 * Exclusive hypervolumes: by how much the hypervolume of the front shrinks without a row, for each row. 0 for rows that
 * are not on the front or not better than the reference in every objective, and for points of which there are copies.
 * `reference` is in the objectives' own units and directions. O(n log n) for two and three objectives; with more, a
 * hypervolume of all others for each point. Throws an ObjectiveError as `hypervolume` does.
 *
 * @example
 * contributions([Float64Array.of(3, 1), Float64Array.of(2, 1)], ["maximize", "minimize"], [0, 4]); // Float64Array [4, 1]
 */
export const contributions = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  reference: readonly number[],
): Float64Array => {
  const { costs, limits, inside } = asReferenced(objectives, directions, reference);
  const all = selectRows(costs, inside);
  const front = undominatedRows(all, inside.length, 0);
  const members = selectRows(all, front);
  const { pointOf, rowOf } = distinctPoints(members);
  const points = selectRows(members, rowOf);
  const flat = new Float64Array(rowOf.length);
  const volumes =
    points.length > 3
      ? contributionsOfMore(points, limits)
      : contributionsOfThree([...points, flat].slice(0, 3), [...limits, 1].slice(0, 3));
  const copies = new Int32Array(rowOf.length);
  for (const point of pointOf) copies[point]!++;
  const result = new Float64Array(costs[0]!.length);
  pointOf.forEach((point, member) => {
    if (copies[point] === 1) result[inside[front[member]!]!] = volumes[point]!;
  });
  return result;
};
