import type { Pass } from "../store/run-directory.ts";
import { concatenate } from "./concatenate.ts";
import type { Evaluator } from "./evaluator.ts";
import { type Front, growingFront } from "./fronts.ts";
import { growingCandidates } from "./staged-candidates.ts";
import type { ChunkSummary } from "./summary.ts";

/** What a run knows of a pass: the rows themselves are in its parts. */
export interface PassOutcome {
  /** Designs that were evaluated, and those that could not be. */
  readonly evaluated: number;
  readonly failed: number;
  /** How many designs failed with each message. */
  readonly errors: Readonly<Record<string, number>>;
  /** The lowest index that was evaluated, if any. */
  readonly firstEvaluated: number | undefined;
  /** Rows of the baseline and of the added points, by index. */
  readonly known: ReadonlyMap<number, Float64Array>;
  /** Fronts of the pass's rows; those of the first pass of a staged sweep are provisional. */
  readonly fronts: readonly Front[];
  /** Indices that the cycle model has to decide, ascending; none but in the first pass of a staged sweep. */
  readonly candidates: Float64Array;
}

/** A pass in the making: summaries of chunks arrive in any order. */
export interface GrowingPass {
  add(summary: ChunkSummary): void;
  /** The fronts of what has arrived so far. */
  fronts(): Front[];
  /** Throws ModelError `objective` where no front can be taken over the rows. */
  outcome(): PassOutcome;
}

/** Nothing has arrived yet. */
export const growingPass = ({ plan, fronts: scopes }: Evaluator, pass: Pass): GrowingPass => {
  const staged = plan.sweep.fidelity === "staged" && pass === "analytical";
  const fronts = scopes.map((scope) => growingFront(plan, scope));
  const open = staged ? scopes.map(() => growingCandidates(plan)) : [];
  const known = new Map<number, Float64Array>();
  const errors: Record<string, number> = {};
  let rows = 0;
  let failed = 0;
  let firstEvaluated = Infinity;
  return {
    add: (summary) => {
      rows += summary.rows;
      for (const [message, count] of Object.entries(summary.errors)) {
        errors[message] = (errors[message] ?? 0) + count;
        failed += count;
      }
      firstEvaluated = Math.min(firstEvaluated, summary.firstEvaluated);
      for (const row of summary.known) known.set(row[0], row);
      summary.fronts.forEach((share, position) => {
        fronts[position].add(share);
      });
      summary.open.forEach((share, position) => {
        open[position].add(share);
      });
    },
    fronts: () => fronts.map((front) => front.front()),
    outcome: () => {
      if (!staged) for (const front of fronts) front.check();
      const sure = staged ? Float64Array.from(known.keys()) : new Float64Array(0);
      return {
        evaluated: rows - failed,
        failed,
        errors,
        firstEvaluated: firstEvaluated === Infinity ? undefined : firstEvaluated,
        known,
        fronts: fronts.map((front) => front.front()),
        candidates: ascending([sure, ...open.map((share) => share.indices())]),
      };
    },
  };
};

/** The numbers of all arrays, each once, ascending. */
const ascending = (arrays: readonly Float64Array[]): Float64Array => {
  const all = concatenate(arrays).sort();
  return all.filter((value, position) => position === 0 || value !== all[position - 1]);
};
