import { cycleCauses } from "../../core/model/cycle-breakdown.ts";
import type { Column } from "../table/column.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";
import type { Explanation, LayerRow, Spread } from "./explain.ts";
import { parameterText } from "./units.ts";

/** An explanation as text for a terminal: the layers that take longest, or all of them with their loop nests. */
export const explanationText = (explanation: Explanation, allLayers: boolean): string => {
  const { key, machine, configuration, fidelity, networks, area, mark, voltage } = explanation;
  const settings = Object.entries(configuration).map(([name, value]) => parameterText(machine, name, value));
  const total = area.reduce((sum, { area_mm2 }) => sum + area_mm2, 0);
  const parts = [
    `Design ${key}: ${machine} (${explanation.citation})`,
    `  ${settings.join(", ")}`,
    `  fidelity ${fidelity}; supply at ${engineering(Number(voltage.toPrecision(4)))} x the nominal voltage; weakest mark of what entered: ${mark}`,
    ...explanation.caveats.map((sentence) => `  ${sentence}`),
    ...explanation.standIns.map((text) => `  ${text}`),
    "",
    Number.isNaN(explanation.areaSpread_mm2.nominal)
      ? "Area: not known, since that of the processing elements was not published"
      : `Area ${spreadText(explanation.areaSpread_mm2, "mm2")}`,
    textTable([
      { name: "part", data: area.map(({ item }) => item) },
      { name: "count", data: Float64Array.from(area, ({ count }) => count) },
      { name: "area_mm2", data: Float64Array.from(area, ({ area_mm2 }) => area_mm2) },
      { name: "share_%", data: Float64Array.from(area, ({ area_mm2 }) => percent(area_mm2, total)) },
      { name: "mark", data: area.map((part) => part.mark) },
      { name: "source", data: area.map(({ source }) => source) },
    ]),
  ];
  for (const { name, metrics, bound, energy, layers, energySpread_J, cycles } of networks) {
    const sum = energy.reduce((joules, { energy_J }) => joules + energy_J, 0);
    parts.push(
      `${name}: ${Object.entries(metrics)
        .map(([metric, value]) => `${metric} ${engineering(value)}`)
        .join(", ")}; bound by ${bound}`,
      Number.isNaN(energySpread_J.nominal)
        ? "Energy of an inference: not known, since a power of the processing elements was not published"
        : `Energy of an inference ${spreadText(energySpread_J, "J")}`,
      textTable([
        { name: "energy of a batch", data: energy.map(({ item }) => item) },
        { name: "count", data: Float64Array.from(energy, ({ count }) => count) },
        { name: "unit", data: energy.map(({ unit }) => unit) },
        { name: "each_J", data: Float64Array.from(energy, ({ each_J }) => each_J) },
        { name: "energy_J", data: Float64Array.from(energy, ({ energy_J }) => energy_J) },
        { name: "share_%", data: Float64Array.from(energy, ({ energy_J }) => percent(energy_J, sum)) },
        { name: "mark", data: energy.map((part) => part.mark) },
        { name: "source", data: energy.map(({ source }) => source) },
      ]),
    );
    if (cycles !== undefined) {
      const all = cycleCauses.reduce((count, cause) => count + cycles[cause], 0);
      parts.push(
        textTable([
          { name: "cycles of a batch", data: cycleCauses },
          { name: "cycles", data: Float64Array.from(cycleCauses, (cause) => cycles[cause]) },
          { name: "share_%", data: Float64Array.from(cycleCauses, (cause) => percent(cycles[cause], all)) },
        ]),
      );
    }
    parts.push(
      ...(allLayers
        ? ["Layers", textTable(timeColumns(layers)), ...nestTables(layers)]
        : [
            "Layers that take longest; all of them, with their loop nests: --layers",
            textTable(
              timeColumns([...layers].sort((left, right) => right.seconds - left.seconds).slice(0, 8)),
            ),
          ]),
    );
  }
  if (explanation.upcast.length > 0) {
    parts.push(
      `Stored in fewer bits than the format has, so that low bits are zero because of the file: ${explanation.upcast.join(", ")}`,
    );
  }
  return [...parts, "Left out:", ...explanation.leavesOut.map((sentence) => `  ${sentence}`), ""].join("\n");
};

const percent = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10;

const spreadText = ({ low, nominal, high }: Spread, unit: string): string =>
  low === high
    ? `${engineering(nominal)} ${unit}`
    : `${engineering(nominal)} ${unit}, between ${engineering(low)} and ${engineering(high)} over the ranges of uncertain numbers`;

const timeColumns = (layers: readonly LayerRow[]): Column[] => {
  const column = (name: Exclude<keyof LayerRow, "name" | "bound" | "cycles" | "nest">) => ({
    name,
    data: Float64Array.from(layers, (layer) => layer[name]),
  });
  return [
    { name: "layer", data: layers.map(({ name }) => name) },
    column("seconds"),
    column("computeCycles"),
    column("dram_bytes"),
    column("compute_s"),
    column("buffers_s"),
    column("dramWeights_s"),
    column("dramActivations_s"),
    column("sqnr_dB"),
    column("cyclesError_percent"),
    { name: "bound", data: layers.map(({ bound }) => bound) },
  ];
};

/** Cycles by cause, loop nests, and accesses by level and operand, of the layers that have them. */
const nestTables = (layers: readonly LayerRow[]): string[] => {
  const traced = layers.filter(({ cycles }) => cycles !== undefined);
  const nested = layers.flatMap(({ name, nest }) => (nest === undefined ? [] : [{ name, nest }]));
  const accesses = nested.flatMap(({ name, nest }) => nest.accesses.map((access) => ({ name, ...access })));
  return [
    ...(traced.length === 0
      ? []
      : [
          "Cycles of a batch by cause",
          textTable([
            { name: "layer", data: traced.map(({ name }) => name) },
            ...cycleCauses
              .filter((cause) => cause !== "movements")
              .map((cause) => ({
                name: cause,
                data: Float64Array.from(traced, ({ cycles }) => cycles![cause]),
              })),
          ]),
        ]),
    "Loops over tiles, outermost first: g convolution groups, n inputs, m filters, c channels, p output rows; and what a tile holds",
    textTable([
      { name: "layer", data: nested.map(({ name }) => name) },
      { name: "loops", data: nested.map(({ nest }) => nest.loops || "one tile") },
      { name: "tiles", data: Float64Array.from(nested, ({ nest }) => nest.tiles) },
      { name: "filters", data: Float64Array.from(nested, ({ nest }) => nest.tile.filters) },
      { name: "channels", data: Float64Array.from(nested, ({ nest }) => nest.tile.channels) },
      { name: "rows", data: Float64Array.from(nested, ({ nest }) => nest.tile.rows) },
    ]),
    "Bytes of a batch by level and operand",
    textTable([
      { name: "layer", data: accesses.map(({ name }) => name) },
      { name: "level", data: accesses.map(({ level }) => level) },
      { name: "operand", data: accesses.map(({ operand }) => operand) },
      { name: "read_bytes", data: Float64Array.from(accesses, ({ readBytes }) => readBytes) },
      { name: "written_bytes", data: Float64Array.from(accesses, ({ writtenBytes }) => writtenBytes) },
    ]),
  ];
};
