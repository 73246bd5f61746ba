import { ModelError } from "../errors.ts";
import { type Format, parseFormat } from "../numerics/formats.ts";
import {
  type Component,
  type Evidence,
  type Quantity,
  weakerMark,
  weakestMark,
} from "../technology/component.ts";
import { nodeFactors } from "../technology/scaling.ts";
import type { Technology } from "../technology/technology.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/** Sources of cost that hold for several machines: see `tabledComponents`. */
const tabledSources = ["gates", "bbs28", "published"] as const;
type TabledSource = (typeof tabledSources)[number];

/** Where costs come from, for machines of which no source stops at a netlist. */
export const tabledSourceParameter: ParameterDescriptor = {
  name: "costSource",
  kind: "choice",
  choices: tabledSources,
  default: "gates",
  oneForAll: true,
  description:
    "Where the cost of a processing element comes from: synthesized gates, the processing elements of the BBS authors (fixed8), or what was published of the whole machine. A machine that the source does not have enters with what was published of it.",
};

/** The factors for layout, for machines all of whose costs stop at a netlist. */
export const tabledLayoutParameter: ParameterDescriptor = {
  name: "layout",
  kind: "choice",
  choices: ["netlist", "post-layout"],
  default: "netlist",
  oneForAll: true,
  description:
    "Whether area and power of the processing elements are those of the netlist, or with an assumed factor for layout.",
};

/** Where costs come from, and the factors for layout, for machines with gate counts beside costs after layout. */
export const tabledCostParameters: readonly ParameterDescriptor[] = [
  tabledSourceParameter,
  { ...tabledLayoutParameter, activeWhen: { costSource: ["gates"] } },
];

/** The parameters that components depend on, beside those that decide the lanes of a processing element. */
export const tabledComponentParameters = ["precision", "node", "costSource", "layout"] as const;

/** Area and power of one processing element with the lanes of the table, at its clock. */
interface Part extends Evidence {
  readonly area_mm2: number;
  readonly power_W: number;
  readonly clock_GHz: number;
  readonly lanes: number;
}

/**
 * Cost of one processing element of `machine` with `lanes` weight–activation pairs side by side, as one component, from
 * the tables of configs/machines. gates: counts times the area and the energy of a gate. bbs28: the BBS authors' element,
 * fixed8 alone, power with their factor for layout. published: the totals of the whole machine over its processing
 * elements. A machine that the source lacks enters with what was published of it, and says so; a number that nobody
 * published is NaN, never guessed. Another number of lanes than the table's scales both in proportion [our decision].
 * Formats without a row have that of the next wider fixed format [our decision: hardware for more bits runs fewer].
 * Throws ModelError `cost-source` where the tables have no row that wide.
 */
export const tabledComponents = (
  machine: string,
  configuration: Configuration,
  lanes: number,
  technology: Technology,
): readonly Component[] => {
  const { node_nm, part } = partOf(machine, configuration, technology);
  const { factors, mark } = nodeFactors(technology.scaling, node_nm, Number(configuration.node));
  const { leakShare } = technology.shares;
  const share = lanes / part.lanes;
  const watts = part.power_W * share * factors.logicPower;
  return [
    {
      name: "processing element",
      area_mm2: part.area_mm2 * share * factors.logicArea,
      dynamicCycle_J: ((1 - leakShare.value) * watts) / (part.clock_GHz * 1e9),
      leakage_W: leakShare.value * watts,
      source:
        part.source +
        (share === 1 ? "" : `; in proportion from ${part.lanes} to ${lanes} lanes`) +
        (node_nm === Number(configuration.node)
          ? ""
          : `; from ${node_nm} to ${configuration.node} nm: ${technology.scaling.source}`),
      mark: weakestMark([part, { mark }, ...(share === 1 ? [] : [{ mark: "our decision" as const }])]),
    },
  ];
};

/** The clock of the table that the costs come from, in GHz; that of the gate table for gates. */
export const tabledClock_GHz = (
  machine: string,
  configuration: Configuration,
  technology: Technology,
): number => partOf(machine, configuration, technology).part.clock_GHz;

const partOf = (
  machine: string,
  { costSource, precision, layout }: Configuration,
  technology: Technology,
): { readonly node_nm: number; readonly part: Part } => {
  const format = parseFormat(String(precision));
  const tables = technology.machines[machine] ?? {};
  const { gates, bbs28, published } = tables;
  const source = costSource as TabledSource;
  if (source === "gates" && gates !== undefined) {
    const count = rowFor(gates.gates, format, machine, source);
    const { area, energy, clock_GHz, node_nm } = technology.gates;
    const laidOut = layout === "post-layout";
    const factor = technology.layout;
    return {
      node_nm,
      part: {
        area_mm2: count.value * area.value * 1e-6 * (laidOut ? factor.area.value : 1),
        power_W: count.value * energy.value * 1e-15 * clock_GHz * 1e9 * (laidOut ? factor.power.value : 1),
        clock_GHz,
        lanes: gates.lanes,
        source: `${count.source}; gate: ${area.source}; ${energy.source}${laidOut ? `; layout: ${factor.power.source}, ${factor.area.source}` : ""}`,
        mark: weakestMark([count, area, energy, ...(laidOut ? [factor.power, factor.area] : [])]),
      },
    };
  }
  if (source === "bbs28" && bbs28 !== undefined) {
    if (format.name !== bbs28.format) {
      throw new ModelError(
        "cost-source",
        `${format.name}: expected ${bbs28.format}, the only format of costSource bbs28`,
      );
    }
    return {
      node_nm: bbs28.node_nm,
      part: {
        area_mm2: bbs28.area.value * 1e-6,
        power_W: bbs28.power.value * 1e-3 * bbs28.layoutPower.value,
        clock_GHz: bbs28.clock_GHz,
        lanes: bbs28.lanes,
        source: `${bbs28.power.source}, power for layout: ${bbs28.layoutPower.source}`,
        mark: weakestMark([bbs28.area, bbs28.power, bbs28.layoutPower]),
      },
    };
  }
  if (published === undefined) {
    throw new ModelError(
      "cost-source",
      `costSource ${source}: no cost of ${machine} is known, from it or published`,
    );
  }
  const { processingElements, area } = published;
  const power =
    Object.keys(published.power).length === 0 ? undefined : rowFor(published.power, format, machine, source);
  const factor = published.netlist && layout === "post-layout" ? technology.layout : undefined;
  const narrower = format.name !== published.format;
  const remarks = [
    processingElements === 1
      ? `${published.source}: published of one processing element`
      : `${published.source}: published totals over ${processingElements} processing elements`,
    ...(source === "published" ? [] : [`since costSource ${source} has none`]),
    ...(narrower ? [`built for ${published.format}`] : []),
    ...(factor ? [`layout: ${factor.power.source}, ${factor.area.source}`] : []),
    ...(power === undefined ? ["power was not published"] : []),
    ...(area === undefined ? ["area was not published"] : []),
  ];
  return {
    node_nm: published.node_nm,
    part: {
      area_mm2:
        area === undefined ? Number.NaN : (area.value / processingElements) * (factor?.area.value ?? 1),
      power_W:
        power === undefined
          ? Number.NaN
          : ((power.value * 1e-3) / processingElements) * (factor?.power.value ?? 1),
      clock_GHz: published.clock_GHz,
      lanes: published.lanes,
      source: remarks.join("; "),
      mark: weakestMark([
        published,
        { mark: "derived" },
        ...(narrower ? [{ mark: "our decision" as const }] : []),
        ...(factor ? [factor.power, factor.area] : []),
        ...(area ? [area] : []),
        ...(power ? [power] : []),
      ]),
    },
  };
};

/** The row of a format, or of the next wider one of its kind. */
const rowFor = (
  rows: Readonly<Record<string, Quantity>>,
  format: Format,
  machine: string,
  source: string,
): Quantity => {
  const own = rows[format.name];
  if (own !== undefined) return own;
  const wider = Object.keys(rows)
    .map(parseFormat)
    .filter(({ kind, bits }) => kind === format.kind && bits >= format.bits)
    .sort((left, right) => left.bits - right.bits);
  if (wider.length === 0) {
    throw new ModelError(
      "cost-source",
      `${format.name}: costSource ${source} has ${Object.keys(rows).join(", ")} of ${machine}`,
    );
  }
  const row = rows[wider[0].name];
  return {
    ...row,
    source: `${row.source}, as of ${wider[0].name}`,
    mark: weakerMark(row.mark, "our decision"),
  };
};
