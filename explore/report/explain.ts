import type { LayerStatistics } from "../../core/machines/layer-statistics.ts";
import { machines } from "../../core/machines/registry.ts";
import { type CycleBreakdown, layerCycles, networkCycles } from "../../core/model/cycle-breakdown.ts";
import { type LayerResult, metricsOf } from "../../core/model/evaluate.ts";
import { boundNames } from "../../core/model/layer-demand.ts";
import { finiteSqnr, metrics } from "../../core/model/metrics.ts";
import { type Mark, weakestMark } from "../../core/technology/component.ts";
import type { Evaluator } from "../engine/evaluator.ts";
import { standIns } from "../engine/stand-ins.ts";
import { upcastNetworks } from "../engine/upcast.ts";
import { configurationKey } from "../space/key.ts";
import type { Point } from "../space/space.ts";
import type { Pass } from "../store/run-directory.ts";
import { type AreaItem, areaItems, type EnergyItem, energyItems } from "./cost-items.ts";
import { designCaveats } from "./design-caveats.ts";
import { type LayerNest, layerNest } from "./layer-accesses.ts";

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
  /** Clock cycles by cause, in the cycle model; absent of operations without multiply–accumulates. */
  readonly cycles?: CycleBreakdown;
  /** The loop nest over tiles, and what it moves; absent of operations without multiply–accumulates. */
  readonly nest?: LayerNest;
}

/** A result with every uncertain number at the low end of its range, at its value, and at the high end. */
export interface Spread {
  readonly low: number;
  readonly nominal: number;
  readonly high: number;
}

/** Everything that a design's results are made of. */
export interface Explanation {
  readonly key: string;
  readonly machine: string;
  readonly citation: string;
  readonly configuration: Point["configuration"];
  readonly fidelity: Pass;
  /** Supply voltage of the processing elements, as a share of the nominal one. */
  readonly voltage: number;
  readonly networks: readonly {
    readonly name: string;
    readonly metrics: Readonly<Record<string, number>>;
    readonly bound: string;
    readonly energySpread_J: Spread;
    readonly layers: readonly LayerRow[];
    /** Terms whose sum is the energy of a batch. */
    readonly energy: readonly EnergyItem[];
    /** Clock cycles of a batch by cause, in the cycle model. */
    readonly cycles?: CycleBreakdown;
  }[];
  readonly area: readonly AreaItem[];
  readonly areaSpread_mm2: Spread;
  /** The weakest mark of all that entered. */
  readonly mark: Mark;
  readonly caveats: readonly string[];
  readonly leavesOut: readonly string[];
  /** Networks whose float results stand on weights that were stored in fewer bits. */
  readonly upcast: readonly string[];
  /** What stands in for trained weights and captured activations, a text each. */
  readonly standIns: readonly string[];
}

/** Takes one design apart. The statistics of the design must be in the evaluator's slab. */
export const explain = (evaluator: Evaluator, point: Point, fidelity: Pass): Explanation => {
  const { technology, workloads } = evaluator.plan;
  const machine = machines[point.machine];
  const results = evaluator.results(point, fidelity);
  const formatCosts = evaluator.costs(point).map(({ costs }) => costs);
  // All formats run on the same processing elements: those that the largest of them asks for.
  const largest = formatCosts.reduce((most, costs) =>
    costs.rates.nominal.area_mm2 > most.rates.nominal.area_mm2 ? costs : most,
  );
  const statistics = evaluator.statistics(point);
  const clock = Number(point.configuration.clock) * 1e9;
  const networks = results.map((result, network) => {
    const { layers } = workloads[network];
    const splits = evaluator.splits(point, network);
    const transfers = evaluator.transfers(point, network);
    const traffic = evaluator.traffic(point, network);
    const traced = fidelity === "cycle";
    const { energy, energyLow, energyHigh } = result;
    return {
      name: workloads[network].name,
      metrics: Object.fromEntries(
        Array.from(metricsOf(result), (value, metric) => [metrics[metric].name, value] as const).filter(
          ([name]) => name !== "accuracy" || workloads[network].accuracy !== undefined,
        ),
      ),
      bound: boundNames[result.bound],
      energySpread_J: {
        low: energyLow.total_J / result.batch,
        nominal: energy.total_J / result.batch,
        high: energyHigh.total_J / result.batch,
      },
      layers: [
        ...result.layers.map((layer, index) => {
          const { weightBytes, activationBytes, outputBytes, spilledBytes } = transfers[index];
          return {
            ...timeRow(layers[index].name, layer, clock, statistics[network][index]),
            dram_bytes: weightBytes + activationBytes + outputBytes + 2 * spilledBytes,
            ...(traced && { cycles: layerCycles(layer, splits[index], clock) }),
            nest: layerNest(layers[index], transfers[index], traffic[index]),
          };
        }),
        // The operations without multiply–accumulates, so that the rows add up to the latency.
        {
          ...timeRow(
            "operations without MACs",
            {
              demand: { ...noDemand, activationLoads: result.movementSeconds },
              seconds: result.movementSeconds,
              bound: boundNames.length - 1,
            },
            clock,
          ),
          dram_bytes: result.activity.dramMovements,
        },
      ],
      energy: energyItems(result, technology),
      ...(traced && { cycles: networkCycles(result, splits, clock) }),
    };
  });
  const { low, nominal, high } = largest.rates;
  return {
    key: configurationKey(point.machine, point.configuration),
    machine: machine.name,
    citation: machine.citation,
    configuration: point.configuration,
    fidelity,
    voltage: results[0].voltage,
    networks,
    area: areaItems(largest),
    areaSpread_mm2: { low: low.area_mm2, nominal: nominal.area_mm2, high: high.area_mm2 },
    mark: weakestMark(formatCosts),
    caveats: designCaveats(evaluator.plan, point),
    leavesOut: machine.leavesOut,
    upcast: upcastNetworks(evaluator.plan, point),
    standIns: standIns(evaluator.plan, point),
  };
};

/** An explanation without what takes most of its room: the cycles by cause and the loop nest of each layer. */
export const withoutNests = (explanation: Explanation): Explanation => ({
  ...explanation,
  networks: explanation.networks.map((network) => ({
    ...network,
    layers: network.layers.map(({ cycles: _, nest: __, ...layer }) => layer),
  })),
});

const noDemand = { compute: 0, buffers: 0, weightLoads: 0, activationLoads: 0, stores: 0, tiles: 1 };

const timeRow = (
  name: string,
  { demand, seconds, bound }: LayerResult,
  clock: number,
  statistics?: LayerStatistics,
): Omit<LayerRow, "dram_bytes"> => ({
  name,
  seconds,
  bound: boundNames[bound],
  computeCycles: demand.compute * clock,
  compute_s: demand.compute,
  buffers_s: demand.buffers,
  dramWeights_s: demand.weightLoads,
  dramActivations_s: demand.activationLoads + demand.stores,
  sqnr_dB: statistics ? finiteSqnr(statistics.signalPower, statistics.noisePower) : Number.NaN,
  cyclesError_percent: statistics ? 100 * statistics.standardError : Number.NaN,
});
