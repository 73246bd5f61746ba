import { gridPlanes } from "../../numerics/formats.ts";
import type { BitletModule, BitletTable } from "../../technology/technology.ts";
import type { BitletConfiguration } from "./configuration.ts";

/** Modules whose power falls with the number of planes in use. */
export const planeDependent: readonly BitletModule[] = ["wireOrchestrator", "checkWindow", "adderTree"];

/** Whether the table has a row for the format with all its planes. */
export const hasRow = ({ format, activePlanes }: BitletConfiguration, table: BitletTable): boolean =>
  table.power[format.name] !== undefined && activePlanes >= format.planes;

/** Planes that cost power: the paper counts b of them at b bits; fewer where fewer are kept. */
export const planesInUse = ({ format, activePlanes }: BitletConfiguration): number => {
  if (format.kind === "float") return activePlanes;
  return activePlanes >= format.planes ? format.bits : activePlanes;
};

/**
 * Power of a module for all the table's processing elements, in mW. A format with a row of its own uses it while all
 * its planes are kept; otherwise the plane-dependent modules take the fixed16 row · planes / 16 or, for float formats,
 * the float32 row · planes / 24. float16 and bfloat16, which have no row and occupy all 24 planes by default, so take
 * the power of float32: what they save is memory and traffic.
 */
export const modulePower_mW = (
  configuration: BitletConfiguration,
  table: BitletTable,
  module: BitletModule,
): number => {
  const { format } = configuration;
  if (hasRow(configuration, table)) return table.power[format.name][module].value;
  const [row, planes] =
    format.kind === "float" ? (["float32", gridPlanes] as const) : (["fixed16", 16] as const);
  const share = planeDependent.includes(module) ? planesInUse(configuration) / planes : 1;
  return table.power[row][module].value * share;
};
