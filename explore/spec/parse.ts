import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { machines } from "../../core/machines/registry.ts";
import { readDocument } from "./document.ts";
import { faultsOf } from "./issues.ts";
import { interpret } from "./meaning.ts";
import { type Fault, type Path, SpecError } from "./problem.ts";
import { SweepFile } from "./schema.ts";
import type { Sweep } from "./sweep.ts";

const decode = Schema.decodeUnknownResult(SweepFile, {
  errors: "all",
  onExcessProperty: "error",
  reportInput: true,
});

/** Valid content for the keys that a sweep must have: it takes the place of a broken one while the rest is checked. */
const standIns = {
  version: 1,
  name: "stand-in",
  networks: ["stand-in"],
  machine: Object.keys(machines),
  parameters: {},
  objectives: [{ maximize: "throughput_ips" }, { minimize: "energy_J" }],
};

/** Valid content for an item of a list, different for each index. */
const standInItems: Readonly<Record<string, (index: number) => unknown>> = {
  networks: (index) => `stand-in ${index}`,
  constraints: () => "true",
  require: () => "true",
  objectives: (index) => ({ maximize: `throughput_ips + ${index}` }),
  points: () => ({}),
};

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The part of a file that is unusable if there is a fault at a path: a key, or an entry of parameters or of a list. */
const sectionOf = ([key, entry]: Path): string =>
  entry !== undefined &&
  (key === "parameters" || (typeof entry === "number" && Object.hasOwn(standInItems, key!)))
    ? `${key}.${entry}`
    : `${key}`;

const without = (mapping: Mapping, broken: ReadonlySet<string>, prefix = ""): Mapping =>
  Object.fromEntries(Object.entries(mapping).filter(([key]) => !broken.has(prefix + key)));

const withStandIns = (key: string, value: unknown, broken: ReadonlySet<string>): unknown => {
  const standIn = standInItems[key];
  if (standIn === undefined || !Array.isArray(value)) return value;
  return value.map((item, index) => (broken.has(`${key}.${index}`) ? standIn(index) : item));
};

/** The faults in the meaning of those parts of a file whose shape is right, although others are broken. */
const remainingFaults = (data: Mapping, broken: ReadonlySet<string>): readonly Fault[] => {
  const rest: Mapping = Object.fromEntries(
    Object.entries({ ...standIns, ...without(data, broken) }).map(([key, value]) => [
      key,
      withStandIns(key, value, broken),
    ]),
  );
  const parameters = isMapping(rest.parameters) ? rest.parameters : {};
  const decoded = decode({ ...rest, parameters: without(parameters, broken, "parameters.") });
  if (Result.isFailure(decoded)) return [];
  return interpret(decoded.success, Object.keys(parameters), broken).faults;
};

const byPlace = (a: { line: number; column: number }, b: { line: number; column: number }): number =>
  a.line - b.line || a.column - b.column;

/**
 * Reads a sweep file: YAML, then the shape that `SweepFile` gives, then what it means. Throws a SpecError that carries
 * every problem with line and column; `file` is the name they are reported under. Networks are named but not looked
 * up, and no design is evaluated. Aliases are resolved; a file over 1 MiB is refused.
 */
export const parseSweep = (text: string, { file }: { readonly file: string }): Sweep => {
  const { data, problems, locate } = readDocument(text, file);
  const decoded = decode(data);
  if (Result.isSuccess(decoded)) {
    const order = isMapping(data) && isMapping(data.parameters) ? Object.keys(data.parameters) : [];
    const { sweep, faults } = interpret(decoded.success, order, new Set());
    if (problems.length === 0 && faults.length === 0) return sweep;
    throw new SpecError([...problems, ...faults.map(locate)].sort(byPlace));
  }
  const shape = faultsOf(decoded.failure.issue);
  const broken = new Set(shape.map((fault) => sectionOf(fault.path)));
  const faults = isMapping(data) ? [...shape, ...remainingFaults(data, broken)] : shape;
  throw new SpecError([...problems, ...faults.map(locate)].sort(byPlace));
};
