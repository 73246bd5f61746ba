import type { ParameterValue } from "../../core/machines/parameter.ts";
import { type CycleCause, cycleCauses } from "../../core/model/cycle-breakdown.ts";
import { type EnergyPart, energyParts } from "../../core/model/energy.ts";
import { boundNames } from "../../core/model/layer-demand.ts";
import type { Evaluator } from "../engine/evaluator.ts";
import type { FrontEvidence, NetworkEvidence } from "../engine/evidence.ts";
import type { EnginePlan } from "../engine/plan.ts";
import type { Run } from "../engine/run.ts";
import { hasStandIns, standIns } from "../engine/stand-ins.ts";
import { upcastNetworks, upcastSentence } from "../engine/upcast.ts";
import { configurationKey } from "../space/key.ts";
import type { Point } from "../space/space.ts";
import type { Pass } from "../store/run-directory.ts";
import type { Column } from "../table/column.ts";
import { designCaveats } from "./design-caveats.ts";

/**
 * The columns of front.csv and front.parquet: `network` where every network has a front of its own, key, index,
 * machine, fidelity, every parameter, every metric, with several networks every metric a
 * network, every objective that is an expression, bound; `certain` and `atEnds`, whether the design stays on the front
 * although numbers are uncertain (`CertainDesigns`, 1 or 0); `mark`, the weakest of what entered; where its energy and its clock cycles go, as
 * `energy:dram_J` and `cycles:ideal`, with several networks a network each; caveats, and, where the sweep takes weights in
 * more bits than they were stored in, `upcast`: the networks whose results stand on such weights; and, where a network
 * has synthetic weights or states its activations, `standIns`, which says so.
 */
export const frontColumns = ({
  evaluator,
  fronts,
  pass,
  evidence,
}: Pick<Run, "evaluator" | "fronts" | "pass" | "evidence">): Column[] => {
  const { plan } = evaluator;
  const layout = evaluator.layout(pass);
  const members = fronts.flatMap(({ rows, scope }) =>
    rows.map((row) => ({ row, scope, ...designOf(evaluator, row[0]) })),
  );
  const networks = plan.workloads.map(({ name }) => name);
  const expressions = plan.sweep.objectives.flatMap(({ name, expression }, objective) =>
    expression.kind === "name" ? [] : [{ name, objective }],
  );
  return [
    ...(plan.sweep.aggregate === "each"
      ? [{ name: "network", data: members.map(({ scope }) => networks[scope.network]) }]
      : []),
    {
      name: "key",
      data: members.map(({ machine, configuration }) => configurationKey(machine, configuration)),
    },
    { name: "index", data: Float64Array.from(members, ({ row }) => row[0]) },
    { name: "machine", data: members.map(({ machine }) => machine) },
    { name: "fidelity", data: members.map(() => pass) },
    ...parameterColumns(
      evaluator,
      members.map(({ configuration }) => configuration),
    ),
    ...metricColumns(evaluator, pass).map(({ name, position }) => ({
      name,
      data: Float64Array.from(members, ({ row }) => row[position]),
    })),
    ...expressions.map(({ name, objective }) => ({
      name,
      data: Float64Array.from(members, ({ row, scope }) => evaluator.objectives(row, scope)[objective]),
    })),
    { name: "bound", data: members.map(({ row }) => boundNames[row[layout.bound]]) },
    ...evidenceColumns(
      evidence,
      fronts.flatMap((front, which) => front.rows.map(([index]) => ({ index, which }))),
      networks,
    ),
    {
      name: "caveats",
      data: members.map((member) => designCaveats(plan, member).join(" ")),
    },
    ...(upcastSentence(plan) === ""
      ? []
      : [{ name: "upcast", data: members.map((member) => upcastNetworks(plan, member).join(" ")) }]),
    ...standInColumns(plan, members),
  ];
};

/** The columns of metrics with their positions in a row; accuracy only where some network of the sweep has one. */
export const metricColumns = (
  { plan, layout }: Evaluator,
  pass: Pass,
): { readonly name: string; readonly position: number }[] => {
  const { names, bound } = layout(pass);
  const isGiven = plan.workloads.some(({ accuracy }) => accuracy !== undefined);
  return names
    .map((name, position) => ({ name, position }))
    .slice(1, bound)
    .filter(({ name }) => isGiven || !/^accuracy(:|$)/.test(name));
};

/** What is known of the designs on fronts beyond their metrics. */
const evidenceColumns = (
  evidence: FrontEvidence | null,
  members: readonly { readonly index: number; readonly which: number }[],
  networks: readonly string[],
): Column[] => {
  if (evidence === null) return [];
  const sets = evidence.fronts.map(({ certain, atEnds }) => ({
    certain: new Set(certain),
    atEnds: new Set(atEnds),
  }));
  const designs = members.map(({ index }) => evidence.designs[index]);
  const suffix = (network: number): string => (networks.length === 1 ? "" : `:${networks[network]}`);
  const parts = (
    kind: "cycles" | "energy",
    names: readonly string[],
    read: (network: NetworkEvidence | undefined, name: string) => number | undefined,
  ): Column[] =>
    networks.flatMap((_, network) =>
      names.map((name) => ({
        name: `${kind}:${name}${suffix(network)}`,
        data: Float64Array.from(designs, (design) => read(design?.networks[network], name) ?? Number.NaN),
      })),
    );
  const traced = designs.some((design) => design?.networks[0].cycles !== undefined);
  return [
    ...(["certain", "atEnds"] as const).map((name) => ({
      name,
      data: Int32Array.from(members, ({ index, which }) => (sets[which][name].has(index) ? 1 : 0)),
    })),
    { name: "mark", data: designs.map((design) => design?.mark ?? "") },
    ...parts("energy", energyParts, (network, name) => network?.energy[name as EnergyPart]),
    ...(traced ? parts("cycles", cycleCauses, (network, name) => network?.cycles?.[name as CycleCause]) : []),
  ];
};

/** What stands in for trained weights and captured activations, where any network of the plan has such. */
export const standInColumns = (plan: EnginePlan, designs: readonly Point[]): Column[] =>
  hasStandIns(plan)
    ? [{ name: "standIns", data: designs.map((design) => standIns(plan, design).join("; ")) }]
    : [];

/** The design of an index that is known to be one. */
export const designOf = ({ space }: Evaluator, index: number): Point => {
  const point = space.pointAt(index);
  if (point === null) throw new Error(`index ${index} is no design of the space`);
  return point;
};

/** Every parameter of the sweep's machines as a column; empty where a design's machine does not have it. */
export const parameterColumns = (
  { plan }: Evaluator,
  configurations: readonly Point["configuration"][],
): Column[] => {
  const names = plan.sweep.space.machines.flatMap(({ parameters }) => parameters.map(({ name }) => name));
  return [...new Set(names)].map((name) =>
    columnOf(
      name,
      configurations.map((configuration) => configuration[name]),
    ),
  );
};

const columnOf = (name: string, values: readonly (ParameterValue | undefined)[]): Column =>
  values.every((value) => typeof value === "number")
    ? { name, data: Float64Array.from(values as number[]) }
    : { name, data: values.map((value) => (value === undefined ? "" : String(value))) };
