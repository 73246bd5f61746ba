import { metrics } from "../../core/model/metrics.ts";
import { objectiveColumns } from "../pareto/objectives.ts";
import { candidates } from "../pareto/staged.ts";
import { type Expression, isSimpleBound, namesOf } from "../spec/expression.ts";
import type { Evaluator } from "./evaluator.ts";

/**
 * The indices that the cycle model has to decide, in order: points whose optimistic bound no other point's pessimistic
 * bound dominates on some front, and in any case the baseline and the added points. The bounds hold for metrics that
 * move one way with the run time; where an objective is another metric or an expression, or a requirement is more than
 * comparisons of such metrics with numbers, nothing is certain before the cycle model has run, and every evaluated
 * point is taken.
 */
export const stagedCandidates = (evaluator: Evaluator, rows: readonly Float64Array[]): Float64Array => {
  const { sweep } = evaluator.plan;
  const certain =
    sweep.objectives.every(({ expression }) => expression.kind === "name" && isMonotone(expression)) &&
    sweep.require.every(({ expression }) => isSimpleBound(expression) && isMonotone(expression));
  if (!certain) return Float64Array.from(rows, (row) => row[0]);
  const directions = sweep.objectives.map(({ direction }) => direction);
  const chosen = new Set<number>();
  for (const bounds of evaluator.layout("analytical").bounds) {
    const admissible = Uint8Array.from(rows, (row) => row[bounds.admissible]);
    for (const position of candidates(
      objectiveColumns(rows, bounds.optimistic, directions.length),
      objectiveColumns(rows, bounds.pessimistic, directions.length),
      directions,
      admissible,
    )) {
      chosen.add(rows[position][0]);
    }
  }
  const known = knownIndices(evaluator);
  for (const row of rows) if (known.has(row[0])) chosen.add(row[0]);
  return Float64Array.from(chosen).sort();
};

/** Whether every metric that an expression names moves one way with the run time. */
const isMonotone = (expression: Expression): boolean =>
  namesOf(expression).every((name) => metrics.find((metric) => metric.name === name)?.withTime !== "either");

/** The indices of the baseline and of the added points. */
const knownIndices = ({ space, plan }: Evaluator): Set<number> => {
  const { baseline, points } = plan.sweep.space;
  const indices = [...(baseline ? [baseline] : []), ...points].map(({ machine, configuration }) =>
    space.indexOf(machine, configuration),
  );
  return new Set(indices.filter((index) => index !== null));
};
