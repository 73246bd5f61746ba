import type { TopLevelSpec } from "./render.ts";
import { colours, theme } from "./theme.ts";

/** The share of DRAM in the energy of a network on a system with buffers of a size. */
export interface TrafficPoint {
  readonly network: string;
  readonly precision: string;
  /** Capacity of each buffer. */
  readonly buffer_KiB: number;
  readonly share_percent: number;
}

/** A share that holds whatever the buffers, and the published one that it stands for. */
export interface ConstantShare {
  readonly network: string;
  readonly precision: string;
  readonly share_percent: number;
  readonly published_percent: number;
}

/** Of Okabe and Ito's palette, in the order of the precisions. */
const tones = [colours.baseline, "#009E73", "#0072B2"];
const dashes = [
  [1, 0],
  [6, 4],
];
const shapes = ["circle", "square"];

const [width, height] = [620, 470];
/** A text that stands on its rule. */
const label = { type: "text", align: "right", baseline: "bottom", dx: -24, dy: -3, fontSize: 10 } as const;
/** The look of both legends: strokes long enough to show a dash. */
const stroke = { symbolType: "stroke", symbolStrokeWidth: 2.2, symbolSize: 500 };
/** Share of the horizontal axis, as a factor, that is left free at either end. */
const margin = 1.25;

/**
 * The share of DRAM in system energy over the capacity of the buffers: a line for each network and precision, and a
 * horizontal rule, with the published value as a diamond on it, for each constant share. Networks differ in dash and
 * shape, at most two of them; precisions in colour, at most three.
 */
export const dramShare = (
  points: readonly TrafficPoint[],
  constants: readonly ConstantShare[],
  text: { readonly title: string; readonly subtitle: readonly string[] },
): TopLevelSpec => {
  const precisions = [...new Set([...points, ...constants].map(({ precision }) => precision))];
  const networks = [...new Set(points.map(({ network }) => network))];
  const sizes = [...new Set(points.map(({ buffer_KiB }) => buffer_KiB))].sort((one, other) => one - other);
  const powers = sizes.filter((size) => Number.isInteger(Math.log2(size)));
  const x = {
    field: "buffer_KiB",
    type: "quantitative" as const,
    title: "Capacity of each of the three buffers (KiB)",
    scale: {
      type: "log" as const,
      base: 2,
      domain: [sizes[0] / margin, sizes[sizes.length - 1] * margin],
      nice: false,
    },
    axis: { values: powers, format: "d" },
  };
  const y = {
    field: "share_percent",
    type: "quantitative" as const,
    title: "Share of DRAM in system energy (%)",
    scale: { domain: [0, 90], nice: false },
    axis: { values: [0, 10, 20, 30, 40, 50, 60, 70, 80, 90] },
  };
  const color = {
    field: "precision",
    type: "nominal" as const,
    title: "Precision",
    scale: { domain: precisions, range: tones.slice(0, precisions.length) },
    legend: stroke,
  };
  const ofNetworks = <Look>(looks: readonly Look[]) => ({
    field: "network",
    type: "nominal" as const,
    scale: { domain: networks, range: looks.slice(0, networks.length) },
  });
  const labels = constants.map((constant) => ({
    ...constant,
    label: `${constant.network}, ${constant.precision}: ${constant.share_percent.toFixed(1)} %, published ${constant.published_percent.toFixed(1)} %`,
  }));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    name: "dram-share",
    title: { text: text.title, subtitle: [...text.subtitle] },
    width,
    height,
    config: theme,
    // Networks have one legend, of dashes: shapes follow them.
    resolve: { legend: { shape: "independent" }, scale: { shape: "independent" } },
    layer: [
      {
        data: { values: labels },
        mark: { ...label, color: "#ffffff", stroke: "#ffffff", strokeWidth: 4, strokeJoin: "round" },
        encoding: { x: { value: width }, y, text: { field: "label" } },
      },
      {
        data: { values: labels },
        mark: { type: "rule", strokeWidth: 1.6 },
        encoding: { y, color },
      },
      {
        data: { values: labels },
        mark: { type: "point", shape: "diamond", filled: true, size: 70, opacity: 1 },
        encoding: { x: { value: width - 12 }, y: { ...y, field: "published_percent" }, color },
      },
      {
        data: { values: labels },
        mark: label,
        encoding: { x: { value: width }, y, color, text: { field: "label" } },
      },
      {
        data: { values: points.map((point) => ({ ...point })) },
        mark: { type: "line", strokeWidth: 1.8 },
        encoding: { x, y, color, strokeDash: { ...ofNetworks(dashes), title: "Traffic of", legend: stroke } },
      },
      {
        data: { values: points.map((point) => ({ ...point })) },
        mark: { type: "point", filled: true, size: 34, opacity: 1 },
        encoding: { x, y, color, shape: { ...ofNetworks(shapes), legend: null } },
      },
    ],
  };
};
