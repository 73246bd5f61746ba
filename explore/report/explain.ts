import type { GroupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { machines } from "../../core/machines/registry.ts";
import { type DesignCosts, designCosts } from "../../core/model/costs.ts";
import { type LayerResult, metricsOf, type NetworkResult } from "../../core/model/evaluate.ts";
import { boundNames } from "../../core/model/layer-demand.ts";
import { finiteSqnr, metrics } from "../../core/model/metrics.ts";
import { type Mark, weakerMark } from "../../core/technology/component.ts";
import type { SramCost, SramTable } from "../../core/technology/sram.ts";
import type { Evaluator } from "../engine/evaluator.ts";
import { upcastNetworks } from "../engine/upcast.ts";
import { configurationKey } from "../space/key.ts";
import type { Point } from "../space/space.ts";
import type { Pass } from "../store/run-directory.ts";

/** One term of an energy: so many events at so much each. */
export interface EnergyItem {
  readonly item: string;
  readonly count: number;
  readonly unit: string;
  readonly each_J: number;
  readonly energy_J: number;
  readonly mark: Mark;
  readonly source: string;
}

/** One term of an area. */
export interface AreaItem {
  readonly item: string;
  readonly count: number;
  readonly area_mm2: number;
  readonly mark: Mark;
  readonly source: string;
}

/** Where the time of a layer goes: seconds that each resource needs were it alone, with the cycles and bytes behind them. */
export interface LayerRow {
  readonly name: string;
  readonly seconds: number;
  readonly bound: string;
  readonly computeCycles: number;
  readonly dram_bytes: number;
  readonly compute_s: number;
  readonly buffers_s: number;
  readonly dramWeights_s: number;
  readonly dramActivations_s: number;
  /** Signal-to-noise ratio of the layer's weights as the processing elements add them up; NaN without weights. */
  readonly sqnr_dB: number;
  /** Standard error of the mean cycles over activation vectors, in percent of them; NaN without weights. */
  readonly cyclesError_percent: number;
}

/** Everything that a design's results are made of. */
export interface Explanation {
  readonly key: string;
  readonly machine: string;
  readonly citation: string;
  readonly configuration: Point["configuration"];
  readonly fidelity: Pass;
  readonly networks: readonly {
    readonly name: string;
    readonly metrics: Readonly<Record<string, number>>;
    readonly bound: string;
    readonly layers: readonly LayerRow[];
    /** Terms whose sum is the energy of a batch. */
    readonly energy: readonly EnergyItem[];
  }[];
  readonly area: readonly AreaItem[];
  /** The weakest mark of all that entered. */
  readonly mark: Mark;
  readonly caveats: readonly string[];
  readonly leavesOut: readonly string[];
  /** Networks whose float results stand on weights that were stored in fewer bits. */
  readonly upcast: readonly string[];
}

/** Takes one design apart. The statistics of the design must be in the evaluator's slab. */
export const explain = (evaluator: Evaluator, point: Point, fidelity: Pass): Explanation => {
  const { technology, workloads } = evaluator.plan;
  const machine = machines[point.machine];
  const costs = designCosts(machine, point.configuration, technology);
  const { sram } = technology.nodes[String(point.configuration.node)];
  const results = evaluator.results(point, fidelity);
  const statistics = evaluator.statistics(point);
  const channel = costs.dram.bandwidth_GBs * 1e9;
  const clock = Number(point.configuration.clock) * 1e9;
  const row = (
    name: string,
    { demand, seconds, bound }: LayerResult,
    statistics?: GroupStatistics,
  ): LayerRow => ({
    name,
    seconds,
    bound: boundNames[bound],
    computeCycles: demand.compute * clock,
    dram_bytes: (demand.weightLoads + demand.activationLoads + demand.stores) * channel,
    compute_s: demand.compute,
    buffers_s: demand.buffers,
    dramWeights_s: demand.weightLoads,
    dramActivations_s: demand.activationLoads + demand.stores,
    sqnr_dB: statistics ? finiteSqnr(statistics.signalPower, statistics.noisePower) : Number.NaN,
    cyclesError_percent: statistics ? 100 * statistics.standardError : Number.NaN,
  });
  const networks = results.map((result, network) => ({
    name: workloads[network].name,
    metrics: Object.fromEntries(
      Array.from(metricsOf(result), (value, metric) => [metrics[metric].name, value]),
    ),
    bound: boundNames[result.bound],
    layers: [
      ...result.layers.map((layer, index) =>
        row(workloads[network].layers[index].name, layer, statistics[network][index]),
      ),
      // The operations without multiply–accumulates, so that the rows add up to the latency.
      row("operations without MACs", {
        demand: { ...noDemand, activationLoads: result.movementSeconds },
        seconds: result.movementSeconds,
        bound: boundNames.length - 1,
      }),
    ],
    energy: energyItems(result, costs, sram, technology.leakShare),
  }));
  const area = areaItems(costs, sram);
  const items = [...area, ...networks.flatMap(({ energy }) => energy)];
  return {
    key: configurationKey(point.machine, point.configuration),
    machine: machine.name,
    citation: machine.citation,
    configuration: point.configuration,
    fidelity,
    networks,
    area,
    mark: items.reduce<Mark>((weakest, { mark }) => weakerMark(weakest, mark), "stated"),
    caveats: machine.caveats(point.configuration),
    leavesOut: machine.leavesOut,
    upcast: upcastNetworks(evaluator.plan, point),
  };
};

const noDemand = { compute: 0, buffers: 0, weightLoads: 0, activationLoads: 0, stores: 0, tiles: 1 };

const energyItems = (
  { activity }: NetworkResult,
  costs: DesignCosts,
  sram: SramTable,
  leakShare: { readonly mark: Mark; readonly source: string },
): EnergyItem[] => {
  const item = (
    name: string,
    unit: string,
    count: number,
    each_J: number,
    evidence: { readonly mark: Mark; readonly source: string },
  ): EnergyItem => ({
    item: name,
    count,
    unit,
    each_J,
    energy_J: count * each_J,
    mark: evidence.mark,
    source: evidence.source,
  });
  const buffer = (name: string, cost: SramCost, reads: number, writes: number): EnergyItem[] => [
    item(`${name} buffer, read`, "B", reads, cost.read_JPerByte, sram),
    item(`${name} buffer, write`, "B", writes, cost.write_JPerByte, sram),
    item(`${name} buffer, leakage`, "s", activity.seconds, cost.leakage_W, sram),
  ];
  const dram = (name: string, bytes: number): EnergyItem =>
    item(`DRAM, ${name}`, "B", bytes, 8 * costs.dram.energy_pJPerBit * 1e-12, costs.dram);
  const idle = { mark: "remembered", source: "parameter idleShare: an assumption, 0.1 … 1" } as const;
  return [
    ...costs.components.map((component) =>
      item(component.name, "busy cycle", activity.busyCycles, component.busyCycle_J, component),
    ),
    item(
      "waiting processing elements",
      "cycle",
      activity.idleCycles,
      costs.busyCycle_J * costs.idleShare,
      idle,
    ),
    item(
      "unused processing elements",
      "cycle",
      activity.unusedCycles,
      costs.busyCycle_J * costs.leakShare,
      leakShare,
    ),
    ...buffer("weight", costs.weightBuffer, activity.weightBufferReads, activity.weightBufferWrites),
    ...buffer(
      "activation",
      costs.activationBuffer,
      activity.activationBufferReads,
      activity.activationBufferWrites,
    ),
    ...buffer("output", costs.outputBuffer, activity.outputBufferReads, activity.outputBufferWrites),
    dram("weights", activity.dramWeights),
    dram("activations", activity.dramActivations),
    dram("outputs", activity.dramOutputs),
    dram("spilled partial sums", activity.dramPartialSums),
    dram("operations without MACs", activity.dramMovements),
  ];
};

const areaItems = (costs: DesignCosts, sram: SramTable): AreaItem[] => [
  ...costs.components.map(({ name, area_mm2, mark, source }) => ({
    item: name,
    count: costs.pes,
    area_mm2: costs.pes * area_mm2,
    mark,
    source,
  })),
  ...(["weight", "activation", "output"] as const).map((name) => ({
    item: `${name} buffer`,
    count: 1,
    area_mm2: costs[`${name}Buffer`].area_mm2,
    mark: sram.mark,
    source: sram.source,
  })),
];
