import * as Effect from "effect/Effect";
import { paretoFront } from "../pareto/front.ts";
import { hypervolume } from "../pareto/hypervolume.ts";
import { type Direction, type ObjectiveError, unbeatable } from "../pareto/objectives.ts";
import { worstPoint } from "../pareto/reference.ts";
import { type CsvTable, objectiveColumn, readCsv } from "../table/csv.ts";
import { TableError } from "../table/table-error.ts";
import { textTable } from "../table/text-table.ts";

/** A column of a table to optimize. */
export interface TableObjective {
  readonly name: string;
  readonly direction: Direction;
}

/** The front of a table of the user's own. */
export interface TableFront {
  readonly table: CsvTable;
  readonly points: number;
  /** Rows on the front, from 0, in the order of the table. */
  readonly rows: readonly number[];
  readonly reference: Readonly<Record<string, number>>;
  readonly hypervolume: number;
  /** Points that are not better than the reference in every objective. */
  readonly outside: number;
}

/**
 * The front and the hypervolume of a CSV table in two or more of its columns. `reference` gives the value of some or
 * all of them that the volume is measured from; the others take their worst value. Fails with TableError on a file,
 * column or value that cannot be used.
 */
export const tableFront = (
  path: string,
  objectives: readonly TableObjective[],
  reference: Readonly<Record<string, number>>,
): Effect.Effect<TableFront, TableError | ObjectiveError> =>
  Effect.tryPromise({
    try: async () => {
      const names = objectives.map(({ name }) => name);
      if (objectives.length < 2) {
        throw new TableError(
          path,
          undefined,
          `${objectives.length} objectives, expected --maximize and --minimize twice or more in all`,
        );
      }
      const twice = names.find((name, position) => names.indexOf(name) !== position);
      if (twice !== undefined) throw new TableError(path, undefined, `column ${twice} is an objective twice`);
      for (const name of Object.keys(reference)) {
        if (names.includes(name)) continue;
        throw new TableError(
          path,
          undefined,
          `reference ${name} is none of the objectives ${names.join(", ")}`,
        );
      }
      const table = await readCsv(path);
      if (table.rows === 0) throw new TableError(path, undefined, "has a header and no rows");
      const columns = names.map((name) => objectiveColumn(table, name));
      const directions = objectives.map(({ direction }) => direction);
      columns.forEach((column, objective) => {
        const row = column.indexOf(unbeatable(directions[objective]));
        if (row < 0) return;
        const problem = `column ${names[objective]} is ${column[row]}, which nothing can beat; expected a number`;
        throw new TableError(path, table.lines[row], problem);
      });
      const worst = worstPoint(columns, directions);
      const point = names.map((name, objective) => reference[name] ?? worst[objective]);
      const { volume, outside } = hypervolume(columns, directions, point);
      return {
        table,
        points: table.rows,
        rows: Array.from(paretoFront(columns, directions)),
        reference: Object.fromEntries(names.map((name, objective) => [name, point[objective]])),
        hypervolume: volume,
        outside,
      };
    },
    catch: (error) => error as TableError | ObjectiveError,
  });

/** A table's front for a terminal: its rows with all columns, and the volume. */
export const tableFrontText = ({
  table,
  points,
  rows,
  reference,
  hypervolume,
  outside,
}: TableFront): string => {
  const columns = table.columns.map(({ name, data }) => ({
    name,
    data:
      data instanceof Float64Array
        ? Float64Array.from(rows, (row) => data[row])
        : rows.map((row) => data[row]),
  }));
  const point = Object.entries(reference).map(([name, value]) => `${name} = ${value}`);
  return [
    textTable(columns),
    `${rows.length} of ${points} rows are on the front; hypervolume ${hypervolume} from ${point.join(", ")}; ` +
      `${outside} rows are not better than that in every objective`,
  ].join("\n");
};
