import type { LeastBuffers } from "../../core/machines/machine.ts";
import { joinMetrics } from "../../core/model/aggregate.ts";
import { noWork, type View } from "../../core/model/evaluate.ts";
import { movementBytes } from "../../core/model/layer-demand.ts";
import type { ComputeVectors, TilingVectors, TrafficVectors } from "../../core/model/layer-vectors.ts";
import { metrics } from "../../core/model/metrics.ts";
import {
  boundOfTimes,
  fillMemoryTimes,
  type MemoryTimes,
  memoryTimes,
  runLayers,
  timesLength,
  writeMetrics,
} from "../../core/model/network-kernel.ts";
import type { Workload } from "../../core/model/terms.ts";
import { type CompiledExpression, compileExpression } from "../spec/compile-expression.ts";
import type { Sweep } from "../spec/sweep.ts";
import { type ColumnLayout, type FrontScope, jointMetrics } from "./columns.ts";
import { keyCount, keyOf } from "./sub-keys.ts";
import type { Known, KnownClock, KnownCosts, TermStore } from "./term-store.ts";

const width = metrics.length;

/** A network on the design that was evaluated last, and what of it still holds for the next one. */
interface NetworkState {
  readonly name: string;
  readonly movedElements: number;
  readonly memory: MemoryTimes;
  /** One vector a view. */
  readonly times: readonly Float64Array[];
  compute: ComputeVectors | undefined;
  traffic: TrafficVectors | undefined;
  tiling: TilingVectors | undefined;
  memoryHolds: boolean;
  timesHold: boolean;
}

/** What a kernel evaluates: the parts of a plan that count here, and the columns of its pass. */
export interface KernelTask {
  readonly sweep: Pick<Sweep, "aggregate" | "objectives" | "require">;
  readonly workloads: readonly Workload[];
  readonly fronts: readonly FrontScope[];
  readonly layout: ColumnLayout;
  /** The pass's own view; with bounds the optimistic and the pessimistic one follow it. */
  readonly views: readonly View[];
}

/**
 * Evaluates one design of a machine after another from its sub-keys, as `Evaluator.row` does and to the same bits. What
 * two designs in turn have in common is not computed again: terms, memory times, times.
 */
export class DesignKernel {
  readonly #task: KernelTask;
  readonly #store: TermStore;
  readonly #networks: readonly NetworkState[];
  readonly #workless: readonly string[];
  readonly #weights: Float64Array;
  readonly #schedules: boolean;
  /** Metrics of all networks, a vector a view. */
  readonly #metrics: readonly Float64Array[];
  readonly #joint = new Float64Array(width);
  readonly #objectives: readonly CompiledExpression[];
  readonly #require: readonly CompiledExpression[];
  /** Sub-keys of what is at hand; NaN for nothing. */
  readonly #held = new Float64Array(keyCount).fill(Number.NaN);
  #costs: Known<KnownCosts> = { value: undefined, failure: "" };
  #clock: KnownClock = { clock: 0, period: 0 };
  #bufferSeconds = 0;
  #channelSeconds = 0;
  #batch = 0;
  /** The first network whose terms cannot be had, and why; otherwise the number of networks. */
  #failedNetwork = 0;
  #failure = "";
  #bound = 0;

  constructor(task: KernelTask, store: TermStore) {
    const { sweep, workloads, views } = task;
    this.#task = task;
    this.#store = store;
    this.#networks = workloads.map(({ name, movedElements, layers }) => ({
      name,
      movedElements,
      memory: memoryTimes(layers.length),
      times: views.map(() => new Float64Array(timesLength)),
      compute: undefined,
      traffic: undefined,
      tiling: undefined,
      memoryHolds: false,
      timesHold: false,
    }));
    this.#workless = workloads.map((workload) => {
      const { code, message } = noWork(workload);
      return `${code}: ${message}`;
    });
    this.#weights = Float64Array.from(workloads, ({ weight }) => weight);
    this.#schedules = views.some((view) => view === "cycle" || view === "pessimistic");
    this.#metrics = views.map(() => new Float64Array(width * workloads.length));
    const names = metrics.map(({ name }) => name);
    this.#objectives = sweep.objectives.map(({ expression }) => compileExpression(expression, names));
    this.#require = sweep.require.map(({ expression }) => compileExpression(expression, names));
  }

  /** Evaluates the design with these sub-keys; answers with the text of its error, empty if it has none. */
  evaluate(index: number, keys: Float64Array): string {
    const held = this.#held;
    if (
      keys[keyOf.compute] !== held[keyOf.compute] ||
      keys[keyOf.traffic] !== held[keyOf.traffic] ||
      keys[keyOf.tilings] !== held[keyOf.tilings] ||
      keys[keyOf.fit] !== held[keyOf.fit]
    ) {
      this.#takeTerms(index, keys);
    }
    if (this.#failedNetwork === 0 && this.#networks.length > 0) return this.#failure;
    if (keys[keyOf.costs] !== held[keyOf.costs]) this.#takeCosts(index, keys[keyOf.costs]);
    const known = this.#costs.value;
    if (known === undefined) return this.#costs.failure;
    if (keys[keyOf.clock] !== held[keyOf.clock]) this.#takeClock(index, keys[keyOf.clock]);
    if (keys[keyOf.bufferBandwidth] !== held[keyOf.bufferBandwidth]) {
      this.#takeBandwidth(index, keys[keyOf.bufferBandwidth]);
    }
    if (keys[keyOf.batch] !== held[keyOf.batch]) {
      this.#batch = this.#store.batch(keys[keyOf.batch], index);
      held[keyOf.batch] = keys[keyOf.batch];
    }
    const { costs } = known;
    const { views } = this.#task;
    const networks = this.#networks;
    const batch = this.#batch;
    const { clock } = this.#clock;
    const channelSeconds = this.#channelSeconds;
    for (let view = 0; view < views.length; view++) {
      let slowest = -1;
      for (let network = 0; network < networks.length; network++) {
        if (network === this.#failedNetwork) return this.#failure;
        const state = networks[network];
        const times = state.times[view];
        if (!state.timesHold || !state.memoryHolds) this.#run(state);
        const moved = movementBytes(state.movedElements, costs.activationBits, batch);
        const movementSeconds = moved * channelSeconds;
        const seconds = times[0] + movementSeconds;
        if (seconds === 0) return this.#workless[network];
        if (view === 0 && seconds > slowest) {
          slowest = seconds;
          this.#bound = boundOfTimes(times, movementSeconds);
        }
        writeMetrics(
          times,
          views[view],
          state.compute!,
          state.traffic!,
          state.tiling!,
          costs,
          batch,
          clock,
          moved,
          movementSeconds,
          this.#metrics[view],
          network * width,
        );
      }
    }
    return "";
  }

  /** Writes the row of the design that was evaluated last. */
  write(index: number, position: number, columns: readonly Float64Array[]): void {
    const { layout, workloads, sweep } = this.#task;
    const own = this.#metrics[0];
    columns[0][position] = index;
    if (workloads.length > 1) {
      joinMetrics(own, this.#weights, sweep.aggregate, this.#joint, 0);
      for (let metric = 0; metric < width; metric++) {
        columns[jointMetrics + metric][position] = this.#joint[metric];
      }
    }
    for (let network = 0; network < workloads.length; network++) {
      const start = layout.networkMetrics[network];
      for (let metric = 0; metric < width; metric++) {
        columns[start + metric][position] = own[network * width + metric];
      }
    }
    columns[layout.bound][position] = this.#bound;
    if (layout.bounds.length > 0) this.#writeBounds(position, columns);
  }

  /** Each metric moves one way with the run time, so its values at the ends hold all between. */
  #writeBounds(position: number, columns: readonly Float64Array[]): void {
    const { fronts, layout, sweep } = this.#task;
    for (let front = 0; front < fronts.length; front++) {
      const { network } = fronts[front];
      const { optimistic, pessimistic, admissible } = layout.bounds[front];
      let admitted = 1;
      for (let end = 1; end <= 2; end++) {
        let vector = this.#metrics[end];
        if (network < 0) {
          joinMetrics(vector, this.#weights, sweep.aggregate, this.#joint, 0);
          vector = this.#joint;
        }
        const start = network < 0 ? 0 : network * width;
        for (let objective = 0; objective < this.#objectives.length; objective++) {
          const value = Number(this.#objectives[objective](vector, start));
          if (end === 1) {
            columns[optimistic + objective][position] = value;
            continue;
          }
          const atFastest = columns[optimistic + objective][position];
          const low = Math.min(atFastest, value);
          const high = Math.max(atFastest, value);
          const maximized = sweep.objectives[objective].direction === "maximize";
          columns[optimistic + objective][position] = maximized ? high : low;
          columns[pessimistic + objective][position] = maximized ? low : high;
        }
        for (const requirement of this.#require) {
          if (requirement(vector, start) !== true) admitted = 0;
        }
      }
      columns[admissible][position] = admitted;
    }
  }

  /** Memory times and times of a network, as far as they do not hold any more. */
  #run(state: NetworkState): void {
    const { compute, traffic, tiling, memory, times } = state;
    if (!state.memoryHolds) {
      fillMemoryTimes(memory, traffic!, tiling!, this.#bufferSeconds, this.#channelSeconds, this.#schedules);
      state.memoryHolds = true;
    }
    const { views } = this.#task;
    for (let view = 0; view < views.length; view++) {
      runLayers(views[view], compute!, memory, tiling!, this.#clock.period, times[view]);
    }
    state.timesHold = true;
  }

  /** Takes the terms of every network, in the order in which `evaluateNetwork` asks for them, up to the first that fails. */
  #takeTerms(index: number, keys: Float64Array): void {
    const held = this.#held;
    // Nothing is at hand if something throws below.
    held[keyOf.compute] = Number.NaN;
    this.#failedNetwork = this.#networks.length;
    for (let network = 0; network < this.#networks.length; network++) {
      this.#failure = this.#takeNetwork(this.#networks[network], network, index, keys);
      if (this.#failure !== "") {
        this.#failedNetwork = network;
        break;
      }
    }
    held[keyOf.traffic] = keys[keyOf.traffic];
    held[keyOf.tilings] = keys[keyOf.tilings];
    held[keyOf.fit] = keys[keyOf.fit];
    held[keyOf.compute] = keys[keyOf.compute];
  }

  #takeNetwork(state: NetworkState, network: number, index: number, keys: Float64Array): string {
    const store = this.#store;
    const least = store.least(network, keys[keyOf.traffic], index);
    if (least.value === undefined) return least.failure;
    if (!fits(least.value, store.capacities(keys[keyOf.capacities], index))) {
      return store.misfit(network, keys[keyOf.fit], index);
    }
    const compute = store.compute(network, keys[keyOf.compute], index);
    if (compute.value === undefined) return compute.failure;
    const traffic = store.traffic(network, keys[keyOf.traffic], index);
    if (traffic.value === undefined) return traffic.failure;
    const tilings = store.tilings(network, keys[keyOf.tilings], index);
    if (tilings.value === undefined) return tilings.failure;
    if (state.compute !== compute.value) {
      state.compute = compute.value;
      state.timesHold = false;
    }
    if (state.traffic !== traffic.value || state.tiling !== tilings.value) {
      state.traffic = traffic.value;
      state.tiling = tilings.value;
      state.memoryHolds = false;
    }
    return "";
  }

  #takeCosts(index: number, key: number): void {
    this.#costs = this.#store.costs(key, index);
    this.#held[keyOf.costs] = key;
    const { value } = this.#costs;
    if (value === undefined || value.channelSeconds === this.#channelSeconds) return;
    this.#channelSeconds = value.channelSeconds;
    for (const state of this.#networks) state.memoryHolds = false;
  }

  #takeBandwidth(index: number, key: number): void {
    this.#bufferSeconds = this.#store.bufferSeconds(key, index);
    this.#held[keyOf.bufferBandwidth] = key;
    for (const state of this.#networks) state.memoryHolds = false;
  }

  #takeClock(index: number, key: number): void {
    this.#clock = this.#store.clock(key, index);
    this.#held[keyOf.clock] = key;
    for (const state of this.#networks) state.timesHold = false;
  }
}

const fits = (least: LeastBuffers, capacities: LeastBuffers): boolean =>
  least.weight <= capacities.weight &&
  least.activation <= capacities.activation &&
  least.output <= capacities.output;
