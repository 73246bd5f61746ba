import { machineChannels } from "./design-channels.ts";
import type { PlotText } from "./design-points.ts";
import { PlotError } from "./plot-error.ts";
import type { TopLevelSpec } from "./render.ts";
import { colours, theme } from "./theme.ts";

/** A place of the map, or a network on it: who is fastest, and how many times as fast as another. */
interface Won {
  readonly precision: string;
  readonly value: number;
  readonly density: number;
  readonly winner: string;
  /** NaN where there is no other machine. */
  readonly factor: number;
}

/** What the map shows. */
export interface BreakEvenPlaces {
  /** The parameter of the rows. */
  readonly parameter: string;
  /** Titles of all machines, in the order of their colours. */
  readonly machines: readonly string[];
  readonly places: readonly Won[];
  readonly networks: readonly (Won & { readonly network: string })[];
}

/** Height of a row of the map and of a network's line above it, in rows. */
const networkRow = 0.42;

/**
 * A map for each precision: bit density to the right, the other parameter upwards, the fastest machine as colour and its
 * factor as text. Real networks have a line above the map with their names, and a point in each row
 * with the colour of the machine that is fastest on them. Throws a PlotError where there is no place.
 */
export const breakEvenPlot = (
  { parameter, machines, places, networks }: BreakEvenPlaces,
  text: PlotText,
): TopLevelSpec => {
  if (places.length === 0) throw new PlotError("break-even", "the map has no place");
  const precisions = [...new Set(places.map(({ precision }) => precision))];
  const rowValues = [...new Set(places.map(({ value }) => value))].sort((a, b) => a - b);
  const densities = [...new Set(places.map(({ density }) => density))].sort((a, b) => a - b);
  const half = densities.length > 1 ? (densities[1]! - densities[0]!) / 2 : 0.05;
  const names = [...new Set(networks.map(({ network }) => network))];
  const rows = rowValues.length;
  const top = rows + networkRow * names.length;
  const xScale = {
    domain: [densities[0]! - half, densities[densities.length - 1]! + half],
    nice: false,
    zero: false,
  };
  const yScale = { domain: [0, top], nice: false };
  const rowOf = (value: number): number => rowValues.indexOf(value);
  const { color, shape: _ } = { shape: undefined, ...machineChannels(machines) };
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: "Share of ones among the weights' bits",
    scale: xScale,
    axis: { format: ".0%", grid: false, values: densities.filter((_, index) => index % 2 === 1) },
  });
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: parameter === "laneWidth" ? "Lane width" : parameter,
    scale: yScale,
    axis: {
      grid: false,
      values: rowValues.map((_, row) => row + 0.5),
      labelExpr: `${JSON.stringify(rowValues)}[floor(datum.value)]`,
    },
  });
  const mapOf = (precision: string) => {
    const cells = places
      .filter((place) => place.precision === precision)
      .map(({ value, density, winner, factor }) => ({
        left: density - half,
        right: density + half,
        middle: density,
        low: rowOf(value),
        high: rowOf(value) + 1,
        centre: rowOf(value) + 0.5,
        machine: winner,
        factor: Number.isNaN(factor) ? "" : factorText(factor),
      }));
    const points = networks
      .filter((network) => network.precision === precision)
      .map(({ value, density, winner, network }) => ({
        middle: clamp(density, xScale.domain),
        centre: rowOf(value) + 0.2,
        machine: winner,
        network,
        line: rows + networkRow * (names.indexOf(network) + 0.5),
      }));
    const labelled = points.filter(
      ({ network }, index) => points.findIndex((one) => one.network === network) === index,
    );
    return {
      title: { text: precision, fontSize: 12, anchor: "middle" as const },
      width: Math.max(280, densities.length * 34),
      height: 46 * top,
      layer: [
        {
          data: { values: cells },
          mark: { type: "rect" as const, opacity: 0.75, stroke: "#ffffff" },
          encoding: { x: x("left"), x2: { field: "right" }, y: y("low"), y2: { field: "high" }, color },
        },
        {
          data: { values: cells },
          mark: { type: "text" as const, fontSize: 9, color: colours.ink, dy: -4 },
          encoding: { x: x("middle"), y: y("centre"), text: { field: "factor", type: "nominal" as const } },
        },
        ...(labelled.length === 0
          ? []
          : [
              {
                data: { values: labelled.map((point) => ({ ...point, foot: 0 })) },
                mark: { type: "rule" as const, color: colours.ink, strokeWidth: 0.6, strokeDash: [2, 2] },
                encoding: { x: x("middle"), y: y("foot"), y2: { field: "line" } },
              },
              {
                data: { values: points },
                mark: {
                  type: "point" as const,
                  filled: true,
                  size: 42,
                  opacity: 1,
                  stroke: colours.ink,
                  strokeWidth: 1,
                },
                encoding: { x: x("middle"), y: y("centre"), color },
              },
              {
                data: { values: labelled },
                mark: {
                  type: "text" as const,
                  fontSize: 9,
                  align: "left" as const,
                  dx: 3,
                  color: colours.ink,
                },
                encoding: {
                  x: x("middle"),
                  y: y("line"),
                  text: { field: "network", type: "nominal" as const },
                },
              },
            ]),
      ],
    };
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    name: "break-even",
    title: { text: text.title, subtitle: text.subtitle },
    config: theme,
    hconcat: precisions.map(mapOf),
  };
};

const factorText = (factor: number): string => (factor >= 10 ? factor.toFixed(0) : factor.toPrecision(2));

const clamp = (value: number, [least, most]: readonly number[]): number =>
  Math.min(most!, Math.max(least!, value));
