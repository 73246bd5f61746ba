/** Numbers of cost tables as files write them, with unit, source and mark, and the quantities that they stand for. */
import * as Schema from "effect/Schema";
import { formats } from "../../core/numerics/formats.ts";
import { type Evidence, marks, type Quantity } from "../../core/technology/component.ts";

const formatNames: ReadonlySet<string> = new Set(formats.map(({ name }) => name));

export const positive = Schema.Finite.check(
  Schema.isGreaterThan(0, { expected: "a number above 0" }),
).annotate({
  expected: "a number above 0",
});

/** Evidence of a section. */
export const evidence = { source: Schema.NonEmptyString, mark: Schema.Literals(marks) };

/** Evidence of a row; what is left out is that of its section. */
export const ownEvidence = {
  source: Schema.optionalKey(Schema.NonEmptyString),
  mark: Schema.optionalKey(Schema.Literals(marks)),
};

export const pair = Schema.Tuple([positive, positive]).annotate({ expected: "[least, most]" });
/** The outer bounds of a row, around its value. */
const range = Schema.optionalKey(pair);
const around = Schema.makeFilter(
  ({ value, range: bounds }: { readonly value: number; readonly range?: readonly [number, number] }) =>
    bounds === undefined || (bounds[0] <= value && value <= bounds[1]) || "has a range without its value",
  { expected: "[least, most] with the value between them" },
);

/** A number with its unit; evidence is that of the section where it has none. */
export const quantity = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), value: positive, ...ownEvidence, range }).check(around);

/** The same where no section stands above it. */
export const proven = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), value: positive, ...evidence, range }).check(around);

/** A row of a table whose unit stands above it: a number, or a number with what differs from the section. */
export const row = Schema.Union([
  positive,
  Schema.Struct({ value: positive, ...ownEvidence, range }).check(around),
]).annotate({ expected: "a number above 0, or { value, source, mark, range }" });

/** A row as it is written. */
type Row = typeof row.Type;

/** What belongs to number formats, by their names. */
export const byFormat = <S extends Schema.Top>(item: S) =>
  Schema.Record(Schema.String, item).check(
    Schema.makeFilter(
      (rows) => Object.keys(rows).every((name) => formatNames.has(name)) || "has a row of no format",
      { expected: "names of formats, such as float32 or fixed8" },
    ),
  );

/** A quantity with the evidence of its section where it has none of its own. */
export const inherited = (
  own: Partial<Evidence> & {
    readonly value: number;
    readonly unit: string;
    readonly range?: readonly [number, number];
  },
  { source, mark }: Evidence,
): Quantity => ({ source, mark, ...own });

const rowQuantity = (written: Row, unit: string, section: Evidence): Quantity =>
  inherited({ unit, ...(typeof written === "number" ? { value: written } : written) }, section);

/** The quantities of rows that share a unit. */
export const rowQuantities = <Names extends string>(
  written: Readonly<Record<Names, Row>>,
  unit: string,
  section: Evidence,
): Record<Names, Quantity> =>
  Object.fromEntries(
    Object.entries<Row>(written).map(([name, value]) => [name, rowQuantity(value, unit, section)]),
  ) as Record<Names, Quantity>;
