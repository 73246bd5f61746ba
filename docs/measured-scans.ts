import { readFile } from "node:fs/promises";
import * as Schema from "effect/Schema";
import { decodeYaml } from "../explore/catalog/yaml.ts";

const numbers = Schema.Array(Schema.Finite);

const MeasuredScans = Schema.Struct({
  source: Schema.String,
  mark: Schema.Literal("measured"),
  unit: Schema.Literal("cycle"),
  /** Groups that each mean was taken over. */
  groups: Schema.Int,
  laneWidths: numbers,
  /** By operands, a mean a lane width. */
  means: Schema.Record(Schema.String, numbers),
});

/** The mean scans that were measured on the RTL. */
export const readMeasuredScans = async (): Promise<typeof MeasuredScans.Type> => {
  const file = new URL("rtl-mean-scans.yaml", import.meta.url);
  return decodeYaml(await readFile(file, "utf8"), "docs/rtl-mean-scans.yaml", MeasuredScans);
};
