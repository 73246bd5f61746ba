import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as Schema from "effect/Schema";
import { decodeYaml } from "../explore/catalog/yaml.ts";
import type { Comparison } from "../explore/compare/compare-machines.ts";
import { comparisonTerms, ratiosTo } from "../explore/compare/ratios.ts";
import { yamlText } from "../explore/spec/document.ts";
import { writeFileAtomically } from "../explore/store/atomic-file.ts";

const ratios = Schema.Array(Schema.NullOr(Schema.Finite));
const RecordedComparison = Schema.Struct({
  name: Schema.String,
  terms: Schema.String,
  networks: Schema.Array(Schema.Struct({ name: Schema.String, synthetic: Schema.Boolean })),
  machines: Schema.Array(
    Schema.Struct({
      title: Schema.String,
      size: Schema.String,
      lanes: Schema.Int,
      share: Schema.Finite,
      clock_GHz: Schema.Finite,
      area_mm2: Schema.Finite,
      /** null: not published. */
      power_W: Schema.NullOr(Schema.Finite),
      speedup: ratios,
      energyEfficiency: ratios,
      equalClock: ratios,
      wholeSpeedup: ratios,
    }),
  ),
});

/** A comparison as it was recorded: a ratio a network over the first machine, null where there is none. */
export type RecordedComparison = typeof RecordedComparison.Type;

/** What the documentation keeps of a comparison. */
export const recordedComparison = (comparison: Comparison): RecordedComparison => {
  const rounded = (value: number): number | null =>
    Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
  return {
    name: comparison.name,
    terms: comparisonTerms(comparison),
    networks: comparison.networks.map(({ name, synthetic }) => ({
      name,
      synthetic: synthetic !== undefined,
    })),
    machines: comparison.machines.map((machine) => ({
      title: machine.title,
      size: `${machine.size.parameter} ${machine.size.value}`,
      lanes: machine.lanes,
      share: Number(machine.share.toPrecision(3)),
      clock_GHz: machine.clock_GHz,
      area_mm2: Number(machine.area_mm2.toPrecision(6)),
      power_W: rounded(machine.power_W),
      speedup: ratiosTo(comparison, machine, "speedup").map(rounded),
      energyEfficiency: ratiosTo(comparison, machine, "energyEfficiency").map(rounded),
      equalClock: ratiosTo(comparison, machine, "equalClock").map(rounded),
      wholeSpeedup: ratiosTo(comparison, machine, "wholeSpeedup").map(rounded),
    })),
  };
};

const file = new URL("fig7-iso-area.yaml", import.meta.url);

/** The comparisons that were recorded. */
export const readFig7 = async (): Promise<readonly RecordedComparison[]> =>
  decodeYaml(await readFile(file, "utf8"), "docs/fig7-iso-area.yaml", Schema.Array(RecordedComparison));

/** Writes comparisons. */
export const writeFig7 = (recorded: readonly RecordedComparison[]): Promise<void> =>
  writeFileAtomically(
    fileURLToPath(file),
    yamlText(recorded, [
      "What docs/record-fig7.ts found of the sweeps micro21-fig7-fixed8 and micro21-fig7-fixed16.",
    ]),
  );
