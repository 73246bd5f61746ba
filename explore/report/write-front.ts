import type { Run } from "../engine/run.ts";
import { writeParquet } from "../store/parquet.ts";
import { runPaths } from "../store/run-directory.ts";
import { writeCsv } from "../table/csv.ts";
import { frontColumns } from "./front-columns.ts";

/** Writes front.csv and front.parquet of a run. The same run gives the same bytes. */
export const writeFront = async (run: Run): Promise<void> => {
  const columns = frontColumns(run.evaluator, run.fronts, run.pass);
  const paths = runPaths(run.directory);
  await writeCsv(paths.frontCsv, columns);
  await writeParquet(paths.frontParquet, columns, {
    sweep: run.evaluator.plan.sweep.name,
    reference: JSON.stringify(run.fronts.map(({ reference }) => reference)),
  });
};
