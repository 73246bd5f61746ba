import { createArchive } from "../pareto/archive.ts";
import { selectRows } from "../pareto/objectives.ts";
import { candidates } from "../pareto/staged.ts";
import { concatenate } from "./concatenate.ts";
import type { EnginePlan } from "./plan.ts";
import { isCertain, type OpenShare } from "./summary.ts";

/** The points that the cycle model may have to decide for one front, in the making. */
export interface GrowingCandidates {
  add(share: OpenShare): void;
  /**
   * Indices, in any order, of the points whose optimistic bound no other point's pessimistic bound dominates; of all
   * evaluated points where nothing is certain of the objectives. Does not depend on the order of the shares.
   */
  indices(): Float64Array;
}

/**
 * None yet. It keeps the optimistic bounds of the points that were open in their own chunk, and the pessimistic bounds that no
 * other dominates: a point that one of those of all chunks dominates is dominated by one of these.
 */
export const growingCandidates = (plan: EnginePlan): GrowingCandidates => {
  const directions = plan.sweep.objectives.map(({ direction }) => direction);
  const certain = isCertain(plan);
  const worst = createArchive(directions);
  const shares: OpenShare[] = [];
  return {
    add: (share) => {
      shares.push(share);
      worst.add(share.pessimistic, new Float64Array(share.pessimistic[0].length));
    },
    indices: () => {
      const indices = concatenate(shares.map((share) => share.indices));
      if (!certain) return indices;
      const dominators = worst.front().objectives;
      // Dominators take part as points too, and drop out again: they stand behind the points.
      const both = (side: (share: OpenShare) => readonly Float64Array[]): Float64Array[] =>
        directions.map((_, objective) =>
          concatenate([...shares.map((share) => side(share)[objective]), dominators[objective]]),
        );
      const optimistic = both((share) => share.optimistic);
      const isDominator = new Uint8Array(optimistic[0].length).fill(1, indices.length);
      const open = candidates(optimistic, optimistic, directions, isDominator);
      return selectRows(
        [indices],
        open.filter((row) => row < indices.length),
      )[0];
    },
  };
};
