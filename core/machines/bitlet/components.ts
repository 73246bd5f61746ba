import { ModelError } from "../../errors.ts";
import { type Component, weakerMark } from "../../technology/component.ts";
import { interpolateLogLog } from "../../technology/interpolate.ts";
import {
  type BitletModule,
  type BitletTable,
  bitletModules,
  type GateTable,
  type Technology,
} from "../../technology/technology.ts";
import type { BitletConfiguration } from "./configuration.ts";

/** Modules whose power falls with the number of planes in use. */
const planeDependent: readonly BitletModule[] = ["wireOrchestrator", "checkWindow", "adderTree"];

/**
 * Area and busy-cycle energy of the modules of one processing element: a row of the cost table, divided by
 * its processing elements and, for energy, by its clock; scaled from the table's lane width by the gate counts of the
 * synthesized RTL. Area does not depend on the format. Power per module: `modulePower`. With packing, each packed filter
 * has its own planes, adder tree and accumulator [our decision]: the power of the plane-dependent modules and the area
 * of the adder tree, which the accumulator is part of, count `packing` times; the rest is shared.
 */
export const components = (
  configuration: BitletConfiguration,
  technology: Technology,
): readonly Component[] => {
  const node = technology.nodes[configuration.node];
  if (node === undefined) {
    throw new ModelError(
      "unknown-node",
      `node ${configuration.node}: there are tables for ${Object.keys(technology.nodes).join(", ")}`,
    );
  }
  const table = node.bitlet;
  return bitletModules.map((module) => {
    const growth =
      gateCount(technology.gates, module, configuration.laneWidth) /
      gateCount(technology.gates, module, table.laneWidth);
    const cyclesPerSecond = table.clock_GHz * 1e9;
    const scaled = configuration.laneWidth !== table.laneWidth;
    const mark = scaled ? weakerMark(table.mark, technology.gates.mark) : table.mark;
    const rowMark = scaled || !hasRow(configuration, table) ? weakerMark(mark, "derived") : mark;
    const { packing } = configuration;
    const areas = module === "adderTree" ? packing : 1;
    const powers = planeDependent.includes(module) ? packing : 1;
    return {
      name: module,
      area_mm2: (table.area_mm2[module] / table.pes) * growth * areas,
      busyCycle_J:
        ((modulePower(configuration, table, module) * 1e-3) / (table.pes * cyclesPerSecond)) *
        growth *
        powers,
      source: scaled ? `${table.source}; over lane width: ${technology.gates.source}` : table.source,
      mark: powers > 1 ? weakerMark(rowMark, "our decision") : rowMark,
    };
  });
};

/** Whether the table has a row for the format with all its planes. */
const hasRow = ({ format, activePlanes }: BitletConfiguration, table: BitletTable): boolean =>
  table.power_mW[format.name] !== undefined && activePlanes >= format.planes;

/**
 * Power of a module for all the table's processing elements, in mW. A format with a row of its own uses it while all
 * its planes are kept; otherwise the plane-dependent modules take the fixed16 row · planes / 16 (the paper counts b
 * planes at b bits) or, for float formats, the float32 row · planes / 24. float16 and bfloat16, which have no row and
 * occupy all 24 planes by default, so take the power of float32: what they save is memory and traffic.
 */
const modulePower = (
  configuration: BitletConfiguration,
  table: BitletTable,
  module: BitletModule,
): number => {
  const { format, activePlanes } = configuration;
  if (hasRow(configuration, table)) return table.power_mW[format.name][module];
  if (format.kind === "float") {
    return (
      table.power_mW.float32[module] * (planeDependent.includes(module) ? activePlanes / format.planes : 1)
    );
  }
  const planes = activePlanes >= format.planes ? format.bits : activePlanes;
  return table.power_mW.fixed16[module] * (planeDependent.includes(module) ? planes / 16 : 1);
};

/**
 * Gate count that a module grows with. The compute engine holds 24 check windows; the rest of it, activation
 * multiplexers and registers, stands for the wire orchestrator, and the accumulator for the adder tree.
 */
const gateCount = (gates: GateTable, module: BitletModule, laneWidth: number): number => {
  const at = (values: readonly number[]): number =>
    interpolateLogLog(gates.laneWidths, values, laneWidth, "lane width");
  switch (module) {
    case "preprocessing":
      return at(gates.preprocessing);
    case "wireOrchestrator":
      return at(gates.computeEngine.map((count, index) => count - 24 * gates.checkWindow[index]));
    case "checkWindow":
      return at(gates.checkWindow);
    case "adderTree":
      return at(gates.accumulator);
    case "postprocessing":
      return at(gates.postprocessing);
  }
};
