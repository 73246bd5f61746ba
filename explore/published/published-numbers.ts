import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import * as Schema from "effect/Schema";
import { marks } from "../../core/technology/component.ts";
import { CatalogError } from "../catalog/catalog-error.ts";
import { loadLayers, loadNetwork } from "../catalog/load-network.ts";
import { packageRoot } from "../catalog/package-root.ts";
import { decodeYaml } from "../catalog/yaml.ts";
import { integerFrom } from "../spec/schema-terms.ts";
import type { Published, PublishedNumbers } from "./published-check.ts";

const mark = Schema.Literals(marks);
const values = Schema.Record(Schema.String, Schema.Finite.annotate({ expected: "a number" })).check(
  Schema.makeFilter((given) => Object.keys(given).length > 0 || "is empty", { expected: "numbers by name" }),
);

const section = Schema.Struct({
  unit: Schema.NonEmptyString,
  source: Schema.optionalKey(Schema.NonEmptyString),
  mark: Schema.optionalKey(mark),
  decimals: Schema.optionalKey(integerFrom(0, 20)),
  values: Schema.optionalKey(values),
  rows: Schema.optionalKey(Schema.Record(Schema.String, values)),
}).check(
  Schema.makeFilter(
    ({ values, rows }) => (values === undefined) !== (rows === undefined) || "has not one of values and rows",
    { expected: "values, numbers by name, or rows, tables of such" },
  ),
);

/**
 * Numbers that were published: sections of one unit each, of `values` by name, or of `rows` of values. Source and mark are
 * those of the file where a section has none of its own; `decimals` are those that all numbers of a section were printed
 * with.
 */
const PublishedFile = Schema.Struct({
  version: Schema.Literal(1),
  about: Schema.NonEmptyString,
  source: Schema.NonEmptyString,
  mark,
  numbers: Schema.Record(Schema.String, section),
});

/** Largest file of published numbers. */
const mostBytes = 2 ** 20;

/**
 * The sections of a file of published numbers. Throws a SpecError with the place of what is wrong, a CatalogError where it
 * cannot be read.
 */
export const readPublished = (path: string): Readonly<Record<string, PublishedNumbers>> => {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new CatalogError(path, "there is no such file");
  if (size > mostBytes) throw new CatalogError(path, `it has ${size} bytes, expected at most ${mostBytes}`);
  const name = basename(path, ".yaml");
  const { source, mark, numbers } = decodeYaml(
    readFileSync(path, "utf8"),
    path,
    PublishedFile,
    ({ about }) =>
      about === name ? [] : [{ path: ["about"], problem: "is not what the file is called", expected: name }],
  );
  return Object.fromEntries(
    Object.entries(numbers).map(([section, given]) => [
      section,
      { source, mark, values: {}, rows: {}, ...given },
    ]),
  );
};

const configs = (...names: readonly string[]): string => join(packageRoot(), "configs", ...names);

/** The shipped numbers, each file read once, and the shipped networks. */
export const shippedPublished = (): Published => {
  const files = new Map<string, ReturnType<typeof readPublished>>();
  const place = { baseDirectory: configs("networks") };
  return {
    numbers: (about) => {
      const numbers = files.get(about) ?? readPublished(configs("published", `${about}.yaml`));
      files.set(about, numbers);
      return numbers;
    },
    network: (name) => loadNetwork(name, place),
    layers: async (name) => (await loadLayers(name, place)).layers,
  };
};
