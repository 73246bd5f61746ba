import type { Evidence } from "./component.ts";
import { interpolateLogLog } from "./interpolate.ts";

/** Cost of SRAM over its capacity, for one access of `accessBits`. */
export interface SramTable extends Evidence {
  readonly accessBits: number;
  readonly sizes_KiB: readonly number[];
  readonly read_pJ: readonly number[];
  readonly write_pJ: readonly number[];
  readonly leakage_mW: readonly number[];
  readonly area_mm2: readonly number[];
}

/** Cost of one buffer. */
export interface SramCost {
  readonly read_JPerByte: number;
  readonly write_JPerByte: number;
  readonly leakage_W: number;
  readonly area_mm2: number;
}

/**
 * Cost of a buffer of `size_KiB`, interpolated in its table (log–log); beyond twice the table's reach ModelError
 * `beyond-table`. Leaves out banking: the energy is that of one bank of the full capacity.
 */
export const sramCost = (table: SramTable, size_KiB: number): SramCost => {
  const at = (values: readonly number[]): number =>
    interpolateLogLog(table.sizes_KiB, values, size_KiB, "SRAM capacity in KiB");
  const bytesPerAccess = table.accessBits / 8;
  return {
    read_JPerByte: (at(table.read_pJ) * 1e-12) / bytesPerAccess,
    write_JPerByte: (at(table.write_pJ) * 1e-12) / bytesPerAccess,
    leakage_W: at(table.leakage_mW) * 1e-3,
    area_mm2: at(table.area_mm2),
  };
};
