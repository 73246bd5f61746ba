import { ModelError } from "../../core/errors.ts";
import { paretoFront } from "../pareto/front.ts";
import { objectiveColumns, unbeatable } from "../pareto/objectives.ts";
import { worstPoint } from "../pareto/reference.ts";
import type { FrontScope } from "./columns.ts";
import type { Evaluator } from "./evaluator.ts";

/** A front of a run. */
export interface Front {
  readonly scope: FrontScope;
  /** Rows on the front, by index; all copies of equal points. */
  readonly rows: readonly Float64Array[];
  /** Value of each objective that hypervolumes are measured from: the sweep's, else the worst finite one. */
  readonly reference: Readonly<Record<string, number>>;
  /** Rows that miss a requirement and were left out. */
  readonly excluded: number;
}

/**
 * The fronts of a sweep over the rows of its last pass. Throws ModelError `objective` where an objective is NaN or
 * infinite on the good side.
 */
export const frontsOfRows = (evaluator: Evaluator, rows: readonly Float64Array[]): Front[] => {
  const { objectives, referencePoint } = evaluator.plan.sweep;
  const directions = objectives.map(({ direction }) => direction);
  return evaluator.fronts.map((scope) => {
    const meeting = rows.filter((row) => evaluator.meets(row, scope));
    const values = meeting.map((row) => evaluator.objectives(row, scope));
    values.forEach((value, position) => {
      const unusable = value.findIndex(
        (number, objective) => Number.isNaN(number) || number === unbeatable(directions[objective]),
      );
      if (unusable < 0) return;
      const problem = Number.isNaN(value[unusable])
        ? "no number"
        : `${value[unusable]}, better than any number,`;
      throw new ModelError(
        "objective",
        `objective ${objectives[unusable].name} is ${problem} for the design with index ${meeting[position][0]}`,
      );
    });
    const columns = objectiveColumns(values, 0, objectives.length);
    const none = meeting.length === 0;
    const front = none ? [] : Array.from(paretoFront(columns, directions));
    const worst = none ? objectives.map(() => 0) : worstPoint(columns, directions);
    return {
      scope,
      rows: front.map((position) => meeting[position]),
      reference: Object.fromEntries(
        objectives.map(({ name }, objective) => [name, referencePoint[name] ?? worst[objective]]),
      ),
      excluded: rows.length - meeting.length,
    };
  });
};
