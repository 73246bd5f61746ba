import { ModelError } from "../../errors.ts";
import { gridPlanes } from "../../numerics/formats.ts";
import { type Component, type Evidence, type Mark, weakestMark } from "../../technology/component.ts";
import { type NodeFactors, nodeFactors } from "../../technology/scaling.ts";
import {
  type BitletReference,
  bitletModules,
  nearestNode,
  type Technology,
} from "../../technology/technology.ts";
import type { BitletConfiguration } from "./configuration.ts";
import { gateCounts, moduleGrowth } from "./gate-counts.ts";
import { hasRow, modulePower_mW, planeDependent, planesInUse } from "./module-power.ts";

/** A part of one processing element before layout, node and leakage are seen to: power while busy, at `clock_GHz`. */
interface Part extends Evidence {
  readonly name: string;
  readonly area_mm2: number;
  readonly power_W: number;
  readonly clock_GHz: number;
}

/**
 * Area and power of the parts of one processing element at the nominal supply voltage, from the source that the
 * configuration names: `modulesOfTable`, `modulesOfGates`, `totalOfFigure` or `elementOfBbs`. With layout `post-layout`
 * both have the assumed factors of it. Of the power, `leakShare` is leakage; the rest is spent by busy cycles.
 */
export const components = (
  configuration: BitletConfiguration,
  technology: Technology,
): readonly Component[] => {
  const { power, area } = technology.layout;
  const laidOut = configuration.layout === "post-layout";
  const { leakShare } = technology.shares;
  return partsOf(configuration, technology).map(({ name, area_mm2, power_W, clock_GHz, source, mark }) => {
    const watts = power_W * (laidOut ? power.value : 1);
    return {
      name,
      area_mm2: area_mm2 * (laidOut ? area.value : 1),
      dynamicCycle_J: ((1 - leakShare.value) * watts) / (clock_GHz * 1e9),
      leakage_W: leakShare.value * watts,
      source: laidOut ? `${source}; layout: ${power.source}, ${area.source}` : source,
      mark: laidOut ? weakestMark([{ mark }, power, area]) : mark,
    };
  });
};

const partsOf = (configuration: BitletConfiguration, technology: Technology): readonly Part[] => {
  const { costSource } = configuration;
  switch (costSource) {
    case "micro21":
      return modulesOfTable(configuration, technology);
    case "gates":
      return modulesOfGates(configuration, technology);
    case "fig8":
    case "tables6-7":
      return [totalOfFigure(configuration, technology, costSource)];
    case "bbs28":
      return [elementOfBbs(configuration, technology)];
  }
};

/**
 * Rows of the authors' module table, divided by its processing elements, and scaled by the gate counts of each module
 * from the table's lanes, ports and window. Area does not depend on the format. With packing, each packed filter has its
 * own planes, adder tree and accumulator [our decision]: the power of the plane-dependent modules and the area of the
 * adder tree, which the accumulator is part of, count `packing` times; the rest is shared.
 */
const modulesOfTable = (configuration: BitletConfiguration, technology: Technology): Part[] => {
  const { packing } = configuration;
  const { table, node_nm, scaled } = tableOf(configuration, technology);
  const sizes = moduleGrowth(technology.gates, table, configuration);
  const resized = isResized(configuration, table);
  return bitletModules.map((module) => {
    const { growth, largestError } = sizes[module];
    const derivedFrom = configuration.format.kind === "float" ? table.power.float32 : table.power.fixed16;
    const row = (table.power[configuration.format.name] ?? derivedFrom)[module];
    const powers = planeDependent.includes(module) ? packing : 1;
    const evidence: { readonly mark: Mark }[] = [row, table.area[module], { mark: scaled.mark }];
    if (!hasRow(configuration, table) || resized) evidence.push({ mark: "derived" });
    if (isAssumed(configuration, table) || powers > 1) evidence.push({ mark: "our decision" });
    return {
      name: module,
      area_mm2:
        (table.area[module].value / table.pes) *
        growth *
        (module === "adderTree" ? packing : 1) *
        scaled.factors.logicArea,
      power_W:
        ((modulePower_mW(configuration, table, module) * 1e-3) / table.pes) *
        growth *
        powers *
        scaled.factors.logicPower,
      clock_GHz: table.clock_GHz,
      source:
        row.source +
        (resized ? `; size by ${technology.gates.source}, fit at most ${percent(largestError)} off` : "") +
        scaledSource(node_nm, configuration.node_nm, technology),
      mark: weakestMark(evidence),
    };
  });
};

/**
 * Gates of each module times the cost of a gate, which makes the published machine its published area and float32
 * energy. Planes that are not in use cost no energy; packing as in `modulesOfTable`.
 */
const modulesOfGates = (configuration: BitletConfiguration, technology: Technology): Part[] => {
  const { gates: table } = technology;
  const { packing, node_nm } = configuration;
  const scaled = nodeFactors(technology.scaling, table.node_nm, node_nm);
  const counts = gateCounts(table, configuration);
  const planes = planesInUse(configuration) / gridPlanes;
  const published = tableOf(configuration, technology).table;
  return bitletModules.map((module) => {
    const { gates, largestError } = counts[module];
    const ofPlanes = planeDependent.includes(module);
    const evidence: { readonly mark: Mark }[] = [table, table.area, table.energy, { mark: scaled.mark }];
    if (isAssumed(configuration, published) || (ofPlanes && packing > 1)) {
      evidence.push({ mark: "our decision" });
    }
    return {
      name: module,
      area_mm2:
        gates * table.area.value * 1e-6 * (module === "adderTree" ? packing : 1) * scaled.factors.logicArea,
      power_W:
        gates *
        table.energy.value *
        1e-15 *
        table.clock_GHz *
        1e9 *
        (ofPlanes ? planes * packing : 1) *
        scaled.factors.logicPower,
      clock_GHz: table.clock_GHz,
      source: `${table.source}, fit over lane width at most ${percent(largestError)} off; a gate: ${table.area.source}; ${table.energy.source}${scaledSource(table.node_nm, node_nm, technology)}`,
      mark: weakestMark(evidence),
    };
  });
};

/**
 * The total power that another figure of the paper implies, over the whole processing element, with the area of the
 * module table. It knows two kinds of formats and no planes. Throws ModelError `cost-source` with packing, which a total
 * cannot tell.
 */
const totalOfFigure = (
  configuration: BitletConfiguration,
  technology: Technology,
  figure: "fig8" | "tables6-7",
): Part => {
  const totals = technology.totals[figure];
  const { format, packing } = configuration;
  if (packing > 1) {
    throw new ModelError(
      "cost-source",
      `packing of ${packing}: expected 1 with costSource ${figure}, which has a total and no modules`,
    );
  }
  const { table, node_nm, scaled: areaScaled } = tableOf(configuration, technology);
  const scaled = nodeFactors(technology.scaling, totals.node_nm, configuration.node_nm);
  const sizes = moduleGrowth(technology.gates, table, configuration);
  const [before, after] = [totals, configuration].map((shape) => {
    const counts = gateCounts(technology.gates, shape);
    return bitletModules.reduce((sum, module) => sum + counts[module].gates, 0);
  });
  const area_mm2 = bitletModules.reduce(
    (sum, module) => sum + (table.area[module].value / table.pes) * sizes[module].growth,
    0,
  );
  const power = totals.power[format.kind];
  const resized = isResized(configuration, totals);
  return {
    name: "processing element",
    area_mm2: area_mm2 * areaScaled.factors.logicArea,
    power_W: (power.value / totals.pes) * (after / before) * scaled.factors.logicPower,
    clock_GHz: totals.clock_GHz,
    source: `${power.source}; area: ${table.area.preprocessing.source}${resized ? `; size by ${technology.gates.source}` : ""}${scaledSource(node_nm, configuration.node_nm, technology)}`,
    mark: weakestMark([
      power,
      { mark: scaled.mark },
      { mark: areaScaled.mark },
      { mark: isAssumed(configuration, totals) ? "our decision" : "stated" },
    ]),
  };
};

/**
 * The processing element of the BBS authors with their factor for layout in its power: 8 planes, groups of 32. Throws
 * ModelError `cost-source` for any other format or lane width, with packing, other ports or window, and fewer planes.
 */
const elementOfBbs = (configuration: BitletConfiguration, technology: Technology): Part => {
  const { bbs28: table } = technology;
  const { format, laneWidth, packing, node_nm } = configuration;
  const built = isAssumed(configuration, tableOf(configuration, technology).table)
    ? "other inputPorts or window than the defaults"
    : planesInUse(configuration) < format.bits
      ? "fewer planes"
      : "";
  if (format.name !== table.format || laneWidth !== table.laneWidth || packing !== 1 || built !== "") {
    throw new ModelError(
      "cost-source",
      `${[format.name, `laneWidth ${laneWidth}`, `packing ${packing}`, built].filter((part) => part !== "").join(", ")}: expected ${table.format}, laneWidth ${table.laneWidth}, packing 1, the only processing element of costSource bbs28`,
    );
  }
  const scaled = nodeFactors(technology.scaling, table.node_nm, node_nm);
  return {
    name: "processing element",
    area_mm2: table.area.value * 1e-6 * scaled.factors.logicArea,
    power_W: table.power.value * 1e-3 * table.layoutPower.value * scaled.factors.logicPower,
    clock_GHz: table.clock_GHz,
    source: `${table.power.source}, power for layout: ${table.layoutPower.source}${scaledSource(table.node_nm, node_nm, technology)}`,
    mark: weakestMark([table.area, table.power, table.layoutPower, { mark: scaled.mark }]),
  };
};

/** The module table of the configuration's node, or of the nearest that has one, and what scales its costs. */
const tableOf = ({ node_nm }: BitletConfiguration, technology: Technology) => {
  const node = nearestNode(technology, node_nm, ({ bitlet }) => bitlet !== undefined);
  if (node?.bitlet === undefined) throw new Error("no node has a table of Bitlet's modules");
  const scaled: NodeFactors = nodeFactors(technology.scaling, node.node_nm, node_nm);
  return { table: node.bitlet, node_nm: node.node_nm, scaled };
};

/** Whether a processing element differs in size from that of a table. */
const isResized = (configuration: BitletConfiguration, table: BitletReference): boolean =>
  configuration.laneWidth !== table.laneWidth || isAssumed(configuration, table);

/** Whether its size rests on what no synthesis has shown: other ports, or another window. */
const isAssumed = (
  { inputPorts, window }: BitletConfiguration,
  table: Pick<BitletReference, "inputPorts" | "window">,
): boolean => inputPorts !== table.inputPorts || window !== table.window;

const scaledSource = (from_nm: number, to_nm: number, { scaling }: Technology): string =>
  from_nm === to_nm ? "" : `; from ${from_nm} to ${to_nm} nm: ${scaling.source}`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Highest clock at the nominal supply voltage, in GHz: that of the cost table. Each doubling of its lanes adds a level of
 * the activation multiplexers to the critical path; that fewer lanes are faster is not assumed [our decision].
 */
export const nominalClock_GHz = (configuration: BitletConfiguration, technology: Technology): number => {
  const { costSource, laneWidth } = configuration;
  const { table } = tableOf(configuration, technology);
  const references = {
    micro21: table,
    gates: { clock_GHz: technology.gates.clock_GHz, laneWidth: table.laneWidth },
    ...technology.totals,
    bbs28: technology.bbs28,
  };
  const reference = references[costSource];
  const levels = technology.supply.pathLevels.value;
  const more = Math.max(0, Math.log2(laneWidth / reference.laneWidth));
  return reference.clock_GHz * (levels / (levels + more));
};
