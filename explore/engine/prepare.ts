import { createHash } from "node:crypto";
import { ModelError } from "../../core/errors.ts";
import { layerConfiguration } from "../../core/machines/layer-configuration.ts";
import type { Machine } from "../../core/machines/machine.ts";
import {
  type Configuration,
  configurationOf,
  type ParameterValue,
  settled,
} from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Workload } from "../../core/model/terms.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { checkRange } from "../../core/numerics/round-floats.ts";
import {
  checkStoredPrecision,
  holdsFormat,
  type StoredPrecision,
} from "../../core/numerics/stored-precision.ts";
import type { Technology } from "../../core/technology/technology.ts";
import { distributionText } from "../../core/workloads/activation-distribution.ts";
import type { Layer } from "../../core/workloads/layer.ts";
import type { Network } from "../../core/workloads/network.ts";
import { syntheticMark } from "../../core/workloads/synthetic-mark.ts";
import type { SpaceDescription } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { Identity } from "../store/manifest.ts";
import type { StatisticsTask } from "./compute-statistic.ts";
import { type EnginePlan, statisticsKey } from "./plan.ts";
import { type LayerPlace, shareValues } from "./share-values.ts";
import { type KindRequest, ruleOf, type SlabEntry } from "./slab.ts";
import { asStated, contradicted } from "./stated-activations.ts";
import { layOutStatistics, type WantedStatistic } from "./statistics-layout.ts";

/** A sweep with its networks in memory, ready to run. */
export interface Prepared {
  readonly plan: EnginePlan;
  readonly slab: SharedArrayBuffer;
  /** Fill the slab. */
  readonly statistics: readonly StatisticsTask[];
  /** What decides the rows. */
  readonly identity: Omit<Identity, "version">;
}

/**
 * Lays out everything the workers need. The statistics of the whole sweep are collected here, each distinct one once;
 * where weights may not be used in a format, the directory says why instead.
 */
export const prepare = (
  sweep: Sweep,
  networks: readonly Network[],
  technology: Technology,
  cacheDirectory: string,
): Prepared => {
  const directory: Record<string, SlabEntry | { readonly refused: string }> = {};
  const shared = shareValues(networks);
  const keys: string[] = [];
  const wanted: WantedStatistic[] = [];
  networks.forEach((network, networkIndex) => {
    const { allowUpcast } = sweep.networks[networkIndex];
    network.layers.forEach((layer, layerIndex) => {
      const requests = requestsOf(sweep, layer.name, layerIndex);
      const refusals = new Map(
        formatsOf(requests).map((format) => [format, refusal(network, layer, format, allowUpcast)]),
      );
      for (const asked of requests) {
        const key = statisticsKey(networkIndex, layerIndex, asked);
        const refused =
          refusals.get(asked.request.format) ??
          uncaptured(network, layer, asked) ??
          contradicted(network, asked);
        if (refused !== undefined) {
          directory[key] = { refused };
          continue;
        }
        keys.push(key);
        const place = shared.places[networkIndex][layerIndex];
        wanted.push({ layer, place, kind: asked.kind, request: asStated(network, asked) });
      }
    });
  });
  const { slab, tasks } = layOutStatistics(wanted, shared, cacheDirectory);
  tasks.forEach(({ entry }, index) => {
    directory[keys[index]] = entry;
  });
  const workloads = networks.map((network, index) => workloadOf(sweep, network, index));
  return {
    plan: { sweep, workloads, technology, directory },
    slab,
    statistics: tasks,
    identity: identityOf(sweep, networks, workloads, shared.places, technology),
  };
};

const identityOf = (
  { seed, fidelity, space, aggregate, objectives, require, networks }: Sweep,
  loaded: readonly Network[],
  workloads: EnginePlan["workloads"],
  places: readonly (readonly LayerPlace[])[],
  technology: Technology,
): Prepared["identity"] => ({
  seed,
  technology: sha256(technology),
  networks: workloads.map(({ name, layers, movedElements, accuracy }, network) => {
    const values = places[network].map(({ weightsHash, activationsHash, activations }) => [
      weightsHash,
      activationsHash,
      activations?.vectors ?? 0,
    ]);
    // Whether weights may be taken in more bits matters only where some were stored in fewer than float32 has.
    const stored = loaded[network].layers.map(({ weights }) => weights.stored);
    const below = stored.some((precision) => !holdsFormat(precision, parseFormat("float32")));
    const allowUpcast = below && networks[network].allowUpcast;
    const { activationDistribution } = loaded[network];
    const stated = [activationDistribution, accuracy].filter((value) => value !== undefined);
    return { name, hash: sha256([layers, movedElements, stored, allowUpcast, values, ...stated]) };
  }),
  fidelity,
  space: sha256(space),
  joint: sha256([aggregate, workloads.map(({ weight }) => weight)]),
  decided: fidelity === "staged" ? sha256([objectives, require]) : "",
});

/** SHA-256 of a value's JSON, in hex. */
const sha256 = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

const workloadOf = (sweep: Sweep, network: Network, index: number): EnginePlan["workloads"][number] => ({
  name: network.name,
  position: index,
  weight: sweep.networks[index].weight,
  layers: network.layers.map(({ weights: _, activations: __, ...shape }) => shape),
  ...accuracyOf(sweep, index),
  ...standInsOf(network),
  upcasts: sweep.networks[index].allowUpcast ? upcastsOf(sweep, network) : {},
  movedElements: network.movements.reduce((sum, move) => sum + move.readElements + move.writtenElements, 0),
});

const accuracyOf = (sweep: Sweep, index: number): Pick<Workload, "accuracy"> => {
  const given = sweep.networks[index].accuracy;
  return given === undefined ? {} : { accuracy: given.byPrecision };
};

const standInsOf = (
  network: Network,
): Pick<EnginePlan["workloads"][number], "syntheticWeights" | "statedActivations"> => {
  const syntheticWeights = syntheticMark(network);
  const { activationDistribution } = network;
  return {
    ...(syntheticWeights !== undefined && { syntheticWeights }),
    ...(activationDistribution && { statedActivations: distributionText(activationDistribution) }),
  };
};

const formatsOf = (requests: readonly KindRequest[]): string[] => [
  ...new Set(requests.map(({ request }) => request.format)),
];

/** For each format that has more bits than some weights it is used on were stored in, what these were stored in. */
const upcastsOf = (sweep: Sweep, network: Network): EnginePlan["workloads"][number]["upcasts"] => {
  const below: Record<string, StoredPrecision[]> = {};
  network.layers.forEach(({ name, weights }, layer) => {
    for (const format of formatsOf(requestsOf(sweep, name, layer))) {
      if (holdsFormat(weights.stored, parseFormat(format))) continue;
      below[format] ??= [];
      if (!below[format].includes(weights.stored)) below[format].push(weights.stored);
    }
  });
  return below;
};

/** Why a layer's weights may not be used in a format; undefined if they may. */
const refusal = (
  network: Network,
  layer: Layer,
  formatName: string,
  allowUpcast: boolean,
): string | undefined => {
  const what = `${network.name}, layer ${layer.name}`;
  const format = parseFormat(formatName);
  return messageOf(() => {
    checkStoredPrecision(format, layer.weights.stored, what, allowUpcast);
    checkRange(layer.weights.values, format, what);
  });
};

/** Why a request for captured activations cannot be met; undefined if it can, or is for others. */
const uncaptured = (network: Network, layer: Layer, { kind, request }: KindRequest): string | undefined => {
  if (ruleOf(kind).activationsOf(request) !== "captured") return undefined;
  const { activations } = layer;
  if (activations === undefined) {
    const parameter = "activationExponents" in request ? "activationExponents" : "activations";
    return `${network.name}: ${parameter} captured, but the network names no file of activations`;
  }
  return messageOf(() =>
    checkRange(
      activations.values,
      parseFormat(request.format),
      `${activations.source}, tensor ${layer.name}`,
    ),
  );
};

/** What a check says that fails; undefined where it passes. */
const messageOf = (check: () => void): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
};

/** The distinct statistics that designs of the sweep need of a layer. */
const requestsOf = (sweep: Sweep, layerName: string, layer: number): KindRequest[] => {
  const requests = new Map<string, KindRequest>();
  for (const { name } of sweep.space.machines) {
    const machine = machines[name];
    for (const configuration of statisticsConfigurations(machine, sweep.space)) {
      const own = layerConfiguration(machine.parameters, configuration, layerName);
      const asked = {
        kind: machine.statisticsRule.kind,
        request: machine.statistics(own, sweep.seed, layer),
      };
      requests.set(JSON.stringify(asked), asked);
    }
  }
  return [...requests.values()];
};

/**
 * Configurations that differ in what statistics depend on: every combination of the values that the sweep, its
 * baseline and its added points give these parameters, the others at their defaults. A default counts where the sweep
 * does not give the parameter, or not under all conditions.
 */
const statisticsConfigurations = (machine: Machine, space: SpaceDescription): Configuration[] => {
  const given = [...(space.baseline ? [space.baseline] : []), ...space.points].filter(
    (point) => point.machine === machine.name,
  );
  let configurations: Record<string, ParameterValue>[] = [configurationOf(machine.parameters)];
  for (const name of machine.statisticsParameters) {
    const swept = space.parameters.find((parameter) => parameter.name === name);
    const values = new Set([
      ...(swept?.values ?? []),
      ...(swept === undefined || swept.when !== undefined ? [configurations[0][name]] : []),
      ...given.map((point) => point.configuration[name]),
    ]);
    configurations = configurations.flatMap((configuration) =>
      [...values].map((value) => ({ ...configuration, [name]: value })),
    );
  }
  return configurations.map((configuration) => settled(machine.parameters, configuration));
};
