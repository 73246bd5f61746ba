import type { Evidence } from "./component.ts";
import type { DramType } from "./dram.ts";
import type { SramTable } from "./sram.ts";

/** The modules of a Bitlet processing element, as its authors' cost tables list them. */
export const bitletModules = [
  "preprocessing",
  "wireOrchestrator",
  "checkWindow",
  "adderTree",
  "postprocessing",
] as const;
export type BitletModule = (typeof bitletModules)[number];

/** Cost table of Bitlet: totals over `pes` processing elements of `laneWidth` lanes at `clock_GHz`. */
export interface BitletTable extends Evidence {
  readonly pes: number;
  readonly laneWidth: number;
  readonly clock_GHz: number;
  readonly area_mm2: Readonly<Record<BitletModule, number>>;
  /** Power of the modules by format: float32, fixed16, fixed8, … */
  readonly power_mW: Readonly<Record<string, Readonly<Record<BitletModule, number>>>>;
}

/** Gate counts of the processing element's blocks over the lane width, in NAND2 equivalents. */
export interface GateTable extends Evidence {
  readonly laneWidths: readonly number[];
  readonly preprocessing: readonly number[];
  readonly computeEngine: readonly number[];
  /** One of the 24 check windows that the compute engine holds. */
  readonly checkWindow: readonly number[];
  readonly accumulator: readonly number[];
  readonly postprocessing: readonly number[];
}

/** Costs at one technology node. */
export interface Node {
  readonly bitlet: BitletTable;
  readonly sram: SramTable;
}

/** Every cost number that the model uses: loaded from configs/technology, none is written in code. */
export interface Technology {
  readonly nodes: Readonly<Record<string, Node>>;
  readonly gates: GateTable;
  readonly dram: Readonly<Record<string, DramType>>;
  /** Energy of a cycle of a processing element without work in a layer, as a share of a busy one's. */
  readonly leakShare: Evidence & { readonly value: number };
}
