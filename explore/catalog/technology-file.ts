import * as Schema from "effect/Schema";
import { scaledKinds } from "../../core/technology/scaling.ts";
import { type BitletModule, bitletModules } from "../../core/technology/technology.ts";
import { integerFrom } from "../spec/schema-terms.ts";
import { byFormat, evidence, pair, positive, proven, quantity, row } from "./quantity-schema.ts";

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

export const bitletSection = Schema.Struct({
  ...evidence,
  ...reference,
  area: rows("mm2", bitletModules),
  power: Schema.Struct({
    unit: Schema.Literal("mW"),
    values: byFormat(
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

export const sramSection = Schema.Struct({
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

export const gatesSection = Schema.Struct({
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

export const totalsSection = Schema.Struct({
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
  bitlet: Schema.optionalKey(bitletSection),
  sram: Schema.optionalKey(Schema.Record(Schema.Literals(["lop", "hp"]), Schema.optionalKey(sramSection))),
  gates: Schema.optionalKey(gatesSection),
  totals: Schema.optionalKey(Schema.Struct({ fig8: totalsSection, "tables6-7": totalsSection })),
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
