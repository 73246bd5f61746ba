import type { Evidence } from "./component.ts";

/**
 * One channel of a memory type. Left out: row-buffer effects, refresh and background power (no sourced value is at
 * hand), so that DRAM energy is understated most for designs that move little.
 */
export interface DramType extends Evidence {
  readonly energy_pJPerBit: number;
  readonly bandwidth_GBs: number;
}
