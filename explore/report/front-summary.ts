import type { Run } from "../engine/run.ts";
import { hypervolume } from "../pareto/hypervolume.ts";
import { objectiveColumns } from "../pareto/objectives.ts";

/** A run's front in numbers: of its only front, or of each network's. */
export interface FrontSummary {
  readonly points: number;
  readonly front: number;
  readonly hypervolume: number;
  /** Evaluated designs that meet the requirements and are not better than the reference in every objective. */
  readonly outside: number;
  readonly reference: Readonly<Record<string, number>>;
}

/** Summarizes the fronts of a run; with `aggregate: each` by network. */
export const frontSummary = (run: Run): FrontSummary | Record<string, FrontSummary> => {
  const { sweep, workloads } = run.evaluator.plan;
  const summaries = run.fronts.map((front): FrontSummary => {
    const rows = run.rows.filter((row) => run.evaluator.meets(row, front.scope));
    const values = rows.map((row) => run.evaluator.objectives(row, front.scope));
    const columns = objectiveColumns(values, 0, sweep.objectives.length);
    const { volume, outside } = hypervolume(
      columns,
      sweep.objectives.map(({ direction }) => direction),
      sweep.objectives.map(({ name }) => front.reference[name]),
    );
    return {
      points: run.points,
      front: front.rows.length,
      hypervolume: volume,
      outside,
      reference: front.reference,
    };
  });
  return sweep.aggregate === "each"
    ? Object.fromEntries(summaries.map((summary, network) => [workloads[network].name, summary]))
    : summaries[0];
};
