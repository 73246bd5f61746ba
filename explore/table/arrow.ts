import { columnFromArray, float64, int32, tableFromColumns, tableToIPC, utf8 } from "@uwdata/flechette";
import { writeFileAtomically } from "../store/atomic-file.ts";
import type { Column } from "./column.ts";

const arrowType = (data: Column["data"]) => {
  if (data instanceof Float64Array) return float64();
  return data instanceof Int32Array ? int32() : utf8();
};

/**
 * Writes columns as an Arrow IPC file, whole or not at all: Float64Array as Float64, Int32Array as Int32, text as
 * Utf8. No value is null.
 */
export const writeArrow = async (path: string, columns: readonly Column[]): Promise<void> => {
  const vectors = columns.map(
    ({ name, data }) =>
      [
        name,
        columnFromArray(data as Exclude<typeof data, readonly string[]> | string[], arrowType(data)),
      ] as const,
  );
  const bytes = tableToIPC(tableFromColumns(Object.fromEntries(vectors)), { format: "file" });
  if (bytes === null) throw new Error("an Arrow file that was written to memory has no bytes");
  await writeFileAtomically(path, bytes);
};
