import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";
import type { Explanation, LayerRow } from "./explain.ts";
import { parameterText } from "./units.ts";

/** An explanation as text for a terminal. */
export const explanationText = (explanation: Explanation): string => {
  const { key, machine, configuration, fidelity, networks, area, mark } = explanation;
  const settings = Object.entries(configuration).map(([name, value]) => parameterText(machine, name, value));
  const total = area.reduce((sum, { area_mm2 }) => sum + area_mm2, 0);
  const parts = [
    `Design ${key}: ${machine} (${explanation.citation})`,
    `  ${settings.join(", ")}`,
    `  fidelity ${fidelity}; weakest mark of what entered: ${mark}`,
    ...explanation.caveats.map((sentence) => `  ${sentence}`),
    "",
    `Area ${engineering(total)} mm2`,
    textTable([
      { name: "part", data: area.map(({ item }) => item) },
      { name: "count", data: Float64Array.from(area, ({ count }) => count) },
      { name: "area_mm2", data: Float64Array.from(area, ({ area_mm2 }) => area_mm2) },
      { name: "share_%", data: Float64Array.from(area, ({ area_mm2 }) => percent(area_mm2, total)) },
      { name: "mark", data: area.map((part) => part.mark) },
      { name: "source", data: area.map(({ source }) => source) },
    ]),
  ];
  for (const { name, metrics, bound, energy, layers } of networks) {
    const sum = energy.reduce((joules, { energy_J }) => joules + energy_J, 0);
    parts.push(
      `${name}: ${Object.entries(metrics)
        .map(([metric, value]) => `${metric} ${engineering(value)}`)
        .join(", ")}; bound by ${bound}`,
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
      "Layers that take longest",
      textTable(layerColumns([...layers].sort((left, right) => right.seconds - left.seconds).slice(0, 8))),
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

const layerColumns = (layers: readonly LayerRow[]) => {
  const column = (name: Exclude<keyof LayerRow, "name" | "bound">) => ({
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
