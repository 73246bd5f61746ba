import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as Schema from "effect/Schema";
import {
  type Configuration,
  configurationOf,
  hasEffect,
  type ParameterDescriptor,
  type ParameterValue,
} from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { formats } from "../../core/numerics/formats.ts";
import type { Evidence, Quantity } from "../../core/technology/component.ts";
import type { MachineTables } from "../../core/technology/machine-tables.ts";
import { nearestOf } from "../spec/nearest.ts";
import { type Fault, oneOf } from "../spec/problem.ts";
import { integerFrom } from "../spec/schema-terms.ts";
import { expandValues } from "../spec/values.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { packageRoot } from "./package-root.ts";
import {
  byFormat,
  evidence,
  inherited,
  ownEvidence,
  positive,
  quantity,
  row,
  rowQuantities,
} from "./quantity-schema.ts";
import { decodeYaml } from "./yaml.ts";

const value = Schema.Union([Schema.Finite, Schema.NonEmptyString]);
/** A value of a parameter as it is written: alone, or with what differs from the section. */
const publishedValue = Schema.Union([value, Schema.Struct({ value, ...ownEvidence })]).annotate({
  expected: "a value of the parameter, or { value, source, mark }",
});

const count = integerFrom(1, 2 ** 20);
const reference = {
  ...evidence,
  lanes: count,
  node: Schema.Struct({ unit: Schema.Literal("nm"), value: positive }),
  clock: Schema.Struct({ unit: Schema.Literal("GHz"), value: positive }),
};
const rowsByFormat = <U extends string>(unit: U) =>
  Schema.Struct({ unit: Schema.Literal(unit), values: byFormat(row) });

const costs = Schema.Struct({
  gates: Schema.optionalKey(Schema.Struct({ ...evidence, lanes: count, counts: rowsByFormat("GE") })),
  bbs28: Schema.optionalKey(
    Schema.Struct({
      ...reference,
      format: Schema.Literal("fixed8"),
      area: quantity("um2"),
      power: quantity("mW"),
      layoutPower: quantity("1"),
    }),
  ),
  published: Schema.optionalKey(
    Schema.Struct({
      ...reference,
      processingElements: count,
      format: Schema.Literals(formats.map(({ name }) => name)).annotate({
        expected: "a format such as fixed16",
      }),
      netlist: Schema.optionalKey(Schema.Boolean),
      area: Schema.optionalKey(quantity("mm2")),
      power: Schema.optionalKey(rowsByFormat("mW")),
    }),
  ),
});

/**
 * A machine as it was published: the parameters that it sets, what its processing elements cost, and in
 * `silicon` printed figures that no model reads. Every number has a source and a mark, its own or those of its section.
 */
const MachineFile = Schema.Struct({
  version: Schema.Literal(1),
  machine: Schema.NonEmptyString,
  published: Schema.Struct({ ...evidence, values: Schema.Record(Schema.String, publishedValue) }),
  costs: Schema.optionalKey(costs),
  silicon: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.Struct({ unit: Schema.NonEmptyString, value: positive, ...evidence }),
    ),
  ),
});

/** A value of a parameter in the published design. */
export interface PublishedValue extends Evidence {
  readonly value: ParameterValue;
}

/** A machine as it was published. */
export interface PublishedMachine {
  /** The machine that models it, by its name in the registry: the name of the file. */
  readonly machine: string;
  /** Parameters that the design sets, in their own units; the others stand at their defaults. */
  readonly values: Readonly<Record<string, PublishedValue>>;
  readonly tables: MachineTables;
  /** Printed figures that no model reads. */
  readonly silicon: Readonly<Record<string, Quantity>>;
}

type Written = typeof MachineFile.Type;
type WrittenValue = Written["published"]["values"][string];

const givenValue = (written: WrittenValue): ParameterValue =>
  typeof written === "object" ? written.value : written;

/** The value in the parameter's own unit, or what is wrong with it. */
const readValue = (descriptor: ParameterDescriptor, written: WrittenValue): ParameterValue | Fault => {
  const read = expandValues(descriptor, givenValue(written));
  if ("values" in read) return read.values[0];
  const [{ problem, expected, nearest }] = read.faults;
  const path = ["published", "values", descriptor.name, ...(typeof written === "object" ? ["value"] : [])];
  return { path, problem, expected, ...(nearest !== undefined && { nearest }) };
};

/** Values of a machine that is not registered are as they are written. */
const readValues = (
  parameters: readonly ParameterDescriptor[] | undefined,
  written: Written["published"]["values"],
): Readonly<Record<string, ParameterValue | Fault>> =>
  Object.fromEntries(
    Object.entries(written).map(([name, value]) => {
      if (parameters === undefined) return [name, givenValue(value)];
      const descriptor = parameters.find((parameter) => parameter.name === name);
      if (descriptor !== undefined) return [name, readValue(descriptor, value)];
      const names = parameters.map((parameter) => parameter.name);
      const nearest = nearestOf(name, names);
      const path = ["published", "values", name];
      const problem = "is no parameter of the machine";
      return [
        name,
        { path, atKey: true, problem, expected: oneOf(names), ...(nearest !== undefined && { nearest }) },
      ];
    }),
  );

const isFault = (value: ParameterValue | Fault): value is Fault => typeof value === "object";

/** What the schema cannot tell: another name than the file's, names and ranges of parameters, values without an effect. */
const faultsIn = (name: string, { machine, published }: Written): readonly Fault[] => {
  const faults: readonly Fault[] =
    machine === name
      ? []
      : [{ path: ["machine"], problem: "is not what the file is called", expected: name }];
  const parameters = machines[machine]?.parameters;
  const values = Object.entries(readValues(parameters, published.values));
  const wrong = values.flatMap(([, value]) => (isFault(value) ? [value] : []));
  if (parameters === undefined || wrong.length > 0) return [...faults, ...wrong];
  const configuration = configurationOf(parameters, Object.fromEntries(values) as Configuration);
  const idle = parameters.filter(
    (parameter) => Object.hasOwn(published.values, parameter.name) && !hasEffect(parameter, configuration),
  );
  return [
    ...faults,
    ...idle.map(({ name, activeWhen }) => ({
      path: ["published", "values", name],
      atKey: true as const,
      problem: "has no effect in this configuration",
      expected: `it left out, or ${Object.entries(activeWhen ?? {})
        .map(([other, listed]) => `${other} ${listed.join(" or ")}`)
        .join(" and ")}`,
    })),
  ];
};

const tablesOf = ({ gates, bbs28, published }: typeof costs.Type): MachineTables => ({
  ...(gates && {
    gates: {
      source: gates.source,
      mark: gates.mark,
      lanes: gates.lanes,
      gates: rowQuantities(gates.counts.values, gates.counts.unit, gates),
    },
  }),
  ...(bbs28 && {
    bbs28: {
      lanes: bbs28.lanes,
      node_nm: bbs28.node.value,
      clock_GHz: bbs28.clock.value,
      format: bbs28.format,
      area: inherited(bbs28.area, bbs28),
      power: inherited(bbs28.power, bbs28),
      layoutPower: inherited(bbs28.layoutPower, bbs28),
    },
  }),
  ...(published && {
    published: {
      source: published.source,
      mark: published.mark,
      lanes: published.lanes,
      node_nm: published.node.value,
      clock_GHz: published.clock.value,
      processingElements: published.processingElements,
      format: published.format,
      netlist: published.netlist ?? false,
      ...(published.area && { area: inherited(published.area, published) }),
      power: published.power ? rowQuantities(published.power.values, published.power.unit, published) : {},
    },
  }),
});

const mostBytes = 2 ** 20;
const directory = (): string => join(packageRoot(), "configs", "machines");

/**
 * Reads a machine as it was published. Throws a SpecError with the place of what is wrong, among it a value that is no parameter of
 * its machine, out of range or without an effect (of machines in the registry), and a CatalogError for a file that cannot
 * be read.
 */
export const readMachine = async (path: string): Promise<PublishedMachine> => {
  const text = new TextDecoder().decode(await readBoundedFile(path, mostBytes));
  const file = decodeYaml(text, path, MachineFile, (written) => faultsIn(basename(path, ".yaml"), written));
  const { machine, published, costs = {}, silicon = {} } = file;
  const { source, mark } = published;
  const values = readValues(machines[machine]?.parameters, published.values) as Configuration;
  return {
    machine,
    values: Object.fromEntries(
      Object.entries(published.values).map(([name, written]) => [
        name,
        { source, mark, ...(typeof written === "object" && written), value: values[name] },
      ]),
    ),
    tables: tablesOf(costs),
    silicon,
  };
};

/** Names of the machines of configs/machines, sorted. */
export const machineNames = (): string[] =>
  readdirSync(directory())
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => basename(file, ".yaml"))
    .sort();

/** A machine of configs/machines. */
export const loadMachine = (name: string): Promise<PublishedMachine> =>
  readMachine(join(directory(), `${name}.yaml`));

/** The costs of every machine that has some in configs/machines. */
export const loadMachineTables = async (): Promise<Readonly<Record<string, MachineTables>>> => {
  const all = await Promise.all(machineNames().map(loadMachine));
  return Object.fromEntries(
    all
      .filter(({ tables }) => Object.keys(tables).length > 0)
      .map(({ machine, tables }) => [machine, tables]),
  );
};

/**
 * The configuration of a machine of configs/machines as it was published: what its file sets, and defaults. Rejects with
 * CatalogError for a machine that is not registered.
 */
export const publishedConfiguration = async (name: string): Promise<Configuration> => {
  const parameters = machines[name]?.parameters;
  if (parameters === undefined) throw new CatalogError(name, "there is no such machine");
  const { values } = await loadMachine(name);
  const set = Object.entries(values).map(([parameter, { value }]) => [parameter, value]);
  return configurationOf(parameters, Object.fromEntries(set));
};
