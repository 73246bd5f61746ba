import { paretoFront } from "../pareto/front.ts";
import { type AxisScale, positionOn } from "./axis-scale.ts";
import { densityGrid, onePerCell } from "./density.ts";
import {
  axisChannel,
  axisMargin,
  colourChannel,
  densityChannel,
  type Kind,
  kindLegend,
  machineChannels,
  metricScale,
} from "./design-channels.ts";
import {
  type DesignPoints,
  drawableRows,
  mostPoints,
  type PlotText,
  type PlottedCost,
  type PlottedMetric,
} from "./design-points.ts";
import { PlotError } from "./plot-error.ts";
import type { TopLevelSpec } from "./render.ts";
import { colours, theme } from "./theme.ts";

/** Above this number of designs on the front one is drawn in each cell, so that the file stays small enough. */
const mostOnFront = 5_000;

/** Those of the given designs that no other of them beats in both axes, from left to right. */
const bestInBoth = (x: Float64Array, y: Float64Array, among: readonly number[]): number[] => {
  const at = (column: Float64Array) => Float64Array.from(among, (index) => column[index]!);
  const best = paretoFront([at(x), at(y)], ["maximize", "minimize"]);
  return Array.from(best, (row) => among[row]!).sort((one, other) => x[one]! - x[other]! || one - other);
};

/** Lays a label beside its point: to the left of it in the right fifth of the plot, below it in the upper tenth. */
const labelPlace = (x: number, y: number, xScale: AxisScale, yScale: AxisScale) => ({
  align: positionOn(xScale, x) > 0.8 ? ("right" as const) : ("left" as const),
  dx: positionOn(xScale, x) > 0.8 ? -12 : 12,
  dy: positionOn(yScale, y) > 0.9 ? 12 : -12,
});

/**
 * The specification of a plot of throughput against a cost: every design in a light tone, those on the front outlined,
 * a staircase through the front's designs that are best in the two axes shown, and the baseline. Colour
 * shows the machine where there are several, otherwise the metric `third`, if one is given. Above 20,000 designs they are counted in cells, and only front and baseline are
 * drawn one by one; above 5,000 on the front, one of them in each cell. Designs without finite metrics above zero are
 * not drawn. The subtitle says so in both cases. Throws a PlotError where none remains.
 */
export const designScatter = (
  name: string,
  points: DesignPoints,
  text: PlotText,
  cost: PlottedCost,
  third: PlottedMetric | undefined,
): TopLevelSpec => {
  const { cloud, machines } = points;
  const colour = machines ? undefined : third;
  const rows = drawableRows(points, ["throughput_ips", cost, ...(colour === undefined ? [] : [colour])]);
  const designs = cloud?.designs ?? rows.length;
  if (designs === 0) throw new PlotError(name, "no design has finite metrics above zero");
  const undrawn = cloud?.undrawn ?? points.throughput_ips.length - rows.length;
  const extent = (metric: PlottedMetric, values: Float64Array): Float64Array =>
    cloud === undefined ? values : Float64Array.of(...cloud.range[metric]);
  const take = (metric: PlottedMetric) => Float64Array.from(rows, (row) => points[metric][row]!);
  const x = take("throughput_ips");
  const y = take(cost);
  const tone = colour === undefined ? undefined : take(colour);
  const xScale = metricScale("throughput_ips", extent("throughput_ips", x), axisMargin);
  const yScale = metricScale(cost, extent(cost, y), axisMargin);

  const all = [...rows.keys()];
  const wholeFront = all.filter((index) => points.onFront[rows[index]!] === 1);
  const thinned = wholeFront.length > mostOnFront;
  const front = thinned ? onePerCell(x, y, xScale, yScale, wholeFront) : wholeFront;
  const baseline = all.filter((index) => points.isBaseline[rows[index]!] === 1);
  const binned = thinned || cloud !== undefined || designs > mostPoints;
  const listed: Kind[] = [
    ...(binned ? [] : (["design"] as const)),
    ...(front.length > 0 ? (["front", "edge"] as const) : []),
    ...(baseline.length > 0 ? (["baseline"] as const) : []),
  ];

  const values = (indices: readonly number[]) => ({
    values: indices.map((index) => ({
      throughput_ips: x[index]!,
      [cost]: y[index]!,
      ...(colour === undefined ? {} : { [colour]: tone![index]! }),
      ...(machines && { machine: machines.titles[machines.of[rows[index]!]!] }),
    })),
  });
  const place = { x: axisChannel("throughput_ips", xScale), y: axisChannel(cost, yScale) };
  const look = machines
    ? machineChannels(machines.titles)
    : {
        color:
          colour === undefined ? { value: colours.design } : colourChannel(colour, extent(colour, tone!)),
      };
  const grid = densityGrid(xScale, yScale);
  if (binned && cloud === undefined) grid.add(x, y);
  const cells = cloud === undefined ? grid.cells() : [...cloud.cells[cost]];
  const background = binned
    ? {
        data: { values: cells },
        mark: { type: "rect" as const },
        encoding: {
          x: axisChannel("throughput_ips", xScale, "left"),
          x2: { field: "right" },
          y: axisChannel(cost, yScale, "low"),
          y2: { field: "high" },
          fill: densityChannel(Float64Array.from(cells, ({ designs }) => designs)),
        },
      }
    : {
        data: values(all.filter((index) => points.onFront[rows[index]!] === 0)),
        mark: {
          type: "point" as const,
          filled: true,
          size: rows.length > 1000 ? 14 : 40,
          opacity: 0.4,
          strokeWidth: 0,
        },
        encoding: { ...place, ...look },
      };
  const frontLayers =
    front.length === 0
      ? []
      : [
          {
            data: values(bestInBoth(x, y, front)),
            mark: {
              type: "line" as const,
              interpolate: "step-before" as const,
              color: colours.ink,
              strokeWidth: 1.3,
            },
            encoding: place,
          },
          {
            data: values(front),
            mark: {
              type: "point" as const,
              filled: true,
              size: 60,
              opacity: 1,
              stroke: colours.ink,
              strokeWidth: 1.2,
            },
            encoding: { ...place, ...look },
          },
        ];
  const baselineLayers = baseline.flatMap((index) => [
    {
      data: values([index]),
      mark: {
        type: "point" as const,
        filled: true,
        shape: "diamond" as const,
        size: 230,
        opacity: 1,
        color: colours.baseline,
        stroke: "#ffffff",
        strokeWidth: 1.5,
      },
      encoding: { ...place },
    },
    ...["halo", "label"].map((part) => ({
      data: values([index]),
      mark: {
        type: "text" as const,
        text: "baseline",
        fontSize: 12,
        fontWeight: "bold" as const,
        color: colours.baseline,
        ...(part === "halo" ? { stroke: "#ffffff", strokeWidth: 4, strokeJoin: "round" as const } : {}),
        ...labelPlace(x[index]!, y[index]!, xScale, yScale),
      },
      encoding: place,
    })),
  ]);

  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    name,
    title: {
      text: text.title,
      subtitle: [
        text.subtitle,
        ...(undrawn === 0
          ? []
          : [`Not drawn for want of finite metrics above zero: ${undrawn} of ${designs + undrawn}.`]),
        ...(thinned ? [`Of the ${wholeFront.length} designs on the front, one in each cell is drawn.`] : []),
      ],
    },
    width: 620,
    height: 430,
    config: theme,
    resolve: { scale: { fill: "independent", stroke: "independent", shape: "independent" } },
    layer: [
      background,
      ...frontLayers,
      ...baselineLayers,
      ...(listed.length === 0
        ? []
        : [kindLegend(listed, machines || colour !== undefined ? colours.neutral : colours.design)]),
    ],
  };
};
