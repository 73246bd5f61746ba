import type { LeastBuffers } from "../../core/machines/machine.ts";
import { joinMetrics } from "../../core/model/aggregate.ts";
import { noWork, type View } from "../../core/model/evaluate.ts";
import { movementBytes } from "../../core/model/layer-demand.ts";
import { boundOfTimes, lanes, runLayers, timesLength } from "../../core/model/layer-times.ts";
import type { ComputeVectors, TrafficVectors, TransferVectors } from "../../core/model/layer-vectors.ts";
import { fillMemoryTimes, type MemoryTimes, memoryTimes } from "../../core/model/memory-times.ts";
import { metrics } from "../../core/model/metrics.ts";
import {
  chargesLength,
  fillCharges,
  movementSecondsOf,
  writeMetrics,
} from "../../core/model/network-charges.ts";
import type { Workload } from "../../core/model/terms.ts";
import type { Sweep } from "../spec/sweep.ts";
import { type ColumnLayout, jointMetrics, timedMetrics } from "./columns.ts";
import { keyCount, keyOf } from "./sub-keys.ts";
import type { Known, KnownCosts, TermStore } from "./term-store.ts";
import { type TableBudget, TermTable } from "./term-table.ts";

/** Share of the memory for terms that memory times may take; where they would take more, they are not kept. */
const memoryTimesShare = 1 / 4;
const memoryTimesBytes = (layers: number): number => 1200 + 41 * layers;

/** A network on the design that was evaluated last, and what of it still holds for the next one. */
interface NetworkState {
  readonly movedElements: number;
  memory: MemoryTimes;
  /** Memory times by sub-key; absent where there are too many to keep, and `memory` is filled again and again. */
  readonly kept: TermTable<MemoryTimes> | undefined;
  readonly charges: Float64Array;
  /** For each view the times of all lanes. */
  readonly times: readonly Float64Array[];
  compute: ComputeVectors | undefined;
  traffic: TrafficVectors | undefined;
  transfers: TransferVectors | undefined;
  memoryHolds: boolean;
  timesHold: boolean;
  chargesHold: boolean;
}

/** What a kernel evaluates: the parts of a plan that count here, and the columns of its pass. */
export interface KernelTask {
  readonly sweep: Pick<Sweep, "aggregate">;
  readonly workloads: readonly Workload[];
  readonly layout: ColumnLayout;
  /** The pass's own view; where the layout has ends, the optimistic and the pessimistic one follow it. */
  readonly views: readonly View[];
}

/**
 * Evaluates one design of a machine after another from its sub-keys, as `Evaluator.row` does and to the same bits. What
 * two designs in turn have in common is not computed again: terms, memory times, times, charges.
 */
export class DesignKernel {
  readonly #task: KernelTask;
  readonly #store: TermStore;
  readonly #networks: readonly NetworkState[];
  readonly #workless: readonly string[];
  readonly #weights: Float64Array;
  readonly #schedules: boolean;
  /** Metrics of a network under a view behind the first. */
  readonly #atEnd = new Float64Array(metrics.length);
  /** Sub-keys of what is at hand; NaN for nothing. */
  readonly #held = new Float64Array(keyCount).fill(Number.NaN);
  #costs: Known<KnownCosts> = { value: undefined, failure: "" };
  #voltage: Known<{ readonly share: number }> = { value: undefined, failure: "" };
  #clock = 0;
  /** The clocks that are run together: consecutive sub-keys from `#firstClock` on, and the one of the design. */
  readonly #clocksHeld = new Float64Array(lanes);
  readonly #periods = new Float64Array(lanes);
  #firstClock = Number.NaN;
  #clocks = 0;
  #lane = 0;
  #bufferSeconds = 0;
  #channelSeconds = 0;
  #batch = 0;
  /** The first network whose terms cannot be had, and why; otherwise the number of networks. */
  #failedNetwork = 0;
  #failure = "";

  /** There are `memoryKeys` sub-keys of memory times. */
  constructor(task: KernelTask, store: TermStore, memoryKeys: number, budget: TableBudget) {
    const { workloads, views } = task;
    this.#task = task;
    this.#store = store;
    const layersInAll = workloads.reduce((sum, { layers }) => sum + layers.length, 0);
    const keeps =
      memoryKeys * (workloads.length * memoryTimesBytes(0) + memoryTimesBytes(layersInAll)) <=
      budget.most * memoryTimesShare;
    this.#networks = workloads.map(({ movedElements, layers }) => ({
      movedElements,
      memory: memoryTimes(layers.length),
      kept: keeps ? new TermTable(budget, memoryKeys, memoryTimesBytes(layers.length)) : undefined,
      charges: new Float64Array(chargesLength),
      times: views.map(() => new Float64Array(lanes * timesLength)),
      compute: undefined,
      traffic: undefined,
      transfers: undefined,
      memoryHolds: false,
      timesHold: false,
      chargesHold: false,
    }));
    this.#workless = workloads.map((workload) => {
      const { code, message } = noWork(workload);
      return `${code}: ${message}`;
    });
    this.#weights = Float64Array.from(workloads, ({ weight }) => weight);
    this.#schedules = views.some((view) => view === "cycle" || view === "pessimistic");
  }

  /**
   * Writes the row of the design with these sub-keys to `rows` from `at` on; answers with the text of its error, empty
   * if it has none. With `ahead`, designs with the next clocks are likely to follow.
   */
  evaluate(index: number, keys: Float64Array, ahead: boolean, rows: Float64Array, at: number): string {
    const held = this.#held;
    if (
      keys[keyOf.compute] !== held[keyOf.compute] ||
      keys[keyOf.transfers] !== held[keyOf.transfers] ||
      keys[keyOf.fit] !== held[keyOf.fit]
    ) {
      this.#takeTerms(index, keys);
    }
    if (this.#failedNetwork === 0) return this.#failure;
    if (keys[keyOf.costs] !== held[keyOf.costs]) this.#takeCosts(index, keys[keyOf.costs]);
    if (this.#costs.failure !== "") return this.#costs.failure;
    if (keys[keyOf.voltage] !== held[keyOf.voltage]) this.#takeVoltage(index, keys[keyOf.voltage]);
    if (this.#voltage.value === undefined) return this.#voltage.failure;
    if (keys[keyOf.clock] !== held[keyOf.clock]) this.#takeClock(index, keys[keyOf.clock], ahead);
    if (keys[keyOf.bufferBandwidth] !== held[keyOf.bufferBandwidth]) {
      this.#takeBandwidth(index, keys[keyOf.bufferBandwidth]);
    }
    if (keys[keyOf.batch] !== held[keyOf.batch]) this.#takeBatch(index, keys[keyOf.batch]);
    const { views, layout } = this.#task;
    const networks = this.#networks;
    const clock = this.#clock;
    const voltage = this.#voltage.value.share;
    const start = this.#lane * timesLength;
    let slowest = -1;
    for (let network = 0; network < networks.length; network++) {
      if (network === this.#failedNetwork) return this.#failure;
      const state = networks[network];
      if (!state.timesHold || !state.memoryHolds) this.#run(state, keys[keyOf.memory]);
      if (!state.chargesHold) this.#charge(state);
      const { charges } = state;
      const times = state.times[0];
      const place = at + layout.networkMetrics[network];
      const seconds = writeMetrics(charges, views[0], times, start, clock, voltage, rows, place);
      if (seconds === 0) return this.#workless[network];
      if (seconds > slowest) {
        slowest = seconds;
        rows[at + layout.bound] = boundOfTimes(times, start, movementSecondsOf(charges));
      }
    }
    rows[at] = index;
    if (networks.length > 1) {
      const { aggregate } = this.#task.sweep;
      const first = at + layout.networkMetrics[0];
      joinMetrics(rows, first, this.#weights, aggregate, rows, at + jointMetrics);
    }
    return views.length > 1 ? this.#writeEnds(voltage, rows, at) : "";
  }

  /** Writes what moves with the run time of every network at its least and at its most time. */
  #writeEnds(voltage: number, rows: Float64Array, at: number): string {
    const { layout, views } = this.#task;
    const networks = this.#networks;
    const vector = this.#atEnd;
    const start = this.#lane * timesLength;
    for (let view = 1; view < views.length; view++) {
      for (let network = 0; network < networks.length; network++) {
        const { charges, times } = networks[network];
        const clock = this.#clock;
        const seconds = writeMetrics(charges, views[view], times[view], start, clock, voltage, vector, 0);
        if (seconds === 0) return this.#workless[network];
        const { fastest, slowest } = layout.ends[network];
        const place = at + (view === 1 ? fastest : slowest);
        for (let metric = 0; metric < timedMetrics.length; metric++) {
          rows[place + metric] = vector[timedMetrics[metric]];
        }
      }
    }
    return "";
  }

  /** Memory times and times of a network, as far as they do not hold any more. */
  #run(state: NetworkState, memoryKey: number): void {
    if (!state.memoryHolds) this.#takeMemory(state, memoryKey);
    const { compute, transfers, memory, times } = state;
    const { views } = this.#task;
    for (let view = 0; view < views.length; view++) {
      runLayers(views[view], compute!, memory, transfers!, this.#periods, this.#clocks > 1, times[view]);
    }
    state.timesHold = true;
  }

  #takeMemory(state: NetworkState, key: number): void {
    const { kept, traffic, transfers } = state;
    const known = kept?.get(key);
    if (known !== undefined) {
      state.memory = known;
    } else {
      if (kept !== undefined) state.memory = kept.set(key, memoryTimes(transfers!.share.length));
      const schedules = this.#schedules;
      fillMemoryTimes(
        state.memory,
        traffic!,
        transfers!,
        this.#bufferSeconds,
        this.#channelSeconds,
        schedules,
      );
    }
    state.memoryHolds = true;
  }

  #charge(state: NetworkState): void {
    const { costs, channelSeconds } = this.#costs.value!;
    const batch = this.#batch;
    const moved = movementBytes(state.movedElements, costs, batch);
    fillCharges(
      state.charges,
      state.compute!,
      state.traffic!,
      state.transfers!,
      costs,
      batch,
      moved,
      channelSeconds,
    );
    state.chargesHold = true;
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
    held[keyOf.transfers] = keys[keyOf.transfers];
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
    const transfers = store.transfers(network, keys[keyOf.transfers], keys[keyOf.tilings], index);
    if (transfers.value === undefined) return transfers.failure;
    if (state.compute !== compute.value) {
      state.compute = compute.value;
      state.timesHold = false;
      state.chargesHold = false;
    }
    if (state.traffic !== traffic.value || state.transfers !== transfers.value) {
      state.traffic = traffic.value;
      state.transfers = transfers.value;
      state.memoryHolds = false;
      state.chargesHold = false;
    }
    return "";
  }

  #takeCosts(index: number, key: number): void {
    this.#costs = this.#store.costs(key, index);
    this.#held[keyOf.costs] = key;
    for (const state of this.#networks) state.chargesHold = false;
    const { value } = this.#costs;
    if (value === undefined || value.channelSeconds === this.#channelSeconds) return;
    this.#channelSeconds = value.channelSeconds;
    for (const state of this.#networks) state.memoryHolds = false;
  }

  #takeVoltage(index: number, key: number): void {
    this.#voltage = this.#store.voltage(key, index);
    this.#held[keyOf.voltage] = key;
  }

  #takeBandwidth(index: number, key: number): void {
    this.#bufferSeconds = this.#store.bufferSeconds(key, index);
    this.#held[keyOf.bufferBandwidth] = key;
    for (const state of this.#networks) state.memoryHolds = false;
  }

  #takeBatch(index: number, key: number): void {
    this.#batch = this.#store.batch(key, index);
    this.#held[keyOf.batch] = key;
    for (const state of this.#networks) state.chargesHold = false;
  }

  /** Takes a clock; where it is not among those that are run together, it and those behind it that are known become these. */
  #takeClock(index: number, key: number, ahead: boolean): void {
    this.#held[keyOf.clock] = key;
    const lane = key - this.#firstClock;
    if (lane >= 0 && lane < this.#clocks) {
      this.#lane = lane;
      this.#clock = this.#clocksHeld[lane];
      return;
    }
    const { clock, period } = this.#store.clock(key, index);
    this.#clock = clock;
    this.#clocksHeld[0] = clock;
    const periods = this.#periods.fill(period);
    let clocks = 1;
    while (ahead && clocks < lanes) {
      const next = this.#store.knownClock(key + clocks);
      if (next === undefined) break;
      this.#clocksHeld[clocks] = next.clock;
      periods[clocks++] = next.period;
    }
    this.#firstClock = key;
    this.#clocks = clocks;
    this.#lane = 0;
    for (const state of this.#networks) state.timesHold = false;
  }
}

const fits = (least: LeastBuffers, capacities: LeastBuffers): boolean =>
  least.weight <= capacities.weight &&
  least.activation <= capacities.activation &&
  least.output <= capacities.output;
