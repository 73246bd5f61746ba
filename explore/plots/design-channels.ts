import { type AxisScale, axisScale } from "./axis-scale.ts";
import type { PlottedMetric } from "./design-points.ts";
import { colours } from "./theme.ts";

const titles: Record<PlottedMetric, string> = {
  throughput_ips: "Throughput (inferences/s)",
  energy_J: "Energy per inference (J)",
  area_mm2: "Area (mm²)",
};

/** The marks in the legend; `edge` is the staircase through the best in the two axes alone. */
const kinds = {
  design: "Design",
  front: "On the Pareto front",
  edge: "Front of these two axes",
  baseline: "Baseline",
} as const;

/** A kind of mark in a plot of designs. */
export type Kind = keyof typeof kinds;

/** Share of an axis that is left free at either end. */
export const axisMargin = 0.04;

/** The scale of a metric's axis. SI prefixes suit joules and rates, not square millimetres. */
export const metricScale = (metric: PlottedMetric, values: Float64Array, margin: number): AxisScale =>
  axisScale(values, margin, metric !== "area_mm2");

/** Vega-Lite's form of a scale; a logarithmic one must not mention zero. */
const scaleOf = ({ type, domain }: AxisScale) => ({
  type,
  domain: [...domain],
  nice: false,
  ...(type === "linear" ? { zero: false } : {}),
});

const ticksOf = ({ ticks, format }: AxisScale) => ({
  format,
  ...(ticks === undefined ? {} : { values: ticks }),
});

/** A positional channel: the metric in `field` (its own name, or the edge of a cell) on an axis with unit and grid. */
export const axisChannel = (metric: PlottedMetric, scale: AxisScale, field: string = metric) => ({
  field,
  type: "quantitative" as const,
  title: titles[metric],
  scale: scaleOf(scale),
  axis: { ...ticksOf(scale), labelOverlap: true, tickCount: 8 },
});

/** A metric as colour, with a bar as legend. */
export const colourChannel = (metric: PlottedMetric, values: Float64Array) => {
  const scale = metricScale(metric, values, 0);
  return {
    field: metric,
    type: "quantitative" as const,
    title: titles[metric],
    scale: { ...scaleOf(scale), scheme: colours.continuous },
    legend: { ...ticksOf(scale), gradientLength: 180 },
  };
};

/** Shapes of machines that have the colours of others. */
const machineShapes = ["circle", "square", "triangle-up"] as const;

/** The machine of a design as colour and, from the ninth machine on, as shape, with one legend for both. */
export const machineChannels = (titles: readonly string[]) => {
  const channel = (range: readonly string[]) => ({
    field: "machine",
    type: "nominal" as const,
    title: "Machine",
    scale: { domain: [...titles], range: [...range] },
  });
  const legend = { legend: { symbolSize: 90 } };
  const colour = titles.map((_, index) => colours.machines[index % colours.machines.length]!);
  const shape = titles.map((_, index) => machineShapes[Math.floor(index / colours.machines.length)]!);
  return {
    color: { ...channel(colour), ...legend },
    ...(titles.length > colours.machines.length && { shape: { ...channel(shape), ...legend } }),
  };
};

/** The number of designs in a cell as a tone of grey, with a bar as legend. */
export const densityChannel = (designs: Float64Array) => {
  const scale = axisScale(designs, 0, false);
  return {
    field: "designs",
    type: "quantitative" as const,
    title: "Designs in a cell",
    scale: { ...scaleOf(scale), range: [...colours.density] },
    legend: { ...ticksOf(scale), gradientLength: 90 },
  };
};

/**
 * A layer that draws nothing and brings the legend of the `listed` kinds of marks, in this order; `tone` is the fill of
 * a design. (The layers' own legends would not do: Vega-Lite takes the look of all symbols from one of them.)
 */
export const kindLegend = (listed: readonly Kind[], tone: string) => {
  const channel = (looks: Record<Kind, string>) => ({
    field: "kind",
    type: "nominal" as const,
    title: null,
    scale: { domain: listed.map((kind) => kinds[kind]), range: listed.map((kind) => looks[kind]) },
    legend: { symbolSize: 110, symbolStrokeWidth: 1.3 },
  });
  return {
    data: { values: [] },
    mark: { type: "point" as const, filled: true, opacity: 1 },
    encoding: {
      shape: channel({ design: "circle", front: "circle", edge: "stroke", baseline: "diamond" }),
      fill: channel({ design: tone, front: tone, edge: "transparent", baseline: colours.baseline }),
      stroke: channel({
        design: "transparent",
        front: colours.ink,
        edge: colours.ink,
        baseline: "transparent",
      }),
    },
  };
};
