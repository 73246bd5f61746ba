import { moduleFits } from "../core/machines/bitlet/gate-counts.ts";
import { costSources } from "../core/machines/bitlet/parameters.ts";
import type { Configuration } from "../core/machines/parameter.ts";
import { machines } from "../core/machines/registry.ts";
import { gridPlanes } from "../core/numerics/formats.ts";
import { type Component, weakestMark } from "../core/technology/component.ts";
import { voltageShare } from "../core/technology/supply.ts";
import {
  type BitletModule,
  bitletModules,
  type GateTable,
  type Technology,
} from "../core/technology/technology.ts";
import { difference, markdownTable } from "./markdown.ts";
import { elementsPower_W } from "./micro21-fig9.ts";
import { publishedMachine } from "./published-machine.ts";

const { bitlet } = machines;

/** Module names as the page has them. */
const inWords: Readonly<Record<BitletModule, string>> = {
  preprocessing: "preprocessing",
  wireOrchestrator: "wire orchestrator",
  checkWindow: "check windows",
  adderTree: "adder tree",
  postprocessing: "postprocessing",
};

/** Sums of the rows of both module tables beside the totals that their authors print. */
export const totalsTable = ({ nodes }: Technology): string =>
  markdownTable(
    [
      ["node", "", "unit", "sum of rows", "printed", "difference"],
      ...Object.entries(nodes).flatMap(([node, { bitlet: table }]) => {
        if (table === undefined) return [];
        const area = bitletModules.reduce((sum, module) => sum + table.area[module].value, 0);
        const row = (what: string, unit: string, ours: number, theirs: number, digits: number): string[] => [
          node,
          what,
          unit,
          ours.toFixed(digits),
          theirs.toFixed(digits),
          difference(ours, theirs, 2),
        ];
        return [
          row("area", "mm2", area, table.printedArea.value, 3),
          ...Object.entries(table.printedPower).map(([format, { value }]) =>
            row(`power, ${format}`, "mW", 1e3 * elementsPower_W(table, format), value, 2),
          ),
        ];
      }),
    ],
    [0, 1, 2],
  );

/** Rows of fixed formats as they would follow from those of float32, whose 24 planes are in use. */
export const planesTable = ({ nodes }: Technology): string =>
  markdownTable(
    [
      ["node", "module", "fixed16, mW", "predicted", "difference", "fixed8, mW", "predicted", "difference"],
      ...Object.entries(nodes).flatMap(([node, { bitlet: table }]) =>
        table === undefined
          ? []
          : (["wireOrchestrator", "checkWindow", "adderTree"] as const).map((module) => [
              node,
              inWords[module],
              ...([16, 8] as const).flatMap((planes) => {
                const row = table.power[`fixed${planes}`][module].value;
                const predicted = (table.power.float32[module].value * planes) / 24;
                return [row.toFixed(2), predicted.toFixed(2), difference(predicted, row)];
              }),
            ]),
      ),
    ],
    [0, 1],
  );

/**
 * Synthesized gates of each module, the line through them, and how far that is off; beside it the module's share of the
 * gates at the table's lanes and its share of the published area.
 */
export const fitsTable = ({ gates, nodes }: Technology): string => {
  const fits = moduleFits(gates);
  const counts = moduleCounts(gates);
  const { area, laneWidth } = nodes["28nm"].bitlet!;
  const at = gates.laneWidths.indexOf(laneWidth);
  const blocks = [gates.preprocessing, gates.computeEngine, gates.accumulator, gates.postprocessing];
  const all = blocks.reduce((sum, block) => sum + block[at], 0);
  const share = (module: BitletModule): number => {
    if (module === "preprocessing") return gates.preprocessing[at] / all;
    return (counts[module][at] * (module === "checkWindow" ? windows : 1)) / all;
  };
  const total = bitletModules.reduce((sum, module) => sum + area[module].value, 0);
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const names = { ...inWords, preprocessing: "preprocessing, no ports", checkWindow: "one check window" };
  return markdownTable(
    [
      [
        "gates",
        ...gates.laneWidths.map((lanes) => `${lanes} lanes`),
        "fit over N lanes",
        "largest error",
        "of all gates",
        "of the area",
      ],
      ...bitletModules.map((module) => {
        const { constant, slope, largestError } = fits[module];
        return [
          names[module],
          ...counts[module].map(withCommas),
          `${withCommas(Math.round(constant))} ${slope < 0 ? "−" : "+"} ${Math.abs(slope).toPrecision(3)} N`,
          percent(largestError),
          percent(share(module)),
          percent(area[module].value / total),
        ];
      }),
    ],
    [0],
  );
};

/** Check windows of a processing element, one a plane. */
const windows = gridPlanes;

const withCommas = (count: number): string => count.toLocaleString("en");

/** The counts that the fits run through: preprocessing without its input ports, and one check window. */
const moduleCounts = (gates: GateTable): Record<BitletModule, readonly number[]> => ({
  preprocessing: gates.preprocessing.map(
    (count, index) => count - gates.inputPorts[index] * gates.inputPort.value,
  ),
  wireOrchestrator: gates.computeEngine.map((count, index) => count - windows * gates.checkWindow[index]),
  checkWindow: gates.checkWindow,
  adderTree: gates.accumulator,
  postprocessing: gates.postprocessing,
});

/** Costs of one processing element: a busy cycle with its leakage at a clock, and area. */
const element = (components: readonly Component[], clock_GHz: number) => {
  const sum = (of: (component: Component) => number): number =>
    components.reduce((total, component) => total + of(component), 0);
  return {
    busyCycle_pJ:
      1e12 * sum(({ dynamicCycle_J, leakage_W }) => dynamicCycle_J + leakage_W / (clock_GHz * 1e9)),
    area_mm2: sum(({ area_mm2 }) => area_mm2),
    mark: weakestMark(components),
  };
};

/** The processing element by each source, in the formats that it has. */
export const sourcesTable = (technology: Technology): string =>
  markdownTable(
    [
      ["`costSource`", "lanes", "clock, GHz", "float32, pJ", "fixed16, pJ", "fixed8, pJ", "mm2", "mark"],
      ...costSources.map((costSource) => {
        const laneWidth = costSource === "bbs28" ? technology.bbs28.laneWidth : 64;
        const of = (changes: Configuration) => publishedMachine({ costSource, laneWidth, ...changes });
        const clock = bitlet.nominalClock_GHz(of({ precision: "fixed8" }), technology);
        const at = (precision: string) => element(bitlet.components(of({ precision }), technology), clock);
        const only = costSource === "bbs28" ? technology.bbs28.format : undefined;
        return [
          `\`${costSource}\``,
          String(laneWidth),
          String(clock),
          ...["float32", "fixed16", "fixed8"].map((precision) =>
            only === undefined || only === precision ? at(precision).busyCycle_pJ.toFixed(2) : "–",
          ),
          at("fixed8").area_mm2.toFixed(4),
          at("fixed8").mark,
        ];
      }),
    ],
    [0, 7],
  );

const clocks_GHz = [0.25, 0.5, 0.75, 0.9, 1, 1.05, 1.1];

/** Supply voltage and energy of a busy cycle over the clock, at two lane widths; what is out of reach is a dash. */
export const clockTable = (technology: Technology): string => {
  const cells = (laneWidth: number, clock: number): string[] => {
    const configuration = publishedMachine({ laneWidth });
    const highest = bitlet.nominalClock_GHz(configuration, technology);
    if (clock > highestClock(technology, laneWidth)) return ["–", "–", "–"];
    const voltage = voltageShare(technology.supply, clock, highest);
    const components = bitlet.components(configuration, technology);
    const sum = (of: (component: Component) => number): number =>
      components.reduce((total, component) => total + of(component), 0);
    const dynamic = voltage ** 2 * sum(({ dynamicCycle_J }) => dynamicCycle_J);
    const leakage = (voltage * sum(({ leakage_W }) => leakage_W)) / (clock * 1e9);
    return [voltage.toFixed(3), (1e12 * dynamic).toFixed(2), (1e12 * leakage).toFixed(2)];
  };
  const heads = [64, 128].flatMap((lanes) => [`${lanes} lanes: voltage`, "dynamic, pJ", "leakage, pJ"]);
  return markdownTable([
    ["clock, GHz", ...heads],
    ...clocks_GHz.map((clock) => [String(clock), ...cells(64, clock), ...cells(128, clock)]),
  ]);
};

/** The highest clock at the highest supply voltage, in GHz. */
export const highestClock = (technology: Technology, laneWidth: number): number => {
  const { threshold, exponent, maximum } = technology.supply;
  const gain = ((maximum.value - threshold.value) / (1 - threshold.value)) ** exponent.value / maximum.value;
  return gain * bitlet.nominalClock_GHz(publishedMachine({ laneWidth }), technology);
};
