import { createArchive } from "./archive.ts";
import { hypervolume } from "./hypervolume.ts";
import { type Direction, ObjectiveError } from "./objectives.ts";
import { asReferenced } from "./reference.ts";

/**
 * How the hypervolume grows with evaluations: that of the first k rows, for each k in `evaluations`, which must be
 * whole numbers from 0 to the number of rows and must not fall. `reference` is in the objectives' own units and
 * directions. Takes a pass of an archive over the rows, and the hypervolume of the front at each k. Throws an
 * ObjectiveError as `hypervolume` does, and for another k.
 *
 * @example
 * hypervolumeCurve([Float64Array.of(3, 1), Float64Array.of(2, 1)], ["maximize", "minimize"], [0, 4], [1, 2]); // Float64Array [6, 7]
 */
export const hypervolumeCurve = (
  objectives: readonly Float64Array[],
  directions: readonly Direction[],
  reference: readonly number[],
  evaluations: readonly number[],
): Float64Array => {
  const rows = asReferenced(objectives, directions, reference).costs[0]!.length;
  evaluations.forEach((count, position) => {
    const least = evaluations[position - 1] ?? 0;
    if (Number.isInteger(count) && count >= least && count <= rows) return;
    throw new ObjectiveError(
      undefined,
      undefined,
      `${count} evaluations, expected a whole number from ${least} to ${rows}`,
    );
  });
  const archive = createArchive(directions);
  let done = 0;
  return Float64Array.from(evaluations, (count) => {
    const next = objectives.map((column) => column.subarray(done, count));
    archive.add(next, new Float64Array(count - done));
    done = count;
    return hypervolume(archive.front().objectives, directions, reference).volume;
  });
};
