import type { Evidence, Quantity } from "./component.ts";

/** Gates of one processing element, in NAND2 equivalents, by format; what a gate costs is in the gate table. */
export interface GateCounts extends Evidence {
  /** Weight–activation pairs that the counted processing element has side by side. */
  readonly lanes: number;
  readonly gates: Readonly<Record<string, Quantity>>;
}

/** One processing element in the comparison of the BBS authors, before layout: um2 and mW. */
export interface BbsElement {
  readonly lanes: number;
  readonly node_nm: number;
  readonly clock_GHz: number;
  readonly format: string;
  readonly area: Quantity;
  readonly power: Quantity;
  /** By what their simulator multiplies the power for layout. */
  readonly layoutPower: Quantity;
}

/** What was published of a whole machine: mm2, and mW by format where it was. */
export interface PublishedSilicon extends Evidence {
  readonly lanes: number;
  readonly node_nm: number;
  readonly clock_GHz: number;
  /** Processing elements that the totals are shared by. */
  readonly processingElements: number;
  /** What its operands are: it runs narrower ones in the same hardware. */
  readonly format: string;
  /** Whether the totals stop at a netlist, so that the factors for layout apply. */
  readonly netlist: boolean;
  readonly area?: Quantity;
  readonly power: Readonly<Record<string, Quantity>>;
}

/** Costs of a machine's processing element by where they come from; what is absent nobody published. */
export interface MachineTables {
  readonly gates?: GateCounts;
  readonly bbs28?: BbsElement;
  readonly published?: PublishedSilicon;
}
