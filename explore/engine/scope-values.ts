import { joinMetrics } from "../../core/model/aggregate.ts";
import { metrics } from "../../core/model/metrics.ts";
import { type Expression, type ExpressionValue, evaluate, namesOf } from "../spec/expression.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import { type ColumnLayout, type FrontScope, jointMetrics, timedMetrics } from "./columns.ts";
import type { EnginePlan } from "./plan.ts";

/** Metrics of many designs: one array a metric, in the order of `metrics`. */
export type MetricColumns = readonly Float64Array[];

/** The metrics of a chunk that a front is taken over. */
export const scopeMetrics = (
  { columns }: Pick<ChunkRows, "columns">,
  layout: ColumnLayout,
  { network }: FrontScope,
): MetricColumns => {
  const start = network < 0 ? jointMetrics : layout.networkMetrics[network];
  return columns.slice(start, start + metrics.length);
};

/**
 * The same at one end of the run time, where a pass stores the ends: as if every network took its least, or its most,
 * time. The joint metrics of several networks are joined anew.
 */
export const scopeMetricsAt = (
  side: "fastest" | "slowest",
  chunk: Pick<ChunkRows, "columns">,
  layout: ColumnLayout,
  { network }: FrontScope,
  { sweep, workloads }: EnginePlan,
): MetricColumns => {
  const ofNetwork = (which: number): Float64Array[] => {
    const columns = [...scopeMetrics(chunk, layout, { network: which })];
    timedMetrics.forEach((metric, position) => {
      columns[metric] = chunk.columns[layout.ends[which][side] + position];
    });
    return columns;
  };
  if (network >= 0) return ofNetwork(network);
  if (workloads.length === 1) return ofNetwork(0);
  const networks = workloads.map((_, which) => ofNetwork(which));
  const weights = Float64Array.from(workloads, ({ weight }) => weight);
  const joint = metrics.map(() => new Float64Array(chunk.columns[0].length));
  const vectors = new Float64Array(workloads.length * metrics.length);
  const joined = new Float64Array(metrics.length);
  for (let row = 0; row < chunk.columns[0].length; row++) {
    networks.forEach((columns, which) => {
      for (let metric = 0; metric < columns.length; metric++) {
        vectors[which * columns.length + metric] = columns[metric][row];
      }
    });
    joinMetrics(vectors, 0, weights, sweep.aggregate, joined, 0);
    for (let metric = 0; metric < joint.length; metric++) joint[metric][row] = joined[metric];
  }
  return joint;
};

const positions = new Map(metrics.map(({ name }, position) => [name, position]));

/** Calls `each` with the value of an expression of metrics for every design. */
const evaluateEach = (
  expression: Expression,
  columns: MetricColumns,
  each: (value: ExpressionValue, row: number) => void,
): void => {
  const names = namesOf(expression).map((name) => ({ name, column: columns[positions.get(name)!] }));
  const scope: Record<string, number> = {};
  for (let row = 0; row < columns[0].length; row++) {
    for (const { name, column } of names) scope[name] = column[row];
    each(evaluate(expression, scope), row);
  }
};

/** The values of each objective, as they stand in the sweep: one array an objective. */
export const objectiveValues = ({ sweep }: EnginePlan, columns: MetricColumns): Float64Array[] =>
  sweep.objectives.map(({ expression }) => {
    if (expression.kind === "name") return columns[positions.get(expression.name)!];
    const values = new Float64Array(columns[0].length);
    evaluateEach(expression, columns, (value, row) => {
      values[row] = Number(value);
    });
    return values;
  });

/** 1 for each design that fulfils every requirement of the sweep, else 0. */
export const meetsRequirements = ({ sweep }: EnginePlan, columns: MetricColumns): Uint8Array => {
  const meets = new Uint8Array(columns[0].length).fill(1);
  for (const { expression } of sweep.require) {
    evaluateEach(expression, columns, (value, row) => {
      if (value !== true) meets[row] = 0;
    });
  }
  return meets;
};
