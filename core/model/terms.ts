import { ModelError } from "../errors.ts";
import { formatConfigurations, layerConfiguration } from "../machines/layer-configuration.ts";
import type { LayerStatistics, StatisticsRequest } from "../machines/layer-statistics.ts";
import type { BufferTraffic, CycleSplit, LeastBuffers, Machine } from "../machines/machine.ts";
import type { Configuration } from "../machines/parameter.ts";
import { bufferParameters, tilingParameters } from "../machines/system-parameters.ts";
import { voltageShare } from "../technology/supply.ts";
import type { Technology } from "../technology/technology.ts";
import type { LayerShape } from "../workloads/layer.ts";
import { costParameters, type DesignCosts, designCosts, dramType } from "./costs.ts";
import { type Buffers, type GivenTiling, type TiledWidths, type Tiling, tileLayer } from "./tiling.ts";
import { type LayerTransfers, networkTransfers } from "./transfers.ts";

/** What the model needs of a network: its layers without weights, and what moves beside them. */
export interface Workload {
  readonly name: string;
  /** Share of the network in aggregates. */
  readonly weight: number;
  readonly layers: readonly LayerShape[];
  /** Activations that operations without multiply–accumulates read and write, at batch 1. */
  readonly movedElements: number;
  /** What the user measured, by precision. */
  readonly accuracy?: Readonly<Record<string, number>>;
}

/** Looks up the statistics of a layer's operands, of a kind, that were computed for a request. */
export type StatisticsLookup = (
  network: number,
  layer: number,
  kind: string,
  request: StatisticsRequest,
) => LayerStatistics;

/** Compute cycles of a network by layer, under both models, with the bounds. */
export interface ComputeTerm {
  readonly analyticalCycles: Float64Array;
  readonly analyticalBusyCycles: Float64Array;
  readonly tracedCycles: Float64Array;
  readonly busyCycles: Float64Array;
  readonly optimisticCycles: Float64Array;
  readonly pessimisticCycles: Float64Array;
  readonly activePes: Float64Array;
  /** The format of every layer. */
  readonly formats: readonly string[];
  /** Where the cycles of the cycle model go, by layer. */
  readonly splits: readonly CycleSplit[];
  readonly signalPower: number;
  readonly noisePower: number;
  /** Of the network in this precision, as the sweep gives it; NaN where it does not. */
  readonly accuracy: number;
}

/** The parts of the model that designs share. Each throws ModelError where a configuration cannot have it. */
export interface TermRules {
  compute(network: number, configuration: Configuration): ComputeTerm;
  traffic(network: number, configuration: Configuration): readonly BufferTraffic[];
  leastBuffers(network: number, configuration: Configuration): readonly LeastBuffers[];
  tilings(network: number, configuration: Configuration): readonly Tiling[];
  /** DRAM transfers of the network's layers, tiled as `tilings` says. */
  transfers(
    network: number,
    configuration: Configuration,
    tilings: readonly Tiling[],
  ): readonly LayerTransfers[];
  /** Of a configuration with one format for all layers. */
  costs(configuration: Configuration): DesignCosts;
  /** Supply voltage as a share of the nominal one. */
  voltage(configuration: Configuration): number;
}

/** What a configuration costs while it runs layers of a format. */
export interface FormatCosts {
  readonly format: string;
  readonly costs: DesignCosts;
}

/** The same, each computed once for each distinct value of its parameters. */
export interface Terms extends Omit<TermRules, "leastBuffers" | "tilings" | "transfers" | "costs"> {
  /** The costs of a configuration in each of its formats, that of `default` first. */
  formatCosts(configuration: Configuration): readonly FormatCosts[];
  transfers(network: number, configuration: Configuration): readonly LayerTransfers[];
  /** Throws ModelError `buffer-too-small` where a buffer is below what a layer needs at least. */
  checkBuffers(network: number, configuration: Configuration): void;
}

/** The parameters that each term depends on; least buffers depend on those of the traffic. */
export const termParameters = (
  machine: Machine,
): Readonly<Record<Exclude<keyof TermRules, "leastBuffers">, readonly string[]>> => {
  const tilings = [...tilingParameters, ...machine.operandParameters];
  return {
    compute: machine.computeParameters,
    traffic: machine.trafficParameters,
    tilings,
    transfers: [...tilings, "dram", "residency"],
    costs: [
      ...machine.componentParameters,
      ...machine.operandParameters,
      ...machine.clockParameters,
      ...machine.sizeParameters,
      ...costParameters,
    ],
    voltage: ["clock", ...machine.clockParameters],
  };
};

/** Capacities of the three buffers, in bytes. */
export const bufferCapacities = (configuration: Configuration): Buffers => {
  const [weight, activation, output] = bufferParameters.map((name) => Number(configuration[name]) * 1024);
  return { weight, activation, output };
};

const givenTiling = (configuration: Configuration): GivenTiling => ({
  filters: Number(configuration.tileFilters),
  channels: Number(configuration.tileChannels),
  rows: Number(configuration.tileRows),
  order: configuration.loopOrder as GivenTiling["order"],
});

/** The configuration of every layer. */
const layerConfigurations = (
  machine: Machine,
  configuration: Configuration,
  layers: readonly LayerShape[],
): readonly Configuration[] =>
  layers.map(({ name }) => layerConfiguration(machine.parameters, configuration, name));

/** Widths of a layer's operands and outputs; the next layer takes the outputs [our decision: layers are a chain]. */
const layerWidths = (machine: Machine, own: readonly Configuration[], layer: number): TiledWidths => ({
  ...machine.operandWidths(own[layer]),
  output: machine.operandWidths(own[layer + 1] ?? own[layer]).activation,
});

/**
 * Computes the terms of `workloads` on `machine`; keeps nothing. A design that lacks a number for one of the `needed`
 * metrics has no costs: `checkPublished`.
 */
export const termRules = (
  machine: Machine,
  workloads: readonly Workload[],
  statistics: StatisticsLookup,
  technology: Technology,
  seed: number,
  needed: readonly string[] = [],
): TermRules => ({
  compute: (network, configuration) => {
    const { layers } = workloads[network];
    const own = layerConfigurations(machine, configuration, layers);
    const term = computeTerm(machine, own, layers, (layer) =>
      statistics(network, layer, machine.statisticsRule.kind, machine.statistics(own[layer], seed, layer)),
    );
    const accuracy = workloads[network].accuracy?.[configuration.precision] ?? Number.NaN;
    return { ...term, accuracy };
  },
  traffic: (network, configuration) => {
    const { layers } = workloads[network];
    const own = layerConfigurations(machine, configuration, layers);
    return layers.map((layer, index) => {
      const traffic = machine.bufferTraffic(own[index], layer);
      const { activation, output } = layerWidths(machine, own, index);
      // Outputs have the width of the layer that takes them; a factor of 1 changes no bit.
      return { ...traffic, outputWrites: traffic.outputWrites * (output / activation) };
    });
  },
  leastBuffers: (network, configuration) => {
    const { layers } = workloads[network];
    const own = layerConfigurations(machine, configuration, layers);
    return layers.map((layer, index) => machine.leastBuffers(own[index], layer));
  },
  tilings: (network, configuration) => {
    const { layers } = workloads[network];
    const own = layerConfigurations(machine, configuration, layers);
    const buffers = bufferCapacities(configuration);
    const given = givenTiling(configuration);
    return layers.map((layer, index) =>
      tileLayer(layer, Number(configuration.batch), layerWidths(machine, own, index), buffers, given),
    );
  },
  transfers: (network, configuration, tilings) =>
    networkTransfers(
      workloads[network].layers,
      tilings,
      dramType(configuration, technology).burst.value,
      configuration.residency === "chained",
      bufferCapacities(configuration),
    ),
  costs: (configuration) =>
    checkPublished(designCosts(machine, configuration, technology), machine, configuration, needed),
  voltage: (configuration) =>
    voltageShare(
      technology.supply,
      Number(configuration.clock),
      machine.nominalClock_GHz(formatConfigurations(machine.parameters, configuration)[0], technology),
    ),
});

/** The terms of `workloads` on `machine`, kept by sub-key for the life of the result. */
export const createTerms = (
  machine: Machine,
  workloads: readonly Workload[],
  statistics: StatisticsLookup,
  technology: Technology,
  seed: number,
  needed: readonly string[] = [],
): Terms => {
  const rules = termRules(machine, workloads, statistics, technology, seed, needed);
  const parameters = termParameters(machine);
  const perNetwork = <T>(
    names: readonly string[],
    compute: (network: number, configuration: Configuration) => T,
  ): ((network: number, configuration: Configuration) => T) => {
    const byNetwork = workloads.map((_, network) =>
      memoize(names, (configuration) => compute(network, configuration)),
    );
    return (network, configuration) => byNetwork[network](configuration);
  };
  const leastBuffers = perNetwork(parameters.traffic, rules.leastBuffers);
  const tilings = perNetwork(parameters.tilings, rules.tilings);
  const costs = memoize(parameters.costs, rules.costs);
  return {
    compute: perNetwork(parameters.compute, rules.compute),
    traffic: perNetwork(parameters.traffic, rules.traffic),
    transfers: perNetwork(parameters.transfers, (network, configuration) =>
      rules.transfers(network, configuration, tilings(network, configuration)),
    ),
    formatCosts: (configuration) =>
      formatConfigurations(machine.parameters, configuration).map((own) => ({
        format: String(own.precision),
        costs: costs(own),
      })),
    voltage: memoize(parameters.voltage, rules.voltage),
    checkBuffers: (network, configuration) =>
      requireBuffers(workloads[network], leastBuffers(network, configuration), configuration),
  };
};

/** Throws ModelError `unpublished` where a needed metric rests on a cost that nobody published. */
const checkPublished = (
  costs: DesignCosts,
  { name }: Machine,
  { costSource }: Configuration,
  needed: readonly string[],
): DesignCosts => {
  const { area_mm2, busyCycle_J } = costs.rates.nominal;
  const lacking = needed.find((metric) =>
    /^area/.test(metric)
      ? Number.isNaN(area_mm2)
      : /^(energy|power)/.test(metric) && Number.isNaN(busyCycle_J),
  );
  if (lacking === undefined) return costs;
  throw new ModelError(
    "unpublished",
    `${lacking} of ${name}: costSource ${costSource} has no number for it, and none was published`,
  );
};

/** Throws ModelError `buffer-too-small` where a buffer is below what a layer of the workload needs at least. */
export const requireBuffers = (
  { name: network, layers }: Workload,
  leastBuffers: readonly LeastBuffers[],
  configuration: Configuration,
): void => {
  leastBuffers.forEach((least, layer) => {
    for (const buffer of ["weight", "activation", "output"] as const) {
      const name = `${buffer}Buffer`;
      if (least[buffer] <= Number(configuration[name]) * 1024) continue;
      throw new ModelError(
        "buffer-too-small",
        `${name} of ${configuration[name]} KiB: layer ${layers[layer].name} of ` +
          `${network} needs at least ${Math.ceil(least[buffer] / 102.4) / 10} KiB`,
      );
    }
  });
};

/** Keeps the value, or the ModelError, of each distinct assignment of `parameters`. */
const memoize = <T>(
  parameters: readonly string[],
  compute: (configuration: Configuration) => T,
): ((configuration: Configuration) => T) => {
  const values = new Map<string, T | ModelError>();
  return (configuration) => {
    const key = parameters.map((name) => configuration[name]).join("|");
    let value = values.get(key);
    if (value === undefined) {
      value = valueOrError(() => compute(configuration));
      values.set(key, value);
    }
    if (value instanceof ModelError) throw value;
    return value;
  };
};

/** The value, or the ModelError that there is instead; any other error is thrown. */
export const valueOrError = <T>(compute: () => T): T | ModelError => {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
};

/** Throws ModelError `product` for a gradient that the machine does not run. */
const checkProduct = ({ name, products }: Machine, layer: LayerShape): void => {
  const product = layer.product ?? "forward";
  if (products.includes(product)) return;
  throw new ModelError(
    "product",
    `layer ${layer.name}: ${name} runs ${products.join(" and ")} products, not ${product}`,
  );
};

const computeTerm = (
  machine: Machine,
  configurations: readonly Configuration[],
  layers: readonly LayerShape[],
  statistics: (layer: number) => LayerStatistics,
): Omit<ComputeTerm, "accuracy"> => {
  const column = (): Float64Array => new Float64Array(layers.length);
  const term = {
    analyticalCycles: column(),
    analyticalBusyCycles: column(),
    tracedCycles: column(),
    busyCycles: column(),
    optimisticCycles: column(),
    pessimisticCycles: column(),
    activePes: column(),
  };
  const splits: CycleSplit[] = [];
  let signalPower = 0;
  let noisePower = 0;
  layers.forEach((layer, index) => {
    checkProduct(machine, layer);
    const groups = statistics(index);
    const configuration = configurations[index];
    const analytical = machine.analyticalCycles(configuration, layer, groups);
    const traced = machine.tracedCycles(configuration, layer, groups);
    term.analyticalCycles[index] = analytical.cycles;
    term.analyticalBusyCycles[index] = analytical.busyCycles;
    term.tracedCycles[index] = traced.cycles;
    term.busyCycles[index] = traced.busyCycles;
    term.optimisticCycles[index] = traced.optimisticCycles;
    term.pessimisticCycles[index] = traced.pessimisticCycles;
    splits.push(traced.split);
    term.activePes[index] = machine.activePes(configuration, layer);
    // Gradients have no weights of their own: those of their layer count once.
    if (layer.kind !== "matmul" && layer.product === undefined) {
      signalPower += groups.signalPower;
      noisePower += groups.noisePower;
    }
  });
  const formats = configurations.map(({ precision }) => String(precision));
  return { ...term, formats, splits, signalPower, noisePower };
};
