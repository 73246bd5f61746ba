import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as Schema from "effect/Schema";
import { decodeYaml } from "../explore/catalog/yaml.ts";
import type { BreakEvenMap } from "../explore/compare/break-even.ts";
import { breakEvenPlot } from "../explore/plots/break-even-map.ts";
import type { TopLevelSpec } from "../explore/plots/render.ts";
import { factorText, mapLayerText, mapTerms, wonBy } from "../explore/report/break-even-text.ts";
import { yamlText } from "../explore/spec/document.ts";
import { writeFileAtomically } from "../explore/store/atomic-file.ts";
import { markdownTable } from "./markdown.ts";

const won = {
  precision: Schema.String,
  value: Schema.Int,
  density: Schema.Finite,
  winner: Schema.String,
  factor: Schema.Finite,
};
const RecordedMap = Schema.Struct({
  parameter: Schema.String,
  terms: Schema.String,
  factor: Schema.String,
  layer: Schema.String,
  machines: Schema.Array(Schema.String),
  places: Schema.Array(Schema.Struct(won)),
  networks: Schema.Array(Schema.Struct({ ...won, network: Schema.String })),
});
type RecordedMap = typeof RecordedMap.Type;

const file = new URL("break-even.yaml", import.meta.url);

/** Writes what the documentation keeps of a map. */
export const writeMap = (map: BreakEvenMap): Promise<void> => {
  const digits = (value: number): number => Number(value.toPrecision(6));
  const place = (one: BreakEvenMap["places"][number]) => {
    const { winner, factor } = wonBy(one, map);
    const { precision, value, density } = one;
    return { precision, value, density: digits(density), winner, factor: digits(factor) };
  };
  const recorded: RecordedMap = {
    parameter: map.parameter,
    terms: mapTerms(map),
    factor: factorText(map),
    layer: mapLayerText,
    machines: map.machines.map(({ title }) => title),
    places: map.places.map(place),
    networks: map.networks.map((one) => ({ ...place(one), network: one.network })),
  };
  return writeFileAtomically(
    fileURLToPath(file),
    yamlText(recorded, ["What docs/record-break-even.ts found of the sweep break-even."]),
  );
};

/** The map that was recorded. */
export const readMap = async (): Promise<RecordedMap> =>
  decodeYaml(await readFile(file, "utf8"), "docs/break-even.yaml", RecordedMap);

/** The picture of the recorded map. */
export const mapPicture = async (): Promise<TopLevelSpec> => {
  const { parameter, terms, factor, layer, machines, places, networks } = await readMap();
  return breakEvenPlot(
    { parameter, machines, places, networks },
    { title: `The fastest machine, and ${factor}`, subtitle: `${terms}; ${layer}` },
  );
};

/** The recorded map at one value of its other parameter, a row a density. */
export const mapTable = async (value: number): Promise<string> => {
  const { parameter, terms, factor, layer, places } = await readMap();
  const here = places.filter((place) => place.value === value);
  const precisions = [...new Set(here.map(({ precision }) => precision))];
  const densities = [...new Set(here.map(({ density }) => density))];
  const cell = (precision: string, density: number): string => {
    const place = here.find((one) => one.precision === precision && one.density === density)!;
    return `${place.winner} ${Number(place.factor.toPrecision(2))}`;
  };
  const rows = densities.map((density) => [
    `${(100 * density).toFixed(0)} %`,
    ...precisions.map((precision) => cell(precision, density)),
  ]);
  return `${parameter} ${value}, ${factor} (${terms}; ${layer}):\n\n${markdownTable([["ones", ...precisions], ...rows], [1, 2, 3])}`;
};
