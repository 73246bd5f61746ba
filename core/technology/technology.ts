import type { Evidence, Quantity } from "./component.ts";
import type { DramType } from "./dram.ts";
import type { MachineTables } from "./machine-tables.ts";
import type { Scaling } from "./scaling.ts";
import type { SramTable } from "./sram.ts";
import type { Supply } from "./supply.ts";

/** The modules of a Bitlet processing element, as its authors' cost tables list them. */
export const bitletModules = [
  "preprocessing",
  "wireOrchestrator",
  "checkWindow",
  "adderTree",
  "postprocessing",
] as const;
export type BitletModule = (typeof bitletModules)[number];

/** The processing elements that a published table counts, and how they run. */
export interface BitletReference {
  readonly pes: number;
  readonly laneWidth: number;
  readonly inputPorts: number;
  readonly window: number;
  readonly clock_GHz: number;
}

/** Cost table of Bitlet: totals over all processing elements of the reference. */
export interface BitletTable extends BitletReference {
  /** mm2 */
  readonly area: Readonly<Record<BitletModule, Quantity>>;
  /** mW of the modules by format: float32, fixed16, fixed8, … */
  readonly power: Readonly<Record<string, Readonly<Record<BitletModule, Quantity>>>>;
  /** Totals as printed, which the rows do not quite add up to: mm2, and mW by format. */
  readonly printedArea: Quantity;
  readonly printedPower: Readonly<Record<string, Quantity>>;
}

/** Totals of the processing elements in other figures of the paper, in W for float and for fixed formats. */
export interface BitletTotals extends BitletReference {
  readonly node_nm: number;
  readonly power: Readonly<Record<"float" | "fixed", Quantity>>;
}

/** Gate counts of the processing element's blocks over the lane width, in NAND2 equivalents, and what a gate costs. */
export interface GateTable extends Evidence {
  readonly laneWidths: readonly number[];
  /** Input ports of each synthesis. */
  readonly inputPorts: readonly number[];
  readonly window: number;
  /** Lane widths that the counts may be fitted for. */
  readonly validity: readonly [number, number];
  readonly preprocessing: readonly number[];
  readonly computeEngine: readonly number[];
  /** One of the 24 check windows that the compute engine holds. */
  readonly checkWindow: readonly number[];
  readonly accumulator: readonly number[];
  readonly postprocessing: readonly number[];
  /** GE that an input port adds to preprocessing. */
  readonly inputPort: Quantity;
  /** Node of the costs of a gate, in nm. */
  readonly node_nm: number;
  readonly clock_GHz: number;
  /** um2 of a gate. */
  readonly area: Quantity;
  /** fJ of a gate and busy cycle. */
  readonly energy: Quantity;
}

/** Bitlet's processing element in the comparison of the BBS authors: 8 planes, 32 weights, int8. */
export interface BbsTable {
  readonly node_nm: number;
  readonly clock_GHz: number;
  readonly laneWidth: number;
  readonly format: string;
  /** um2 and mW of one processing element before layout. */
  readonly area: Quantity;
  readonly power: Quantity;
  /** By what their simulator multiplies the power for layout. */
  readonly layoutPower: Quantity;
}

/** Costs at one technology node; a table that only some files give may be absent. */
export interface Node {
  readonly node_nm: number;
  readonly bitlet?: BitletTable;
  /** By flavour: lop, hp. */
  readonly sram: Readonly<Record<string, SramTable>>;
}

/** Every cost number that the model uses: loaded from tables, none is written in code. */
export interface Technology {
  /** By name, such as 28nm. */
  readonly nodes: Readonly<Record<string, Node>>;
  readonly gates: GateTable;
  readonly totals: Readonly<Record<"fig8" | "tables6-7", BitletTotals>>;
  readonly bbs28: BbsTable;
  /** Costs of the other machines' processing elements, by machine. */
  readonly machines: Readonly<Record<string, MachineTables>>;
  readonly dram: Readonly<Record<string, DramType>>;
  readonly shares: {
    /** Leakage, as a share of a busy cycle's energy at the table's clock and the nominal voltage. */
    readonly leakShare: Quantity;
    /** Energy of a waiting processing element's cycle, as a share of a busy one's: the default of the parameter. */
    readonly idleShare: Quantity;
  };
  /** From netlist to layout, as multiples. */
  readonly layout: Readonly<Record<"power" | "area", Quantity>>;
  readonly supply: Supply;
  readonly scaling: Scaling;
}

/** The table of a node that comes closest among those with what `has` asks for; the smaller node on a tie. */
export const nearestNode = (
  { nodes }: Technology,
  node_nm: number,
  has: (node: Node) => boolean,
): Node | undefined => {
  const distance = (node: Node): number => Math.abs(Math.log(node.node_nm / node_nm));
  return Object.values(nodes)
    .filter(has)
    .sort((left, right) => distance(left) - distance(right) || left.node_nm - right.node_nm)[0];
};
