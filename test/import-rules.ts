import { type Import, type ImportGraph, reachable } from "./read-imports.ts";

/** A rule on imports: what it asks for, and a sentence for each place that breaks it. */
export interface ImportRule {
  readonly name: string;
  violations(graph: ImportGraph): string[];
}

/** What each folder of core may import beside itself; files at the root of core import only each other. */
const coreLayers: Readonly<Record<string, readonly string[]>> = {
  root: [],
  numerics: ["root"],
  "bit-interleaving": ["root", "numerics"],
  workloads: ["root", "numerics", "bit-interleaving"],
  technology: ["root"],
  machines: ["root", "numerics", "bit-interleaving", "workloads", "technology"],
  model: ["root", "numerics", "bit-interleaving", "workloads", "technology", "machines"],
};

/** Packages that take long to load, and the one file that may import each of a group. */
const heavyPackages: readonly (readonly string[])[] = [
  ["piscina"],
  ["arquero"],
  ["vega", "vega-lite", "@resvg/resvg-js"],
  ["hyparquet", "hyparquet-writer"],
  ["vega-expression"],
  ["yaml"],
  ["cli-progress"],
];

/** What no worker loads. */
const slowToStart = [
  "effect",
  "@effect/platform-node-shared",
  "arquero",
  "vega",
  "vega-lite",
  "@resvg/resvg-js",
];

/** Files that check each other's answers, by path; a machine's own pair is checked beside these. */
const independentPairs = [["core/model/analytical.ts", "core/model/cycle.ts"]] as const;

const runTime = (edge: Import): boolean => !edge.typeOnly;
const atStart = (edge: Import): boolean => !edge.typeOnly && !edge.dynamic;

/** Folder of core that a file belongs to; `root` for core/errors.ts and its like, undefined outside core. */
const coreLayer = (file: string): string | undefined => {
  const [top, folder, ...rest] = file.split("/");
  if (top !== "core") return undefined;
  return rest.length === 0 ? "root" : folder;
};

/** Name of the machine in whose folder a file lies. */
const machineOf = (file: string): string | undefined => /^core\/machines\/([^/]+)\//.exec(file)?.[1];

/** One sentence for each import that `wrong` finds a fault with. */
const eachImport = (graph: ImportGraph, wrong: (file: string, edge: Import) => boolean): string[] =>
  [...graph].flatMap(([file, imports]) =>
    imports.filter((edge) => wrong(file, edge)).map((edge) => `${file} imports ${edge.target}`),
  );

/** Files of the graph that lead back to themselves, grouped: each file of a group reaches each other one. */
const cycles = (graph: ImportGraph): string[] => {
  const reach = new Map([...graph.keys()].map((file) => [file, reachable(graph, file)]));
  const groups = new Set<string>();
  for (const [file, imports] of graph) {
    const selfish = imports.some(({ target }) => target === file);
    const group = [...(reach.get(file) ?? [])].filter((other) => reach.get(other)?.has(file)).sort();
    if (selfish || group.length > 1) groups.add(group.join(" ↔ "));
  }
  return [...groups];
};

/** Packages that a file loads along the edges that `follow` accepts. */
const packagesFrom = (graph: ImportGraph, start: string, follow: (edge: Import) => boolean): string[] =>
  [...reachable(graph, start, follow)].flatMap((file) =>
    (graph.get(file) ?? [])
      .filter((edge) => edge.packageName !== undefined && follow(edge))
      .map((edge) => `${file} loads ${edge.packageName}`),
  );

const loading =
  (packages: readonly string[]) =>
  (sentence: string): boolean =>
    packages.some((name) => sentence.endsWith(` loads ${name}`));

/** The rules of the architecture on what may import what. */
export const importRules: readonly ImportRule[] = [
  {
    name: "core imports nothing but core",
    violations: (graph) =>
      eachImport(
        graph,
        (file, { target }) => coreLayer(file) !== undefined && coreLayer(target) === undefined,
      ),
  },
  {
    name: "inside core, imports go down the layers",
    violations: (graph) =>
      eachImport(graph, (file, { target }) => {
        const [from, to] = [coreLayer(file), coreLayer(target)];
        if (from === undefined || to === undefined || from === to) return false;
        return coreLayers[from] === undefined || !coreLayers[from].includes(to);
      }),
  },
  {
    name: "technology stands on units and errors",
    violations: (graph) =>
      eachImport(
        graph,
        (file, { target }) =>
          coreLayer(file) === "technology" &&
          coreLayer(target) !== "technology" &&
          !["core/units.ts", "core/errors.ts"].includes(target),
      ),
  },
  { name: "imports make no cycle", violations: cycles },
  {
    name: "a machine is imported by the registry alone",
    violations: (graph) => {
      // A machine of one file lies in no folder of its own: the registry says which files are machines.
      const registry = "core/machines/registry.ts";
      const listed = new Set((graph.get(registry) ?? []).filter(runTime).map(({ target }) => target));
      return eachImport(graph, (file, { target }) => {
        if (file === registry) return false;
        const machine = machineOf(target);
        return machine === undefined ? listed.has(target) : machine !== machineOf(file);
      });
    },
  },
  {
    name: "analytical and cycle models do not reach each other",
    violations: (graph) => {
      const machines = new Set([...graph.keys()].flatMap((file) => machineOf(file) ?? []));
      const pairs = [
        ...independentPairs,
        ...[...machines].map((machine) =>
          ["analytical-cycles.ts", "traced-cycles.ts"].map((file) => `core/machines/${machine}/${file}`),
        ),
      ];
      return pairs
        .flatMap(([left, right]) => [
          [left, right],
          [right, left],
        ])
        .filter(([from, to]) => reachable(graph, from).has(to))
        .map(([from, to]) => `${from} reaches ${to}`);
    },
  },
  {
    name: "a worker loads plain functions",
    violations: (graph) =>
      packagesFrom(graph, "explore/engine/worker.ts", runTime).filter(loading(slowToStart)),
  },
  {
    name: "a heavy package has one importer",
    violations: (graph) =>
      heavyPackages.flatMap((group) => {
        const importers = [...graph].filter(([, imports]) =>
          imports.some(({ packageName }) => packageName !== undefined && group.includes(packageName)),
        );
        return importers.length > 1
          ? [`${group.join(" + ")} in ${importers.map(([file]) => file).join(", ")}`]
          : [];
      }),
  },
  {
    name: "the command line starts without heavy packages",
    violations: (graph) =>
      packagesFrom(graph, "explore/cli/main.ts", atStart).filter(loading(heavyPackages.flat())),
  },
  {
    name: "effect is imported by submodule",
    violations: (graph) =>
      eachImport(graph, (_, { target }) => target === "effect" || /^@effect\/[^/]+$/.test(target)),
  },
];
