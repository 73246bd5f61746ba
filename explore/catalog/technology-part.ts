import type { DramType } from "../../core/technology/dram.ts";
import type { ScaledKind } from "../../core/technology/scaling.ts";
import type { SramTable } from "../../core/technology/sram.ts";
import type { BitletTable, GateTable, Node, Technology } from "../../core/technology/technology.ts";
import { inherited, rowQuantities } from "./quantity-schema.ts";
import type {
  bitletSection,
  gatesSection,
  sramSection,
  TechnologyFile,
  totalsSection,
} from "./technology-file.ts";

/** What a file of cost tables holds. */
export interface TechnologyPart extends Partial<Omit<Technology, "nodes">> {
  readonly node?: Node;
}

/** The tables of a file as the model takes them. */
export const technologyPart = (file: typeof TechnologyFile.Type): TechnologyPart => {
  const { version: _, node, bitlet, sram, gates, totals, bbs28, scaling, dram, ...rest } = file;
  return {
    ...rest,
    ...(node && {
      node: {
        node_nm: node.value,
        ...(bitlet && { bitlet: bitletTable(bitlet) }),
        sram: Object.fromEntries(
          Object.entries(sram ?? {}).map(([flavour, table]) => [flavour, sramTable(table!)]),
        ),
      },
    }),
    ...(gates && { gates: gateTable(gates) }),
    ...(totals && {
      totals: {
        fig8: totalsTable(totals.fig8),
        "tables6-7": totalsTable(totals["tables6-7"]),
      },
    }),
    ...(bbs28 && {
      bbs28: {
        node_nm: bbs28.node.value,
        clock_GHz: bbs28.clock.value,
        laneWidth: bbs28.laneWidth,
        format: bbs28.format,
        area: inherited(bbs28.area, bbs28),
        power: inherited(bbs28.power, bbs28),
        layoutPower: inherited(bbs28.layoutPower, bbs28),
      },
    }),
    ...(dram && { dram: dram as Readonly<Record<string, DramType>> }),
    ...(scaling && {
      scaling: {
        source: scaling.source,
        mark: scaling.mark,
        from_nm: scaling.from.value,
        to_nm: scaling.to.value,
        divisors: Object.fromEntries(
          Object.entries(scaling.divisors.values).map(([kind, written]) => [
            kind,
            typeof written === "number" ? written : written.value,
          ]),
        ) as Record<ScaledKind, number>,
        validity_nm: scaling.validity.values,
      },
    }),
  };
};

const referenceOf = ({
  pes,
  laneWidth,
  inputPorts,
  window,
  clock,
}: {
  readonly pes: number;
  readonly laneWidth: number;
  readonly inputPorts: number;
  readonly window: number;
  readonly clock: { readonly value: number };
}) => ({ pes, laneWidth, inputPorts, window, clock_GHz: clock.value });

const bitletTable = (table: typeof bitletSection.Type): BitletTable => ({
  ...referenceOf(table),
  area: rowQuantities(table.area.values, "mm2", table),
  power: Object.fromEntries(
    Object.entries(table.power.values).map(([format, values]) => [
      format,
      rowQuantities(values, "mW", table),
    ]),
  ),
  printedArea: inherited(table.printedTotals.area, table),
  printedPower: rowQuantities(table.printedTotals.power.values, "mW", table),
});

const sramTable = (table: typeof sramSection.Type): SramTable => ({
  source: table.source,
  mark: table.mark,
  cycle: inherited(table.cycle, table),
  leakage_mW: table.leakage.values,
  area_mm2: table.area.values,
  ports: table.ports.map(({ port, size, read, write }) => ({
    bits: port.value,
    sizes_KiB: size.values,
    validity_KiB: size.validity,
    read_pJ: read.values,
    write_pJ: write.values,
  })),
});

const gateTable = (table: typeof gatesSection.Type): GateTable => ({
  source: table.source,
  mark: table.mark,
  laneWidths: table.laneWidths.values,
  validity: table.laneWidths.validity,
  inputPorts: table.inputPorts,
  window: table.window,
  ...table.counts.values,
  inputPort: inherited(table.inputPort, table),
  node_nm: table.node.value,
  clock_GHz: table.clock.value,
  area: inherited(table.area, table),
  energy: inherited(table.energy, table),
});

const totalsTable = (table: typeof totalsSection.Type): Technology["totals"]["fig8"] => ({
  ...referenceOf(table),
  node_nm: table.node.value,
  power: rowQuantities(table.power.values, "W", table),
});
