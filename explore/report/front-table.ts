import { boundNames } from "../../core/model/layer-demand.ts";
import { metrics } from "../../core/model/metrics.ts";
import { jointMetrics } from "../engine/columns.ts";
import type { Evaluator } from "../engine/evaluator.ts";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { configurationKey } from "../space/key.ts";
import type { Pass } from "../store/run-directory.ts";
import type { Column } from "../table/column.ts";
import { textTable } from "../table/text-table.ts";
import { designOf } from "./front-columns.ts";
import { parameterHeader } from "./units.ts";

/**
 * A front as a table for a terminal: key, the swept parameters, the objectives, what quantization costs, and the bound,
 * best first in the first objective; at most `limit` rows, evenly spread over the front, so that both of its ends are seen.
 */
export const frontTable = (run: Pick<Run, "evaluator" | "pass">, front: Front, limit: number): string => {
  const { evaluator, pass } = run;
  const { sweep } = evaluator.plan;
  const [first] = sweep.objectives;
  const sorted = front.rows
    .map((row) => ({
      row,
      objectives: evaluator.objectives(row, front.scope),
      ...designOf(evaluator, row[0]),
    }))
    .sort(
      (left, right) => (left.objectives[0] - right.objectives[0]) * (first.direction === "maximize" ? -1 : 1),
    );
  const shown = spread(sorted, limit);
  const swept = sweep.space.parameters.filter(({ values }) => values.length > 1);
  const { machines } = sweep.space;
  const columns: Column[] = [
    {
      name: "design",
      data: shown.map(({ machine, configuration }) => configurationKey(machine, configuration)),
    },
    ...(machines.length === 1 ? [] : [{ name: "machine", data: shown.map(({ machine }) => machine) }]),
    ...swept.map(({ name }) => ({
      name: parameterHeader(havingIt(machines, name), name),
      data: shown.map(({ configuration }) => String(configuration[name] ?? "")),
    })),
    ...sweep.objectives.map(({ name }, objective) => ({
      name,
      data: Float64Array.from(shown, ({ objectives }) => objectives[objective]),
    })),
    ...(sweep.objectives.some(({ name }) => name === "sqnr_dB")
      ? []
      : [
          {
            name: "sqnr_dB",
            data: Float64Array.from(shown, ({ row }) => row[sqnrPosition(evaluator, front, pass)]),
          },
        ]),
    { name: "bound", data: shown.map(({ row }) => boundNames[row[evaluator.layout(pass).bound]]) },
  ];
  return textTable(columns);
};

/** The first of the machines that has a parameter. */
const havingIt = (machines: Evaluator["plan"]["sweep"]["space"]["machines"], parameter: string): string =>
  machines.find(({ parameters }) => parameters.some(({ name }) => name === parameter))!.name;

const sqnrPosition = (evaluator: Evaluator, { scope }: Front, pass: Pass): number =>
  (scope.network < 0 ? jointMetrics : evaluator.layout(pass).networkMetrics[scope.network]) +
  metrics.findIndex(({ name }) => name === "sqnr_dB");

/** At most `limit` items at even distances, the first and the last among them. */
const spread = <T>(items: readonly T[], limit: number): T[] =>
  items.length <= limit
    ? [...items]
    : Array.from(
        { length: limit },
        (_, place) => items[Math.round((place * (items.length - 1)) / (limit - 1))],
      );
