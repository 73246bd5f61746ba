import { metrics } from "../../core/model/metrics.ts";
import { paretoFront } from "../pareto/front.ts";
import { feasibleRows, selectRows, unbeatable } from "../pareto/objectives.ts";
import { candidates } from "../pareto/staged.ts";
import { type Expression, isSimpleBound, namesOf } from "../spec/expression.ts";
import type { Pass } from "../store/run-directory.ts";
import { type ChunkRows, rowAt } from "./chunk-rows.ts";
import type { FrontScope } from "./columns.ts";
import type { Evaluator } from "./evaluator.ts";
import type { EnginePlan } from "./plan.ts";
import { meetsRequirements, objectiveValues, scopeMetrics, scopeMetricsAt } from "./scope-values.ts";

/**
 * What a run keeps of a chunk once its part is stored: counts, and the few rows that may still matter. It travels from
 * the worker; the rows do not.
 */
export interface ChunkSummary {
  /** Rows of the part, failed ones among them. */
  readonly rows: number;
  /** Rows that the model ran for when the part was made, and its runs: a design on a network each. */
  readonly evaluated: number;
  readonly evaluations: number;
  /** Where the time of the thread went, in seconds. */
  readonly seconds: StageSeconds;
  /** How many rows failed with each message. */
  readonly errors: Readonly<Record<string, number>>;
  /** The first failed row, if any. */
  readonly firstFailure: { readonly index: number; readonly message: string } | undefined;
  /** The lowest index that was evaluated; Infinity where none was. */
  readonly firstEvaluated: number;
  /** Rows of the baseline and of the added points. */
  readonly known: readonly Float64Array[];
  /** For each front. */
  readonly fronts: readonly FrontShare[];
  /** For each front in the first pass of a staged sweep, otherwise empty. */
  readonly open: readonly OpenShare[];
}

/** Seconds of a thread: evaluating designs, writing their part, finding what the run has to know of them. */
export interface StageSeconds {
  readonly evaluate: number;
  readonly store: number;
  readonly summarize: number;
}

/** What a chunk has to do with a front. */
export interface FrontShare {
  /** Rows on the front of the chunk: the columns of the pass. */
  readonly rows: readonly Float64Array[];
  /** Their objectives, one array an objective. */
  readonly objectives: readonly Float64Array[];
  /** Rows that were evaluated and miss a requirement. */
  readonly excluded: number;
  /** For each objective the worst finite value of a row that meets the requirements; undefined where there is none. */
  readonly worst: readonly (number | undefined)[];
  /** The first row whose objective cannot be compared, if any. */
  readonly unusable: UnusableObjective | undefined;
}

/** A value that no front can be taken over. */
export interface UnusableObjective {
  readonly index: number;
  readonly objective: number;
  readonly value: number;
}

/** Which points of a chunk the cycle model may have to decide. */
export interface OpenShare {
  /** Indices of points that no certain worst of this chunk dominates, and their best objectives. */
  readonly indices: Float64Array;
  readonly optimistic: readonly Float64Array[];
  /** Worst objectives of admissible points, those alone that no other dominates. */
  readonly pessimistic: readonly Float64Array[];
}

/** What was done for a chunk. */
export type ChunkWork = Pick<ChunkSummary, "evaluated" | "evaluations" | "seconds">;

/** Summarizes the rows of a chunk; all of them were evaluated unless `work` says otherwise. */
export const summarize = (
  evaluator: Evaluator,
  pass: Pass,
  chunk: ChunkRows,
  work?: ChunkWork,
): ChunkSummary => {
  const began = performance.now();
  const { plan, fronts } = evaluator;
  const [index] = chunk.columns;
  const errors: Record<string, number> = {};
  for (const message of chunk.errors.values()) errors[message] = (errors[message] ?? 0) + 1;
  const [failure] = chunk.errors;
  const positions = new Int32Array(index.length - chunk.errors.size);
  let count = 0;
  for (let row = 0; row < index.length; row++) if (!chunk.errors.has(row)) positions[count++] = row;
  const evaluated = {
    columns: chunk.errors.size === 0 ? chunk.columns : selectRows(chunk.columns, positions),
  };
  const known = evaluator.knownIndices;
  const staged = plan.sweep.fidelity === "staged" && pass === "analytical";
  const found = {
    errors,
    firstFailure: failure && { index: index[failure[0]], message: failure[1] },
    firstEvaluated: count === 0 ? Infinity : evaluated.columns[0][0],
    known: [...known].flatMap((wanted) => {
      const position = evaluated.columns[0].indexOf(wanted);
      return position < 0 ? [] : [rowAt(evaluated, position)];
    }),
    fronts: fronts.map((scope) => frontShare(evaluator, pass, evaluated, scope)),
    open: staged ? fronts.map((scope) => openShare(evaluator, evaluated, scope)) : [],
  };
  const { evaluate, store } = work?.seconds ?? { evaluate: 0, store: 0 };
  return {
    rows: index.length,
    evaluated: work?.evaluated ?? index.length,
    evaluations: work?.evaluations ?? index.length * plan.workloads.length,
    seconds: { evaluate, store, summarize: (performance.now() - began) / 1000 },
    ...found,
  };
};

type Evaluated = Pick<ChunkRows, "columns">;

const frontShare = (
  { plan, layout }: Evaluator,
  pass: Pass,
  evaluated: Evaluated,
  scope: FrontScope,
): FrontShare => {
  const { objectives } = plan.sweep;
  const directions = objectives.map(({ direction }) => direction);
  const all = scopeMetrics(evaluated, layout(pass), scope);
  const meets = meetsRequirements(plan, all);
  const meeting = rowsWhere(meets);
  const excluded = meets.length - meeting.length;
  const values = objectiveValues(plan, excluded === 0 ? all : selectRows(all, meeting));
  let unusable: UnusableObjective | undefined;
  const worst = values.map((column, objective) => {
    const best = unbeatable(directions[objective]);
    let found: number | undefined;
    for (let row = 0; row < column.length; row++) {
      const value = column[row];
      const indexHere = evaluated.columns[0][meeting[row]];
      if (Number.isNaN(value) || value === best) {
        if (unusable === undefined || indexHere < unusable.index)
          unusable = { index: indexHere, objective, value };
      } else if (
        Number.isFinite(value) &&
        (found === undefined || (best > 0 ? value < found : value > found))
      ) {
        found = value;
      }
    }
    return found;
  });
  const front = unusable === undefined && meeting.length > 0 ? paretoFront(values, directions) : [];
  return {
    rows: Array.from(front, (row) => rowAt(evaluated, meeting[row])),
    objectives: selectRows(values, front),
    excluded,
    worst,
    unusable,
  };
};

const openShare = ({ plan, layout }: Evaluator, evaluated: Evaluated, scope: FrontScope): OpenShare => {
  const directions = plan.sweep.objectives.map(({ direction }) => direction);
  const [index] = evaluated.columns;
  if (!isCertain(plan) || index.length === 0) {
    const none = directions.map(() => new Float64Array(0));
    return { indices: index, optimistic: none, pessimistic: none };
  }
  const ends = (["fastest", "slowest"] as const).map((side) =>
    scopeMetricsAt(side, evaluated, layout("analytical"), scope, plan),
  );
  const [atFastest, atSlowest] = ends.map((columns) => objectiveValues(plan, columns));
  const [fastMeets, slowMeets] = ends.map((columns) => meetsRequirements(plan, columns));
  const best = directions.map((direction, objective) =>
    atFastest[objective].map((value, row) =>
      direction === "maximize"
        ? Math.max(value, atSlowest[objective][row])
        : Math.min(value, atSlowest[objective][row]),
    ),
  );
  const worst = directions.map((direction, objective) =>
    atFastest[objective].map((value, row) =>
      direction === "maximize"
        ? Math.min(value, atSlowest[objective][row])
        : Math.max(value, atSlowest[objective][row]),
    ),
  );
  const admissible = fastMeets.map((meets, row) => meets & slowMeets[row]);
  const open = candidates(best, worst, directions, admissible);
  // A bound that is infinite on the good side dominates nothing, as in `candidates`.
  const certain = selectRows(
    worst,
    feasibleRows(worst).filter((row) => admissible[row] === 1),
  );
  return {
    indices: selectRows([index], open)[0],
    optimistic: selectRows(best, open),
    pessimistic: selectRows(certain, certain[0].length === 0 ? [] : paretoFront(certain, directions)),
  };
};

/** Positions with a 1. */
const rowsWhere = (flags: Uint8Array): Int32Array => {
  const rows = new Int32Array(flags.length);
  let count = 0;
  for (let row = 0; row < flags.length; row++) if (flags[row] === 1) rows[count++] = row;
  return rows.subarray(0, count);
};

/**
 * Whether bounds say anything of a sweep's objectives: they hold for metrics that move one way with the run time. Where
 * an objective is another metric or an expression, or a requirement is more than comparisons of such metrics with
 * numbers, nothing is certain before the cycle model has run.
 */
export const isCertain = ({ sweep }: EnginePlan): boolean =>
  sweep.objectives.every(({ expression }) => expression.kind === "name" && isMonotone(expression)) &&
  sweep.require.every(({ expression }) => isSimpleBound(expression) && isMonotone(expression));

/** Whether every metric that an expression names moves one way with the run time. */
const isMonotone = (expression: Expression): boolean =>
  namesOf(expression).every((name) => metrics.find((metric) => metric.name === name)?.withTime !== "either");
