import { ModelError } from "../../core/errors.ts";
import { paretoFront } from "../pareto/front.ts";
import { worstPoint } from "../pareto/hypervolume.ts";
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

/** The fronts of a sweep over the rows of its last pass. Throws ModelError `objective` where an objective is NaN. */
export const frontsOfRows = (evaluator: Evaluator, rows: readonly Float64Array[]): Front[] => {
  const { objectives, referencePoint } = evaluator.plan.sweep;
  const directions = objectives.map(({ direction }) => direction);
  return evaluator.fronts.map((scope) => {
    const meeting = rows.filter((row) => evaluator.meets(row, scope));
    const values = meeting.map((row) => evaluator.objectives(row, scope));
    values.forEach((value, position) => {
      const nan = value.findIndex(Number.isNaN);
      if (nan < 0) return;
      throw new ModelError(
        "objective",
        `objective ${objectives[nan].name} is no number for the design with index ${meeting[position][0]}`,
      );
    });
    const columns = objectives.map((_, objective) => Float64Array.from(values, (value) => value[objective]));
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
