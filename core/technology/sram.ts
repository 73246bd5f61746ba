import type { Evidence, Quantity } from "./component.ts";
import { weakerMark } from "./component.ts";
import { interpolateLogLog } from "./interpolate.ts";
import type { NodeFactors } from "./scaling.ts";

/** Energy of one access over the capacity of a bank, at one port width. */
export interface SramPort {
  readonly bits: number;
  readonly sizes_KiB: readonly number[];
  /** Capacities that the table may be read for. */
  readonly validity_KiB: readonly [number, number];
  readonly read_pJ: readonly number[];
  readonly write_pJ: readonly number[];
}

/** Cost of an SRAM bank over its capacity. Leakage and area are those of the first port, at every width. */
export interface SramTable extends Evidence {
  /** Time between two accesses of a bank. */
  readonly cycle: Quantity;
  readonly ports: readonly SramPort[];
  readonly leakage_mW: readonly number[];
  readonly area_mm2: readonly number[];
}

/** Cost of one buffer, all of its banks together. */
export interface SramCost extends Evidence {
  readonly banks: number;
  readonly read_JPerByte: number;
  readonly write_JPerByte: number;
  readonly leakage_W: number;
  readonly area_mm2: number;
}

/** What is asked of a buffer. */
export interface SramRequest {
  /** The buffer in messages, such as `weightBuffer`. */
  readonly name: string;
  readonly size_KiB: number;
  readonly portBits: number;
  readonly bandwidth_GBs: number;
}

/** Banks that deliver a bandwidth, each one access of the port's width in its cycle. */
const banksFor = (table: SramTable, portBits: number, bandwidth_GBs: number): number =>
  // A bandwidth that is met exactly may come out a digit higher.
  Math.max(1, Math.ceil((bandwidth_GBs * table.cycle.value) / (portBits / 8) - 1e-9));

/**
 * Cost of a buffer of equal banks, as many as its bandwidth needs: an access goes to one of them, all leak and take
 * area. Interpolated in the table at the capacity of a bank (log–log); beyond its reach ModelError `beyond-table`, for a
 * port width that it has not `port`. Left out: what distributes accesses to the banks, and conflicts in a bank.
 */
export const sramCost = (
  table: SramTable,
  { name, size_KiB, portBits, bandwidth_GBs }: SramRequest,
  { factors, mark }: NodeFactors,
): SramCost => {
  const port = table.ports.find(({ bits }) => bits === portBits);
  const [narrow] = table.ports;
  if (port === undefined) {
    throw new Error(`no port of ${portBits} bits: a sweep offers those of the table`);
  }
  const banks = banksFor(table, portBits, bandwidth_GBs);
  const what =
    banks === 1
      ? `${name} of ${size_KiB} KiB: SRAM capacity in KiB`
      : `${name} of ${size_KiB} KiB in ${banks} banks, which ${bandwidth_GBs} GB/s need at ${portBits} bits: capacity of a bank in KiB`;
  const at = ({ sizes_KiB, validity_KiB }: SramPort, values: readonly number[]): number =>
    interpolateLogLog(sizes_KiB, values, validity_KiB, size_KiB / banks, what);
  const bytes = portBits / 8;
  return {
    banks,
    read_JPerByte: ((at(port, port.read_pJ) * 1e-12) / bytes) * factors.sramRead,
    write_JPerByte: ((at(port, port.write_pJ) * 1e-12) / bytes) * factors.sramWrite,
    leakage_W: banks * at(narrow, table.leakage_mW) * 1e-3 * factors.sramLeakage,
    area_mm2: banks * at(narrow, table.area_mm2) * factors.sramArea,
    source:
      port === narrow
        ? table.source
        : `${table.source}; leakage and area at ${portBits} bits are not known: those at ${narrow.bits}`,
    mark: weakerMark(weakerMark(table.mark, mark), port === narrow ? "stated" : "our decision"),
  };
};
