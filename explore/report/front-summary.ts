import { visitDesigns } from "../engine/designs.ts";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { meetsRequirements, objectiveValues, scopeMetrics } from "../engine/scope-values.ts";
import { hypervolume } from "../pareto/hypervolume.ts";
import { objectiveColumns } from "../pareto/objectives.ts";
import type { Sweep } from "../spec/sweep.ts";

/** A run's front in numbers: of its only front, or of each network's. */
export interface FrontSummary {
  readonly points: number;
  readonly front: number;
  readonly hypervolume: number;
  /** Evaluated designs that meet the requirements and are not better than the reference in every objective. */
  readonly outside: number;
  readonly reference: Readonly<Record<string, number>>;
}

/** Summarizes the fronts of a run; with `aggregate: each` by network. Reads the stored designs. */
export const frontSummary = async (run: Run): Promise<FrontSummary | Record<string, FrontSummary>> => {
  const { plan } = run.evaluator;
  const outside = await designsOutside(run);
  const summaries = run.fronts.map((front, position): FrontSummary => {
    const values = front.rows.map((row) => run.evaluator.objectives(row, front.scope));
    const { volume } = hypervolume(
      objectiveColumns(values, 0, plan.sweep.objectives.length),
      plan.sweep.objectives.map(({ direction }) => direction),
      plan.sweep.objectives.map(({ name }) => front.reference[name]),
    );
    return {
      points: run.points,
      front: front.rows.length,
      hypervolume: volume,
      outside: outside[position],
      reference: front.reference,
    };
  });
  return plan.sweep.aggregate === "each"
    ? Object.fromEntries(summaries.map((summary, network) => [plan.workloads[network].name, summary]))
    : summaries[0];
};

/** For each front, the designs of the last pass that meet the requirements and are not better than its reference. */
const designsOutside = async (run: Run): Promise<number[]> => {
  const { plan, layout } = run.evaluator;
  const outside = run.fronts.map(() => 0);
  await visitDesigns(run, (columns, pass) => {
    if (pass !== run.pass) return;
    run.fronts.forEach((front, position) => {
      const scoped = scopeMetrics({ columns }, layout(pass), front.scope);
      const meets = meetsRequirements(plan, scoped);
      const values = objectiveValues(plan, scoped);
      meets.forEach((fulfilled, row) => {
        if (fulfilled === 1 && !isInside(front, plan.sweep, values, row)) outside[position]++;
      });
    });
  });
  return outside;
};

const isInside = (
  { reference }: Front,
  { objectives }: Sweep,
  values: readonly Float64Array[],
  row: number,
): boolean =>
  objectives.every(({ name, direction }, objective) => {
    const value = values[objective][row];
    return (
      Number.isFinite(value) && (direction === "maximize" ? value > reference[name] : value < reference[name])
    );
  });
