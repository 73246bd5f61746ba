import * as Schema from "effect/Schema";
import { type Evidence, marks, type Quantity } from "../../core/technology/component.ts";
import type { DramType } from "../../core/technology/dram.ts";
import { type ScaledKind, scaledKinds } from "../../core/technology/scaling.ts";
import type { SramTable } from "../../core/technology/sram.ts";
import {
  type BitletModule,
  type BitletTable,
  bitletModules,
  type GateTable,
  type Node,
  type Technology,
} from "../../core/technology/technology.ts";
import { integerFrom } from "../spec/schema-terms.ts";

const positive = Schema.Finite.check(Schema.isGreaterThan(0, { expected: "a number above 0" })).annotate({
  expected: "a number above 0",
});
const evidence = { source: Schema.NonEmptyString, mark: Schema.Literals(marks) };
/** Evidence of a row; what is left out is that of its section. */
const ownEvidence = {
  source: Schema.optionalKey(Schema.NonEmptyString),
  mark: Schema.optionalKey(Schema.Literals(marks)),
};
const pair = Schema.Tuple([positive, positive]).annotate({ expected: "[least, most]" });
/** The outer bounds of a row, around its value. */
const range = Schema.optionalKey(pair);
const around = Schema.makeFilter(
  ({ value, range: bounds }: { readonly value: number; readonly range?: readonly [number, number] }) =>
    bounds === undefined || (bounds[0] <= value && value <= bounds[1]) || "has a range without its value",
  { expected: "[least, most] with the value between them" },
);

/** A number with its unit; evidence is that of the section where it has none. */
const quantity = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), value: positive, ...ownEvidence, range }).check(around);
/** The same where no section stands above it. */
const proven = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), value: positive, ...evidence, range }).check(around);
/** A row of a table whose unit stands above it: a number, or a number with what differs from the section. */
const row = Schema.Union([
  positive,
  Schema.Struct({ value: positive, ...ownEvidence, range }).check(around),
]).annotate({ expected: "a number above 0, or { value, source, mark, range }" });
type Row = typeof row.Type;

const points = Schema.Array(positive).check(
  Schema.makeFilter(
    (values) =>
      (values.length >= 2 && values.every((value, index) => index === 0 || value > values[index - 1])) ||
      "is no increasing series",
    { expected: "two points or more, each above the one before" },
  ),
);
const axis = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), values: points, validity: pair }).check(
    Schema.makeFilter(
      ({ values, validity: [least, most] }) =>
        (least <= values[0] && most >= values[values.length - 1]) || "has points outside its validity",
      { expected: "a validity that holds all points" },
    ),
  );
const series = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), values: Schema.Array(positive) });
const rows = <U extends string, Names extends string>(unit: U, names: readonly Names[]) =>
  Schema.Struct({
    unit: Schema.Literal(unit),
    values: Schema.Struct(Object.fromEntries(names.map((name) => [name, row])) as Record<Names, typeof row>),
  });
const sameLength = (...all: readonly { readonly length: number }[]): true | string =>
  all.every(({ length }) => length === all[0].length) || "has series of unequal length";

const reference = {
  pes: integerFrom(1, 2 ** 20),
  laneWidth: integerFrom(1, 2 ** 20),
  inputPorts: integerFrom(1, 2 ** 20),
  window: integerFrom(1, 2 ** 20),
  clock: Schema.Struct({ unit: Schema.Literal("GHz"), value: positive }),
};

const bitlet = Schema.Struct({
  ...evidence,
  ...reference,
  area: rows("mm2", bitletModules),
  power: Schema.Struct({
    unit: Schema.Literal("mW"),
    values: Schema.Record(
      Schema.String,
      Schema.Struct(
        Object.fromEntries(bitletModules.map((name) => [name, row])) as Record<BitletModule, typeof row>,
      ),
    ).check(
      Schema.makeFilter(
        (formats) => ["float32", "fixed16"].every((name) => name in formats) || "lacks a row",
        {
          expected: "rows float32 and fixed16 at least: other formats are derived from them",
        },
      ),
    ),
  }),
  printedTotals: Schema.Struct({
    area: quantity("mm2"),
    power: Schema.Struct({ unit: Schema.Literal("mW"), values: Schema.Record(Schema.String, row) }),
  }),
});

const sram = Schema.Struct({
  ...evidence,
  cycle: quantity("ns"),
  leakage: series("mW"),
  area: series("mm2"),
  ports: Schema.NonEmptyArray(
    Schema.Struct({
      port: Schema.Struct({ unit: Schema.Literal("bit"), value: integerFrom(8, 4096) }),
      size: axis("KiB"),
      read: series("pJ"),
      write: series("pJ"),
    }).check(
      Schema.makeFilter(({ size, read, write }) => sameLength(size.values, read.values, write.values), {
        expected: "a value of every series for each size",
      }),
    ),
  ),
}).check(
  Schema.makeFilter(
    ({ leakage, area, ports: [first] }) => sameLength(leakage.values, area.values, first.size.values),
    { expected: "a value of leakage and area for each size of the first port" },
  ),
);

const gates = Schema.Struct({
  ...evidence,
  laneWidths: axis("1"),
  inputPorts: Schema.Array(integerFrom(1, 2 ** 20)),
  window: integerFrom(1, 2 ** 20),
  counts: Schema.Struct({
    unit: Schema.Literal("GE"),
    values: Schema.Struct({
      preprocessing: Schema.Array(positive),
      computeEngine: Schema.Array(positive),
      checkWindow: Schema.Array(positive),
      accumulator: Schema.Array(positive),
      postprocessing: Schema.Array(positive),
    }),
  }),
  inputPort: quantity("GE"),
  node: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  clock: Schema.Struct({ unit: Schema.Literal("GHz"), value: positive }),
  area: quantity("um2"),
  energy: quantity("fJ"),
}).check(
  Schema.makeFilter(
    ({ laneWidths, inputPorts, counts }) =>
      sameLength(laneWidths.values, inputPorts, ...Object.values(counts.values)),
    { expected: "a count of every block, and the input ports, for each lane width" },
  ),
);

const totals = Schema.Struct({
  ...evidence,
  ...reference,
  node: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  power: rows("W", ["float", "fixed"]),
});

const bbs28 = Schema.Struct({
  ...evidence,
  node: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  clock: Schema.Struct({ unit: Schema.Literal("GHz"), value: positive }),
  laneWidth: integerFrom(1, 2 ** 20),
  format: Schema.NonEmptyString,
  area: quantity("um2"),
  power: quantity("mW"),
  layoutPower: quantity("1"),
});

const dram = Schema.Struct({
  bandwidth: proven("GB/s"),
  energy: proven("pJ/bit"),
  background: proven("W"),
  burst: proven("B"),
});

const scaling = Schema.Struct({
  ...evidence,
  from: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  to: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  divisors: rows("1", scaledKinds),
  validity: Schema.Struct({ unit: Schema.Literal("nm"), values: pair }),
});

/**
 * A file of cost tables: any of the sections. What belongs to a node (`bitlet`, `sram`) needs `node`. Every number has a
 * unit, a source and a mark, its own or those of its section, and none is zero.
 */
export const TechnologyFile = Schema.Struct({
  version: Schema.Literal(1),
  node: Schema.optionalKey(Schema.Struct({ unit: Schema.Literal("nm"), value: integerFrom(1, 1000) })),
  bitlet: Schema.optionalKey(bitlet),
  sram: Schema.optionalKey(Schema.Record(Schema.Literals(["lop", "hp"]), Schema.optionalKey(sram))),
  gates: Schema.optionalKey(gates),
  totals: Schema.optionalKey(Schema.Struct({ fig8: totals, "tables6-7": totals })),
  bbs28: Schema.optionalKey(bbs28),
  dram: Schema.optionalKey(
    Schema.Record(Schema.Literals(["ddr3", "ddr4", "lpddr4", "hbm2"]), Schema.optionalKey(dram)),
  ),
  shares: Schema.optionalKey(Schema.Struct({ leakShare: proven("1"), idleShare: proven("1") })),
  layout: Schema.optionalKey(Schema.Struct({ power: proven("1"), area: proven("1") })),
  supply: Schema.optionalKey(
    Schema.Struct({
      threshold: proven("1"),
      exponent: proven("1"),
      minimum: proven("1"),
      maximum: proven("1"),
      pathLevels: proven("1"),
    }),
  ),
  scaling: Schema.optionalKey(scaling),
}).check(
  Schema.makeFilter(
    ({ node, bitlet, sram }) =>
      node !== undefined ||
      (bitlet === undefined && sram === undefined) ||
      "does not say of which node it is",
    { expected: "node, such as { unit: nm, value: 22 }, beside bitlet or sram" },
  ),
);

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

/** A quantity with the evidence of its section where it has none of its own. */
const inherited = (
  own: Partial<Evidence> & {
    readonly value: number;
    readonly unit: string;
    readonly range?: readonly [number, number];
  },
  { source, mark }: Evidence,
): Quantity => ({ source, mark, ...own });

const rowQuantity = (written: Row, unit: string, section: Evidence): Quantity =>
  inherited({ unit, ...(typeof written === "number" ? { value: written } : written) }, section);

const rowQuantities = <Names extends string>(
  written: Readonly<Record<Names, Row>>,
  unit: string,
  section: Evidence,
): Record<Names, Quantity> =>
  Object.fromEntries(
    Object.entries<Row>(written).map(([name, value]) => [name, rowQuantity(value, unit, section)]),
  ) as Record<Names, Quantity>;

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

const bitletTable = (table: typeof bitlet.Type): BitletTable => ({
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

const sramTable = (table: typeof sram.Type): SramTable => ({
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

const gateTable = (table: typeof gates.Type): GateTable => ({
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

const totalsTable = (table: typeof totals.Type): Technology["totals"]["fig8"] => ({
  ...referenceOf(table),
  node_nm: table.node.value,
  power: rowQuantities(table.power.values, "W", table),
});
