import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { dominates } from "../pareto/dominance.ts";
import { engineering } from "../table/engineering.ts";

/** What a front says, in one plain sentence: its best in each objective against the baseline, where there is one. */
export const answer = (run: Run, front: Front): string => {
  const { evaluator, baseline } = run;
  const { objectives } = evaluator.plan.sweep;
  const whose = front.scope.network < 0 ? "" : ` for ${evaluator.plan.workloads[front.scope.network].name}`;
  if (front.rows.length === 0) {
    return run.compared === 0
      ? "No design could be evaluated."
      : `None of the ${run.compared} evaluated designs meets the requirements${whose}.`;
  }
  const values = front.rows.map((row) => evaluator.objectives(row, front.scope));
  const best = objectives.map(({ direction }, objective) => {
    const column = values.map((value) => value[objective]);
    return direction === "maximize" ? Math.max(...column) : Math.min(...column);
  });
  const size = `${front.rows.length} of ${run.points} designs are on the front${whose}`;
  const plainly = objectives.map(({ name }, objective) => `${name} ${engineering(best[objective])}`);
  if (baseline === null) return `${size}; its best values are ${listed(plainly)}.`;
  const reference = evaluator.objectives(baseline, front.scope);
  const directions = objectives.map(({ direction }) => direction);
  const better = values.filter((value) => dominates(value, reference, directions)).length;
  const against = objectives.map(
    ({ name }, objective) => `${engineering(best[objective] / reference[objective])} x its ${name}`,
  );
  const verdict =
    better === 0
      ? "no design is at least as good in all of these, so the baseline is on the front"
      : `${better} of them ${better === 1 ? "is" : "are"} at least as good in all of these and better in one`;
  return `${size}; against the baseline they reach, each with another design, ${listed(against)}, and ${verdict}.`;
};

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
