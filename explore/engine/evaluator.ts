import { ModelError } from "../../core/errors.ts";
import { layerConfiguration } from "../../core/machines/layer-configuration.ts";
import type { LayerStatistics } from "../../core/machines/layer-statistics.ts";
import type { BufferTraffic, CycleSplit } from "../../core/machines/machine.ts";
import { machines } from "../../core/machines/registry.ts";
import { aggregateMetrics } from "../../core/model/aggregate.ts";
import { type Agreement, agreement } from "../../core/model/agreement.ts";
import { evaluateNetwork, metricsOf, type NetworkResult, type View } from "../../core/model/evaluate.ts";
import { metrics } from "../../core/model/metrics.ts";
import {
  type ComputeTerm,
  createTerms,
  type FormatCosts,
  type StatisticsLookup,
  type Terms,
} from "../../core/model/terms.ts";
import type { LayerTransfers } from "../../core/model/transfers.ts";
import { createSpace, type Point, type Space } from "../space/space.ts";
import { type Expression, type ExpressionValue, evaluate as evaluateExpression } from "../spec/expression.ts";
import type { Pass } from "../store/run-directory.ts";
import { createChunkKernel } from "./chunk-kernel.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import {
  type ColumnLayout,
  columnLayout,
  type FrontScope,
  frontsOf,
  jointMetrics,
  timedMetrics,
} from "./columns.ts";
import { type EnginePlan, neededMetrics, statisticsKey } from "./plan.ts";
import { readEntry } from "./slab.ts";

/** Everything that turns an index into a row, built once from a plan. */
export interface Evaluator {
  readonly plan: EnginePlan;
  readonly space: Space;
  readonly fronts: readonly FrontScope[];
  /** Indices of the baseline and of the added points. */
  readonly knownIndices: ReadonlySet<number>;
  layout(pass: Pass): ColumnLayout;
  /** Every network on one design; throws ModelError where the design cannot run one of them. */
  results(point: Point, view: View): NetworkResult[];
  /** What the design costs in each of its formats, and where the cycles of a network's layers go in the cycle model. */
  costs(point: Point): readonly FormatCosts[];
  splits(point: Point, network: number): readonly CycleSplit[];
  /** The supply voltage of a design as a share of the nominal one. */
  voltage(point: Point): number;
  /** The compute cycles of a network's layers, memory left aside. */
  compute(point: Point, network: number): ComputeTerm;
  /** The traffic and the DRAM transfers of a network's layers. */
  traffic(point: Point, network: number): readonly BufferTraffic[];
  transfers(point: Point, network: number): readonly LayerTransfers[];
  /** The statistics of every layer of every network that a design stands on. */
  statistics(point: Point): LayerStatistics[][];
  /** How far the analytical model lies from the cycle model in compute cycles, for every network on one design. */
  agreements(point: Point): Agreement[];
  /** The row of a point, in the pass's columns. Throws ModelError where the design cannot be modelled. */
  row(index: number, point: Point, pass: Pass): Float64Array;
  /**
   * The rows of the points with indices [from, to), or of those listed, in the pass's columns: what `row` gives for each,
   * or its error. Throws a RangeError for an index outside the space.
   */
  rangeRows(from: number, to: number, pass: Pass): ChunkRows;
  listRows(indices: Float64Array, pass: Pass): ChunkRows;
  /** The objectives of a row in one front, as they stand in the sweep. */
  objectives(row: ArrayLike<number>, front: FrontScope): number[];
  /** Whether a row fulfils every requirement of the sweep in one front. */
  meets(row: ArrayLike<number>, front: FrontScope): boolean;
}

/** Memory for terms that designs share: enough for some thousand distinct ones on fifty layers. */
const defaultTermBytes = 128 * 2 ** 20;

/** Builds the evaluator of a plan whose statistics lie in `slab`; `termBytes` bounds what it keeps of shared terms. */
export const createEvaluator = (
  plan: EnginePlan,
  slab: SharedArrayBuffer,
  termBytes: number = defaultTermBytes,
): Evaluator => {
  const { sweep, workloads, technology, directory } = plan;
  const networks = workloads.map(({ name }) => name);
  const weights = workloads.map(({ weight }) => weight);
  const space = createSpace(sweep.space);
  const fronts = frontsOf(sweep, networks);
  const layouts = {
    analytical: columnLayout(sweep, networks, "analytical"),
    cycle: columnLayout(sweep, networks, "cycle"),
  };
  const read = new Map<string, LayerStatistics>();
  const lookup: StatisticsLookup = (network, layer, kind, request) => {
    const key = statisticsKey(workloads[network].position, layer, { kind, request });
    const entry = directory[key];
    if (entry === undefined) throw new Error(`no statistics for ${key}`);
    if ("refused" in entry) throw new ModelError("refused-weights", entry.refused);
    // The same object for the same statistics: what is derived from it can then be kept with it.
    const statistics = read.get(key) ?? readEntry(slab, entry);
    read.set(key, statistics);
    return statistics;
  };
  const terms = new Map<string, Terms>();
  const termsOf = (machine: string): Terms => {
    const known =
      terms.get(machine) ??
      createTerms(machines[machine], workloads, lookup, technology, sweep.seed, neededMetrics(sweep));
    terms.set(machine, known);
    return known;
  };
  const results = ({ machine, configuration }: Point, view: View): NetworkResult[] =>
    workloads.map((_, network) => evaluateNetwork(termsOf(machine), workloads, network, configuration, view));
  const statistics = ({ machine, configuration }: Point): LayerStatistics[][] =>
    workloads.map(({ layers }, network) =>
      layers.map(({ name }, layer) => {
        const { parameters, statisticsRule, statistics: requested } = machines[machine];
        const own = layerConfiguration(parameters, configuration, name);
        return lookup(network, layer, statisticsRule.kind, requested(own, sweep.seed, layer));
      }),
    );
  const joint = (perNetwork: readonly Float64Array[]): Float64Array =>
    aggregateMetrics(perNetwork, weights, sweep.aggregate);

  /** Metrics by name, of a vector in the order of `metrics` that begins at `start`. */
  const scope = (vector: ArrayLike<number>, start: number): Record<string, number> =>
    Object.fromEntries(metrics.map(({ name }, metric) => [name, vector[start + metric]]));
  const value = (expression: Expression, names: Record<string, number>): ExpressionValue =>
    evaluateExpression(expression, names);
  const objectivesAt = (vector: ArrayLike<number>, start: number): number[] => {
    const names = scope(vector, start);
    return sweep.objectives.map(({ expression }) => Number(value(expression, names)));
  };
  const meetsAt = (vector: ArrayLike<number>, start: number): boolean => {
    const names = scope(vector, start);
    return sweep.require.every(({ expression }) => value(expression, names) === true);
  };
  const { baseline, points } = sweep.space;
  const knownIndices = new Set(
    [...(baseline ? [baseline] : []), ...points]
      .map(({ machine, configuration }) => space.indexOf(machine, configuration))
      .filter((index) => index !== null),
  );
  const start = (front: FrontScope): number =>
    front.network < 0 ? jointMetrics : layouts.cycle.networkMetrics[front.network];

  const row = (index: number, point: Point, pass: Pass): Float64Array => {
    const layout = layouts[pass];
    const values = new Float64Array(layout.names.length);
    const networkResults = results(point, pass);
    const perNetwork = networkResults.map(metricsOf);
    values[0] = index;
    values.set(joint(perNetwork), jointMetrics);
    perNetwork.forEach((vector, network) => {
      values.set(vector, layout.networkMetrics[network]);
    });
    values[layout.bound] = boundOfAll(networkResults);
    if (layout.ends.length > 0) {
      const fastest = results(point, "optimistic").map(metricsOf);
      const slowest = results(point, "pessimistic").map(metricsOf);
      layout.ends.forEach((ends, network) => {
        timedMetrics.forEach((metric, position) => {
          values[ends.fastest + position] = fastest[network][metric];
          values[ends.slowest + position] = slowest[network][metric];
        });
      });
    }
    return values;
  };
  const layout = (pass: Pass): ColumnLayout => layouts[pass];
  const kernel = createChunkKernel({ plan, space, lookup, termBytes, layout, row });

  return {
    plan,
    space,
    fronts,
    knownIndices,
    layout,
    results,
    costs: ({ machine, configuration }) => termsOf(machine).formatCosts(configuration),
    voltage: ({ machine, configuration }) => termsOf(machine).voltage(configuration),
    compute: ({ machine, configuration }, network) => termsOf(machine).compute(network, configuration),
    splits: ({ machine, configuration }, network) => termsOf(machine).compute(network, configuration).splits,
    traffic: ({ machine, configuration }, network) => termsOf(machine).traffic(network, configuration),
    transfers: ({ machine, configuration }, network) => termsOf(machine).transfers(network, configuration),
    statistics,
    agreements: (point) => {
      const known = statistics(point);
      return workloads.map(({ layers }, network) =>
        agreement(machines[point.machine], point.configuration, layers, (layer) => known[network][layer]),
      );
    },
    row,
    rangeRows: kernel.rangeRows,
    listRows: kernel.listRows,
    objectives: (row, front) => objectivesAt(row, start(front)),
    meets: (row, front) => meetsAt(row, start(front)),
  };
};

/** The resource that bounds the slowest network. */
const boundOfAll = (results: readonly NetworkResult[]): number => {
  const slowest = results.reduce((worst, result) => (result.seconds > worst.seconds ? result : worst));
  return slowest.bound;
};
