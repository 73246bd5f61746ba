import { machines } from "../../core/machines/registry.ts";
import { metrics } from "../../core/model/metrics.ts";
import { chunkOfRows } from "../engine/chunk-rows.ts";
import { concatenate } from "../engine/concatenate.ts";
import { visitDesigns } from "../engine/designs.ts";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { scopeMetrics } from "../engine/scope-values.ts";
import { selectRows } from "../pareto/objectives.ts";
import { densityGrid } from "../plots/density.ts";
import { axisMargin, metricScale } from "../plots/design-channels.ts";
import {
  type DesignCloud,
  type DesignPoints,
  drawableRows,
  mostPoints,
  type PlottedMetric,
} from "../plots/design-points.ts";
import type { Pass } from "../store/run-directory.ts";

/** The metrics of some designs that a plot may show. */
type Plotted = Readonly<Record<PlottedMetric, Float64Array>>;

/** Where the plotted metrics stand among all. */
const place = Object.fromEntries(metrics.map(({ name }, position) => [name, position])) as Record<
  PlottedMetric,
  number
>;

/**
 * The evaluated designs of a run as a plot of one of its fronts takes them, each in the best fidelity it was evaluated
 * in: one by one up to `mostPoints`, above that as a cloud with the front and the baseline. Reads the stored designs,
 * for a cloud twice, and holds one part of them at a time.
 */
export const designPoints = async (run: Run, front: Front): Promise<DesignPoints> => {
  const { evaluator } = run;
  const plotted = (columns: readonly Float64Array[], pass: Pass): Plotted => {
    const all = scopeMetrics({ columns }, evaluator.layout(pass), front.scope);
    return {
      throughput_ips: all[place.throughput_ips],
      energy_J: all[place.energy_J],
      area_mm2: all[place.area_mm2],
    };
  };
  const kept: { readonly index: Float64Array; readonly metrics: Plotted }[] = [];
  const range = { throughput_ips: nothing(), energy_J: nothing(), area_mm2: nothing() };
  let total = 0;
  let drawable = 0;
  await visitDesigns(run, (columns, pass) => {
    const metricsHere = plotted(columns, pass);
    const rows = drawableRows(metricsHere);
    for (const name of plottedMetrics) widen(range[name], metricsHere[name], rows);
    total += columns[0].length;
    drawable += rows.length;
    if (total <= mostPoints) kept.push({ index: columns[0], metrics: metricsHere });
    else kept.length = 0;
  });
  const baseline = run.baseline === null ? [] : [run.baseline];
  if (total <= mostPoints) {
    const of = (name: PlottedMetric): Float64Array => concatenate(kept.map((part) => part.metrics[name]));
    const all = { throughput_ips: of("throughput_ips"), energy_J: of("energy_J"), area_mm2: of("area_mm2") };
    const indices = concatenate(kept.map(({ index }) => index));
    return { ...all, ...flags(indices, front, baseline), ...machinesOf(run, indices) };
  }
  const grids = {
    energy_J: densityGrid(axis("throughput_ips", range), axis("energy_J", range)),
    area_mm2: densityGrid(axis("throughput_ips", range), axis("area_mm2", range)),
  };
  await visitDesigns(run, (columns, pass) => {
    const metricsHere = plotted(columns, pass);
    const rows = drawableRows(metricsHere);
    const [x, energy, area] = selectRows(
      plottedMetrics.map((name) => metricsHere[name]),
      rows,
    );
    grids.energy_J.add(x, energy);
    grids.area_mm2.add(x, area);
  });
  const members = new Map([...front.rows, ...baseline].map((row) => [row[0], row]));
  const shown = [...members.values()];
  const { columns } = chunkOfRows(shown, evaluator.layout(run.pass).names.length, new Map());
  return {
    ...plotted(columns, run.pass),
    ...flags(columns[0], front, baseline),
    ...machinesOf(run, columns[0]),
    cloud: {
      designs: drawable,
      undrawn: total - drawable,
      range,
      cells: { energy_J: grids.energy_J.cells(), area_mm2: grids.area_mm2.cells() },
    },
  };
};

const plottedMetrics = ["throughput_ips", "energy_J", "area_mm2"] as const;

/** The range of no values. */
const nothing = (): [number, number] => [Infinity, 0];

const widen = (range: [number, number], values: Float64Array, rows: readonly number[]): void => {
  for (const row of rows) {
    if (values[row] < range[0]) range[0] = values[row];
    if (values[row] > range[1]) range[1] = values[row];
  }
};

/** The axis as it will be drawn: it depends on the extremes alone. */
const axis = (metric: PlottedMetric, range: DesignCloud["range"]) =>
  metricScale(metric, Float64Array.of(...range[metric]), axisMargin);

/** The machines of designs, where the sweep has several. */
const machinesOf = ({ evaluator }: Run, indices: Float64Array): Pick<DesignPoints, "machines"> => {
  const names = evaluator.plan.sweep.space.machines.map(({ name }) => name);
  if (names.length === 1) return {};
  return {
    machines: {
      titles: names.map((name) => machines[name].title),
      of: Uint8Array.from(indices, (index) => names.indexOf(evaluator.space.machineAt(index))),
    },
  };
};

const flags = (
  indices: Float64Array,
  front: Front,
  baseline: readonly Float64Array[],
): Pick<DesignPoints, "onFront" | "isBaseline"> => {
  const members = new Set(front.rows.map(([index]) => index));
  return {
    onFront: Uint8Array.from(indices, (index) => (members.has(index) ? 1 : 0)),
    isBaseline: Uint8Array.from(indices, (index) => (index === baseline[0]?.[0] ? 1 : 0)),
  };
};
