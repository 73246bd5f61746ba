import {
  asCosts,
  asObjectives,
  type Direction,
  feasibleRows,
  ObjectiveError,
  selectRows,
} from "./objectives.ts";
import { undominatedRows } from "./undominated.ts";

/** The front of an archive: its points in the order in which they were added. */
export interface ArchiveFront {
  readonly ids: Float64Array;
  /** One array an objective, in the directions of the archive. */
  readonly objectives: Float64Array[];
}

/** The front of points that arrive in chunks. */
export interface Archive {
  /**
   * Adds points, one array an objective, and an id for each: any number, such as the index of a design. Throws an
   * ObjectiveError as `paretoFront` does, and where there is not one id a point; the archive is then as before.
   */
  add(objectives: readonly Float64Array[], ids: Float64Array): void;
  /** The front of all points added so far: what `paretoFront` finds for all of them together. */
  front(): ArchiveFront;
}

/** So many points are taken in at least before the front is found again. */
const leastPending = 4096;

/**
 * An empty archive. The front is found again once as many points are pending as are on it, so that a point costs
 * O(log front) amortized for up to three objectives. Holds at most twice the front (or 4096 points beside it, if that
 * is more) and one chunk. Throws an ObjectiveError without directions.
 *
 * @example
 * const archive = createArchive(["maximize", "minimize"]);
 * archive.add([Float64Array.of(1, 2), Float64Array.of(5, 5)], Float64Array.of(70, 71));
 * archive.add([Float64Array.of(3), Float64Array.of(6)], Float64Array.of(72));
 * archive.front().ids; // Float64Array [71, 72]
 */
export const createArchive = (directions: readonly Direction[]): Archive => {
  // Refuses an empty list of directions before anything is added.
  let pending = [
    [
      new Float64Array(0),
      ...asCosts(
        directions.map(() => new Float64Array(0)),
        directions,
      ),
    ],
  ];
  let count = 0;
  let settled = 0;

  const settle = (): void => {
    const table = joined(pending, directions.length + 1);
    const costs = table.slice(1);
    const rows = undominatedRows(costs, count, 0);
    pending = [selectRows(table, rows)];
    count = rows.length;
    settled = rows.length;
  };

  return {
    add: (objectives, ids) => {
      const costs = asCosts(objectives, directions);
      if (ids.length !== costs[0]!.length) {
        throw new ObjectiveError(
          undefined,
          undefined,
          `${ids.length} ids for ${costs[0]!.length} points, expected one each`,
        );
      }
      pending.push(selectRows([ids, ...costs], feasibleRows(costs)));
      count += pending.at(-1)![0]!.length;
      if (count >= settled + Math.max(settled, leastPending)) settle();
    },
    front: () => {
      settle();
      const [ids, ...costs] = pending[0]!;
      return { ids: ids!.slice(), objectives: asObjectives(costs, directions) };
    },
  };
};

/** Tables of so many columns below each other as one. */
const joined = (tables: readonly (readonly Float64Array[])[], width: number): Float64Array[] =>
  Array.from({ length: width }, (_, column) => {
    const all = new Float64Array(tables.reduce((rows, table) => rows + table[0]!.length, 0));
    let at = 0;
    for (const table of tables) {
      all.set(table[column]!, at);
      at += table[column]!.length;
    }
    return all;
  });
