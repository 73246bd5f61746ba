import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as Schema from "effect/Schema";
import { marks } from "../../core/technology/component.ts";
import {
  type BitletModule,
  bitletModules,
  type Node,
  type Technology,
} from "../../core/technology/technology.ts";
import { packageRoot } from "./package-root.ts";
import { decodeYaml } from "./yaml.ts";

const Positive = Schema.Finite.check(Schema.isGreaterThan(0));
const evidence = { source: Schema.NonEmptyString, mark: Schema.Literals(marks) };
const quantity = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), value: Positive });
const increasing = "two points or more, each above the one before";
const points = Schema.Array(Positive).check(
  Schema.makeFilter(
    (values) =>
      (values.length >= 2 && values.every((value, index) => index === 0 || value > values[index - 1])) ||
      "is no increasing series",
    { expected: increasing },
  ),
);
const axis = <U extends string>(unit: U) => Schema.Struct({ unit: Schema.Literal(unit), values: points });
const series = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), values: Schema.Array(Positive) });
const neededRows = "rows float32 and fixed16 at least: other formats are derived from them";
const modules = Schema.Struct(
  Object.fromEntries(bitletModules.map((name) => [name, Positive])) as Record<BitletModule, typeof Positive>,
);

/** configs/technology/<node>.yaml */
export const NodeFile = Schema.Struct({
  version: Schema.Literal(1),
  node: Schema.NonEmptyString,
  bitlet: Schema.Struct({
    ...evidence,
    pes: Schema.Int.check(Schema.isGreaterThan(0)),
    laneWidth: Schema.Int.check(Schema.isGreaterThan(0)),
    clock: quantity("GHz"),
    area: Schema.Struct({ unit: Schema.Literal("mm2"), values: modules }),
    power: Schema.Struct({
      unit: Schema.Literal("mW"),
      values: Schema.Record(Schema.String, modules).check(
        Schema.makeFilter((rows) => ["float32", "fixed16"].every((name) => name in rows) || "lacks a row", {
          expected: neededRows,
        }),
      ),
    }),
    printedTotals: Schema.Struct({
      area: quantity("mm2"),
      power: Schema.Struct({ unit: Schema.Literal("mW"), values: Schema.Record(Schema.String, Positive) }),
    }),
  }),
  sram: Schema.Struct({
    ...evidence,
    port: quantity("bit"),
    size: axis("KiB"),
    read: series("pJ"),
    write: series("pJ"),
    leakage: series("mW"),
    area: series("mm2"),
  }).check(
    Schema.makeFilter(
      ({ size, read, write, leakage, area }) =>
        [read, write, leakage, area].every(({ values }) => values.length === size.values.length) ||
        "has series of unequal length",
      { expected: "a value of every series for each size" },
    ),
  ),
});

const GatesFile = Schema.Struct({
  version: Schema.Literal(1),
  ...evidence,
  unit: Schema.Literal("GE"),
  laneWidths: points,
  values: Schema.Struct({
    preprocessing: Schema.Array(Positive),
    computeEngine: Schema.Array(Positive),
    checkWindow: Schema.Array(Positive),
    accumulator: Schema.Array(Positive),
    postprocessing: Schema.Array(Positive),
  }),
}).check(
  Schema.makeFilter(
    ({ laneWidths, values }) =>
      Object.values(values).every(({ length }) => length === laneWidths.length) ||
      "has series of unequal length",
    { expected: "a count of every block for each lane width" },
  ),
);

const DramFile = Schema.Struct({
  version: Schema.Literal(1),
  types: Schema.Record(
    Schema.String,
    Schema.Struct({ energy: quantity("pJ/bit"), bandwidth: quantity("GB/s"), ...evidence }),
  ),
});

const SharesFile = Schema.Struct({
  version: Schema.Literal(1),
  leakShare: Schema.Struct({ unit: Schema.Literal("1"), value: Positive, ...evidence }),
});

const nodeNames = ["28nm", "65nm"] as const;

/**
 * The cost tables of configs/technology. Every number carries unit, source and mark; a file that lacks one, or has a
 * zero, the wrong unit, or another node than its name says, is refused with the place in the file.
 */
export const loadTechnology = async (): Promise<Technology> => {
  const directory = join(packageRoot(), "configs", "technology");
  const read = async <S extends Schema.ConstraintDecoder<unknown>>(
    name: string,
    schema: S,
  ): Promise<S["Type"]> => {
    const file = join(directory, `${name}.yaml`);
    return decodeYaml(await readFile(file, "utf8"), file, schema);
  };
  const nodes: Record<string, Node> = {};
  for (const name of nodeNames) nodes[name] = nodeOf(name, await read(name, NodeFile));
  const gates = await read("bitlet-gates", GatesFile);
  const dram = await read("dram", DramFile);
  const { leakShare } = await read("shares", SharesFile);
  return {
    nodes,
    gates: { source: gates.source, mark: gates.mark, laneWidths: gates.laneWidths, ...gates.values },
    dram: Object.fromEntries(
      Object.entries(dram.types).map(([name, { energy, bandwidth, source, mark }]) => [
        name,
        { energy_pJPerBit: energy.value, bandwidth_GBs: bandwidth.value, source, mark },
      ]),
    ),
    leakShare: { value: leakShare.value, source: leakShare.source, mark: leakShare.mark },
  };
};

const nodeOf = (name: string, file: typeof NodeFile.Type): Node => {
  if (file.node !== name) throw new Error(`configs/technology/${name}.yaml says it is of node ${file.node}`);
  const { bitlet, sram } = file;
  return {
    bitlet: {
      source: bitlet.source,
      mark: bitlet.mark,
      pes: bitlet.pes,
      laneWidth: bitlet.laneWidth,
      clock_GHz: bitlet.clock.value,
      area_mm2: bitlet.area.values,
      power_mW: bitlet.power.values,
    },
    sram: {
      source: sram.source,
      mark: sram.mark,
      accessBits: sram.port.value,
      sizes_KiB: sram.size.values,
      read_pJ: sram.read.values,
      write_pJ: sram.write.values,
      leakage_mW: sram.leakage.values,
      area_mm2: sram.area.values,
    },
  };
};
