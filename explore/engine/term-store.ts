import { ModelError } from "../../core/errors.ts";
import type { LeastBuffers, Machine } from "../../core/machines/machine.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import type { DesignCosts } from "../../core/model/costs.ts";
import { secondsPerByte } from "../../core/model/layer-demand.ts";
import {
  type ComputeVectors,
  computeVectors,
  largestLeast,
  type TrafficVectors,
  type TransferVectors,
  trafficVectors,
  transferVectors,
} from "../../core/model/layer-vectors.ts";
import {
  bufferCapacities,
  requireBuffers,
  type StatisticsLookup,
  termRules,
  valueOrError,
  type Workload,
} from "../../core/model/terms.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Space } from "../space/space.ts";
import { keyOf, type SubKeys } from "./sub-keys.ts";
import { type TableBudget, TermTable } from "./term-table.ts";

/** A value, or the text of the error that there is instead; then `value` is undefined. */
export interface Known<T> {
  readonly value: T | undefined;
  readonly failure: string;
}

/** Costs with what one byte of a DRAM channel takes. */
export interface KnownCosts {
  readonly costs: DesignCosts;
  readonly channelSeconds: number;
}

/** A clock, and its reciprocal. */
export interface KnownClock {
  readonly clock: number;
  readonly period: number;
}

/** The terms of a machine by sub-key, computed on first use; `index` is a design that has the sub-key. */
export interface TermStore {
  compute(network: number, key: number, index: number): Known<ComputeVectors>;
  traffic(network: number, key: number, index: number): Known<TrafficVectors>;
  /** The least capacities of the buffers, of any layer. */
  least(network: number, key: number, index: number): Known<LeastBuffers>;
  /** The keys are those of `transfers` and of the tilings that are moved. */
  transfers(network: number, key: number, tilingsKey: number, index: number): Known<TransferVectors>;
  capacities(key: number, index: number): LeastBuffers;
  /** Why a design's buffers are too small; the key is that of `fit`. */
  misfit(network: number, key: number, index: number): string;
  costs(key: number, index: number): Known<KnownCosts>;
  clock(key: number, index: number): KnownClock;
  /** A clock that was asked for before; undefined if it was not, or there is none. */
  knownClock(key: number): KnownClock | undefined;
  voltage(key: number, index: number): Known<{ readonly share: number }>;
  bufferSeconds(key: number, index: number): number;
  batch(key: number, index: number): number;
}

export const createTermStore = (
  machine: Machine,
  workloads: readonly Workload[],
  statistics: StatisticsLookup,
  technology: Technology,
  seed: number,
  space: Space,
  subKeys: SubKeys,
  budget: TableBudget,
  needed: readonly string[],
): TermStore => {
  const rules = termRules(machine, workloads, statistics, technology, seed, needed);
  const configurationOf = (index: number): Configuration => {
    const configuration = space.configurationAt(index);
    if (configuration === null) throw new Error(`the terms of ${index}, which the space excludes`);
    return configuration;
  };
  const known = <T>(compute: () => T): Known<T> => {
    const value = valueOrError(compute);
    return value instanceof ModelError
      ? { value: undefined, failure: `${value.code}: ${value.message}` }
      : { value, failure: "" };
  };
  const tableOf = <T>(key: keyof typeof keyOf, bytes: number): TermTable<T> =>
    new TermTable<T>(budget, subKeys.sizes[keyOf[key]], bytes);
  const lookup =
    <T>(values: TermTable<T>, compute: (configuration: Configuration) => T) =>
    (key: number, index: number): T =>
      values.get(key) ?? values.set(key, compute(configurationOf(index)));
  const table = <T>(
    key: keyof typeof keyOf,
    bytes: number,
    compute: (configuration: Configuration) => T,
  ): ((key: number, index: number) => T) => lookup(tableOf<T>(key, bytes), compute);
  const clocks = tableOf<KnownClock>("clock", objectBytes);
  const perNetwork = <T>(
    key: keyof typeof keyOf,
    vectors: number,
    compute: (network: number, configuration: Configuration) => T,
  ): ((network: number, key: number, index: number) => T) => {
    const tables = workloads.map(({ layers }, network) =>
      table(key, objectBytes + vectors * (vectorBytes + 8 * layers.length), (configuration) =>
        compute(network, configuration),
      ),
    );
    return (network, subKey, index) => tables[network](subKey, index);
  };
  // An object a layer: about as much as thirty vectors' worth of numbers.
  const tilings = perNetwork("tilings", 30, (network, configuration) =>
    valueOrError(() => rules.tilings(network, configuration)),
  );
  const transfers = workloads.map(({ layers }) =>
    tableOf<Known<TransferVectors>>("transfers", objectBytes + 6 * (vectorBytes + 8 * layers.length)),
  );
  return {
    compute: perNetwork("compute", 5, (network, configuration) =>
      known(() => computeVectors(rules.compute(network, configuration))),
    ),
    traffic: perNetwork("traffic", 3, (network, configuration) =>
      known(() => trafficVectors(rules.traffic(network, configuration))),
    ),
    least: perNetwork("traffic", 0, (network, configuration) =>
      known(() => largestLeast(rules.leastBuffers(network, configuration))),
    ),
    transfers: (network, key, tilingsKey, index) =>
      transfers[network].get(key) ??
      transfers[network].set(
        key,
        known(() => {
          const tiled = tilings(network, tilingsKey, index);
          if (tiled instanceof ModelError) throw tiled;
          return transferVectors(rules.transfers(network, configurationOf(index), tiled));
        }),
      ),
    capacities: table("capacities", objectBytes, bufferCapacities),
    misfit: perNetwork("fit", 0, (network, configuration) => {
      const { failure } = known(() =>
        requireBuffers(workloads[network], rules.leastBuffers(network, configuration), configuration),
      );
      return failure;
    }),
    costs: table("costs", 4 * objectBytes, (configuration) =>
      known(() => {
        const costs = rules.costs(configuration);
        return { costs, channelSeconds: secondsPerByte(costs.dram.bandwidth.value) };
      }),
    ),
    knownClock: (key) => clocks.get(key),
    clock: lookup(clocks, (configuration) => {
      const clock = Number(configuration.clock) * 1e9;
      return { clock, period: 1 / clock };
    }),
    voltage: table("voltage", objectBytes, (configuration) =>
      known(() => ({ share: rules.voltage(configuration) })),
    ),
    bufferSeconds: table("bufferBandwidth", objectBytes, (configuration) =>
      secondsPerByte(Number(configuration.bufferBandwidth)),
    ),
    batch: table("batch", objectBytes, (configuration) => Number(configuration.batch)),
  };
};

/** What an object with its numbers or texts takes, and a typed array beside its numbers; both rather more than less. */
const objectBytes = 400;
const vectorBytes = 200;
