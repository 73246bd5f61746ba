import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { NumberParameter } from "../../core/machines/parameter.ts";
import { systemParameters } from "../../core/machines/system-parameters.ts";
import type { Quantity } from "../../core/technology/component.ts";
import type { Node, Technology } from "../../core/technology/technology.ts";
import { readDocument } from "../spec/document.ts";
import { nearestOf } from "../spec/nearest.ts";
import { type Fault, oneOf, SpecError } from "../spec/problem.ts";
import type { ComponentOverride } from "../spec/sweep.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { loadMachineTables } from "./machine-file.ts";
import { packageRoot } from "./package-root.ts";
import { TechnologyFile } from "./technology-file.ts";
import { type TechnologyPart, technologyPart } from "./technology-part.ts";
import { decodeYaml } from "./yaml.ts";

/** The shipped tables, in the order in which they are read. */
const shipped = [
  "28nm",
  "65nm",
  "bitlet-gates",
  "bitlet-totals",
  "bbs28",
  "dram",
  "shares",
  "scaling",
] as const;

/** Tables of the user's own, and single numbers in their place. */
export interface TechnologyOptions {
  /** Files, relative to `baseDirectory`; a table takes the place of the shipped one of its name. */
  readonly files?: readonly string[];
  readonly components?: Readonly<Record<string, ComponentOverride>>;
  readonly baseDirectory?: string;
  /** The sweep that gives these, for messages. */
  readonly sweepFile?: string;
}

/**
 * The cost tables of configs/technology and configs/machines, then the user's files, then the single components that are
 * given instead. Every number carries unit, source and mark; a file that lacks one, or has a zero, the wrong unit, or
 * another node than its name says, is refused with the place in the file. CatalogError for a file that cannot be read, and for a component
 * that no table has, which is a SpecError with its place where the sweep is a file.
 */
export const loadTechnology = async ({
  files = [],
  components = {},
  baseDirectory = ".",
  sweepFile,
}: TechnologyOptions = {}): Promise<Technology> => {
  let technology: Technology | undefined;
  for (const name of shipped) {
    technology = merged(
      technology,
      await readPart(join(packageRoot(), "configs", "technology", `${name}.yaml`)),
    );
  }
  technology = merged(technology, { machines: await loadMachineTables() });
  for (const file of files) technology = merged(technology, await readPart(resolve(baseDirectory, file)));
  for (const [name, override] of Object.entries(components)) {
    const changed = withComponent(technology!, name, override);
    if ("problem" in changed) throw await componentError(changed, sweepFile);
    technology = changed;
  }
  check(technology!);
  return technology!;
};

/** Largest file of cost tables. */
const mostBytes = 2 ** 20;

const readPart = async (path: string): Promise<TechnologyPart> => {
  const text = new TextDecoder().decode(await readBoundedFile(path, mostBytes));
  const part = technologyPart(decodeYaml(text, path, TechnologyFile));
  const [, named] = /(\d+) ?nm/.exec(basename(path)) ?? [];
  if (named !== undefined && part.node !== undefined && Number(named) !== part.node.node_nm) {
    throw new CatalogError(
      path,
      `node: ${part.node.node_nm} nm, but its name says ${named} nm; expected the same in both`,
    );
  }
  return part;
};

/** Tables with those of a file in their place: whole ones, by name. All sections are there once the shipped files are read. */
const merged = (before: Technology | undefined, { node, dram, ...sections }: TechnologyPart): Technology => {
  const nodes: Record<string, Node> = { ...before?.nodes };
  if (node !== undefined) {
    const name = `${node.node_nm}nm`;
    const known = nodes[name];
    nodes[name] = { ...known, ...node, sram: { ...known?.sram, ...node.sram } };
  }
  return { ...before, ...sections, nodes, dram: { ...before?.dram, ...dram } } as Technology;
};

/** Every quantity that can be replaced, by its name: the way to it in the tables. */
export const componentNames = (technology: Technology): ReadonlyMap<string, Quantity> => {
  const found = new Map<string, Quantity>();
  const visit = (data: unknown, path: readonly string[]): void => {
    if (typeof data !== "object" || data === null || Array.isArray(data)) return;
    // Printed totals are shown beside sums and enter nothing.
    if (path.at(-1)?.startsWith("printed")) return;
    if ("value" in data && "unit" in data) {
      found.set(path.join("."), data as Quantity);
      return;
    }
    for (const [name, item] of Object.entries(data)) visit(item, [...path, name]);
  };
  const { nodes, ...others } = technology;
  visit(nodes, []);
  visit(others, []);
  return found;
};

/** The tables with another number in place of the one of this name, or what is wrong with it. */
const withComponent = (
  technology: Technology,
  name: string,
  override: ComponentOverride,
): Technology | Fault => {
  const path = ["components", name];
  const known = componentNames(technology);
  const quantity = known.get(name);
  if (quantity === undefined) {
    const names = [...known.keys()];
    const nearest = nearestOf(name, names);
    return {
      path,
      atKey: true,
      problem: "is no component of the cost tables",
      expected: oneOf(names),
      ...(nearest !== undefined && { nearest }),
    };
  }
  if (name === "shares.idleShare") {
    return { path, atKey: true, problem: "is a parameter", expected: "it under parameters, as idleShare" };
  }
  if (override.unit !== quantity.unit) {
    const expected = `${quantity.unit}, the unit of the table`;
    return { path: [...path, "unit"], problem: "is another unit than the table's", expected };
  }
  const way = name.split(".");
  const replace = (data: unknown, depth: number): unknown =>
    depth === way.length
      ? override
      : {
          ...(data as object),
          [way[depth]]: replace((data as Record<string, unknown>)[way[depth]], depth + 1),
        };
  if (Object.hasOwn(technology.nodes, way[0])) {
    return { ...technology, nodes: replace(technology.nodes, 0) as Technology["nodes"] };
  }
  return replace(technology, 0) as Technology;
};

/** A fault in the components of a sweep, with its place where the sweep is a file. */
export const componentError = async (fault: Fault, sweepFile: string | undefined): Promise<Error> => {
  const text = sweepFile && (await readFile(sweepFile, "utf8").catch(() => undefined));
  if (sweepFile && text) return new SpecError([readDocument(text, sweepFile).locate(fault)]);
  const hint = fault.nearest === undefined ? "" : `; did you mean ${fault.nearest}?`;
  return new CatalogError(fault.path.join("."), `${fault.problem}; expected ${fault.expected}${hint}`);
};

/** Components whose range counts: a design costs the more, the larger they are. */
const mayBeUncertain =
  /^(\d+nm\.bitlet\.(area|power)|totals\.[^.]+\.power|bbs28|machines\.|gates\.(area|energy)$|dram\.[^.]+\.(energy|background)$|shares\.idleShare$|layout)/;

/** What has to hold between tables. */
const check = (technology: Technology): void => {
  const {
    shares: { leakShare, idleShare },
    supply,
  } = technology;
  const parameter = systemParameters.find(({ name }) => name === "idleShare") as NumberParameter;
  if (idleShare.value !== parameter.default) {
    throw new CatalogError(
      "shares.idleShare",
      `${idleShare.value}; expected ${parameter.default}, the default of the parameter idleShare, which a sweep sets instead; its range may differ`,
    );
  }
  const least = Math.min(parameter.minimum, idleShare.range?.[0] ?? idleShare.value);
  if (leakShare.value > least) {
    throw new CatalogError(
      "shares.leakShare",
      `${leakShare.value}; expected at most the least idleShare, ${least}, since a waiting processing element leaks too`,
    );
  }
  for (const [name, { range }] of componentNames(technology)) {
    if (range === undefined || mayBeUncertain.test(name)) continue;
    throw new CatalogError(
      name,
      `has a range; expected none, since only areas, powers, energies, layout and idleShare may be uncertain`,
    );
  }
  const { from_nm, to_nm, validity_nm } = technology.scaling;
  if (from_nm === to_nm || validity_nm[0] > validity_nm[1]) {
    throw new CatalogError(
      "scaling",
      `from ${from_nm} to ${to_nm} nm, validity ${validity_nm.join(" … ")}; expected two nodes, and [least, most]`,
    );
  }
  if (supply.exponent.value < 1) {
    throw new CatalogError("supply.exponent", `${supply.exponent.value}; expected at least 1`);
  }
  const { threshold, minimum, maximum } = supply;
  if (!(threshold.value < minimum.value && minimum.value <= 1 && maximum.value >= 1)) {
    throw new CatalogError(
      "supply",
      `threshold ${threshold.value}, minimum ${minimum.value}, maximum ${maximum.value}; expected threshold < minimum <= 1 <= maximum`,
    );
  }
};
