import type { Run } from "../engine/run.ts";
import { writeParquet } from "../store/parquet.ts";
import { runPaths } from "../store/run-directory.ts";
import type { Column } from "../table/column.ts";
import { writeCsv } from "../table/csv.ts";
import { frontColumns } from "./front-columns.ts";

/** Writes front.csv of a run. The same run gives the same bytes. */
export const writeFrontCsv = async (run: Run): Promise<void> => {
  await writeCsv(runPaths(run.directory).frontCsv, columnsOf(run));
};

/** Writes front.parquet of a run. The same run gives the same bytes. */
export const writeFrontParquet = async (run: Run): Promise<void> => {
  await writeParquet(runPaths(run.directory).frontParquet, columnsOf(run), {
    sweep: run.evaluator.plan.sweep.name,
    reference: JSON.stringify(run.fronts.map(({ reference }) => reference)),
  });
};

const columnsOf = (run: Run): readonly Column[] => frontColumns(run);
