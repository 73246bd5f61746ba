import { boundNames } from "../../core/model/layer-demand.ts";
import { rowAt } from "../engine/chunk-rows.ts";
import { visitDesigns } from "../engine/designs.ts";
import type { Run } from "../engine/run.ts";
import type { Pass } from "../store/run-directory.ts";
import type { Column } from "../table/column.ts";
import { designOf, metricColumns, parameterColumns, standInColumns } from "./front-columns.ts";

/**
 * Every evaluated design of a run as columns, in the order of their indices: index, machine, fidelity (the best that the
 * design was evaluated in), every parameter, every metric, with several networks every metric a network, bound,
 * `standIns` as in front.csv, and whether the design is on a front. Designs that could not be evaluated are left out.
 */
export const pointColumns = async (run: Run): Promise<Column[]> => {
  const { evaluator, pass, fronts } = run;
  const rows: { readonly row: Float64Array; readonly fidelity: Pass }[] = [];
  await visitDesigns(run, (columns, fidelity) => {
    for (let position = 0; position < columns[0].length; position++) {
      rows.push({ row: rowAt({ columns }, position), fidelity });
    }
  });
  const designs = rows
    .sort((left, right) => left.row[0] - right.row[0])
    .map((design) => ({ ...design, ...designOf(evaluator, design.row[0]) }));
  const members = new Set(fronts.flatMap((front) => front.rows.map((row) => row[0])));
  // Both passes have the same columns up to the bound.
  const { bound } = evaluator.layout(pass);
  return [
    { name: "index", data: Float64Array.from(designs, ({ row }) => row[0]) },
    { name: "machine", data: designs.map(({ machine }) => machine) },
    { name: "fidelity", data: designs.map(({ fidelity }) => fidelity) },
    ...parameterColumns(
      evaluator,
      designs.map(({ configuration }) => configuration),
    ),
    ...metricColumns(evaluator, pass).map(({ name, position }) => ({
      name,
      data: Float64Array.from(designs, ({ row }) => row[position]),
    })),
    { name: "bound", data: designs.map(({ row }) => boundNames[row[bound]]) },
    ...standInColumns(evaluator.plan, designs),
    { name: "onFront", data: Int32Array.from(designs, ({ row }) => (members.has(row[0]) ? 1 : 0)) },
  ];
};
