import type { Comparison } from "../compare/compare-machines.ts";
import { comparedRatios, comparisonTerms, geometricMean, ratioNames, ratiosTo } from "../compare/ratios.ts";
import type { Column } from "../table/column.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";

/** A comparison for a terminal: the machines at their sizes, a table of each ratio, and what is to be said of them. */
export const comparisonText = (comparison: Comparison): string => {
  const { machines, networks, excluded, name } = comparison;
  const terms = comparisonTerms(comparison);
  const [reference] = machines;
  const lines = [
    `Comparison ${name}: ${terms}`,
    "",
    `Machines and the sizes that the basis gives them (${terms})`,
    textTable(sizeColumns(comparison)),
    ...excluded.map(({ problem }) => `Left out: ${problem}.`),
  ];
  for (const ratio of ratioNames) {
    const { title, of } = comparedRatios[ratio];
    lines.push(
      `${title} over ${reference.title}, ${of} (${terms})`,
      textTable(ratioColumns(comparison, ratio)),
    );
  }
  for (const { name, synthetic } of networks) {
    if (synthetic !== undefined) lines.push(`${name}: ${synthetic}.`);
  }
  for (const { title, mark, costs, caveats, networks: results } of machines) {
    lines.push(`${title}: costs [${mark}] ${costs}.`, ...caveats.map((caveat) => `  ${caveat}`));
    for (const { network, problems } of results) {
      lines.push(...problems.map((problem) => `  ${network}: ${problem}`));
    }
  }
  return lines.join("\n");
};

const sizeColumns = ({ machines }: Comparison): Column[] => [
  { name: "machine", data: machines.map(({ title }) => title) },
  { name: "size", data: machines.map(({ size }) => `${size.parameter} ${size.value}`) },
  { name: "elements", data: Float64Array.from(machines, ({ processingElements }) => processingElements) },
  { name: "lanes", data: Float64Array.from(machines, ({ lanes }) => lanes) },
  {
    name: "area_mm2",
    data: rightAligned(
      "area_mm2",
      machines.map(({ area_mm2 }) => area_mm2),
    ),
  },
  {
    name: "power_W",
    data: rightAligned(
      "power_W",
      machines.map(({ power_W }) => power_W),
    ),
  },
  { name: "of budget", data: machines.map(({ share }) => `${(100 * share).toFixed(1)} %`.padStart(9)) },
  { name: "clock_GHz", data: Float64Array.from(machines, ({ clock_GHz }) => clock_GHz) },
  { name: "voltage", data: Float64Array.from(machines, ({ voltage }) => voltage) },
  { name: "mark", data: machines.map(({ mark }) => mark) },
];

/** Numbers as text that ends in one column, - for one that there is not. */
const rightAligned = (header: string, values: readonly number[]): string[] => {
  const cells = values.map((value) => (Number.isNaN(value) ? "-" : engineering(value)));
  const width = Math.max(header.length, ...cells.map((cell) => cell.length));
  return cells.map((cell) => cell.padStart(width));
};

const ratioColumns = (comparison: Comparison, ratio: (typeof ratioNames)[number]): Column[] => [
  { name: "network", data: [...comparison.networks.map(({ name }) => name), "geometric mean"] },
  ...comparison.machines.map((machine) => {
    const ratios = ratiosTo(comparison, machine, ratio);
    return { name: machine.title, data: rightAligned(machine.title, [...ratios, geometricMean(ratios)]) };
  }),
];
