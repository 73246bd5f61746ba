import { readFile } from "node:fs/promises";
import * as Schema from "effect/Schema";
import type { DramType } from "../core/technology/dram.ts";
import { type BitletTable, bitletModules } from "../core/technology/technology.ts";
import { decodeYaml } from "../explore/catalog/yaml.ts";

const percent = Schema.Finite;

const Fig9 = Schema.Struct({
  source: Schema.String,
  mark: Schema.Literal("stated"),
  unit: Schema.Literal("percent"),
  networks: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      precision: Schema.Literals(["fixed8", "fixed16", "float32"]),
      dram: percent,
      preprocessing: Schema.optionalKey(percent),
      wire: Schema.optionalKey(percent),
      adderTree: Schema.optionalKey(percent),
      postprocessing: Schema.optionalKey(percent),
    }),
  ),
});

/** The shares of system energy that the figure has. */
export const readFig9 = async (): Promise<typeof Fig9.Type> => {
  const file = new URL("micro21-fig9.yaml", import.meta.url);
  return decodeYaml(await readFile(file, "utf8"), "docs/micro21-fig9.yaml", Fig9);
};

/** Power of one channel that streams all the time, in W. */
export const streamingPower_W = ({ bandwidth, energy }: DramType): number =>
  bandwidth.value * 1e9 * 8 * energy.value * 1e-12;

/** Power of all processing elements of a module table while they are busy, in W. */
export const elementsPower_W = ({ power }: BitletTable, precision: string): number =>
  bitletModules.reduce((sum, module) => sum + power[precision][module].value, 0) * 1e-3;

/**
 * The share of DRAM, in percent, in a system of one channel that streams all the time and processing elements that are
 * always busy: a ratio of two powers, the same for every network of a precision.
 */
export const streamingShare = (dram: DramType, table: BitletTable, precision: string): number => {
  const channel = streamingPower_W(dram);
  return (100 * channel) / (channel + elementsPower_W(table, precision));
};

/** The power of DRAM beside that of the processing elements that gives a share in percent, in W. */
export const impliedPower_W = (share: number, table: BitletTable, precision: string): number =>
  (elementsPower_W(table, precision) * share) / (100 - share);
