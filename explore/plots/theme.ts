import type { Config } from "./render.ts";

/** The fonts of all plots, in the order in which a viewer looks for them. PNGs use the first, which is bundled. */
const fontFamily = "DejaVu Sans, Verdana, sans-serif";

/** Colours of Okabe and Ito's palette (2008) and the scheme viridis: all stay apart for colour-blind readers. */
export const colours = {
  ink: "#222222",
  quiet: "#6b6b6b",
  grid: "#e4e4e4",
  design: "#56B4E9",
  baseline: "#D55E00",
  /** One for each machine; from the ninth on they come again. */
  machines: ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000"],
  continuous: "viridis",
  density: ["#efefef", "#8c8c8c"],
  neutral: "#c4c4c4",
} as const;

/** The Vega-Lite configuration that all plots share. */
export const theme: Config = {
  font: fontFamily,
  background: "#ffffff",
  padding: 14,
  view: { stroke: null },
  // A label for screen readers on each of thousands of marks would double the size of the file.
  mark: { aria: false },
  title: {
    anchor: "start",
    frame: "group",
    color: colours.ink,
    fontSize: 15,
    fontWeight: "bold",
    subtitleColor: colours.quiet,
    subtitleFontSize: 11,
    subtitlePadding: 5,
    subtitleLineHeight: 15,
    offset: 12,
  },
  axis: {
    domainColor: colours.quiet,
    tickColor: colours.quiet,
    gridColor: colours.grid,
    labelColor: colours.ink,
    titleColor: colours.ink,
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 10,
    labelFlush: false,
  },
  legend: {
    labelColor: colours.ink,
    titleColor: colours.ink,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelLimit: 200,
    titleLimit: 200,
    titlePadding: 6,
    gradientOpacity: 1,
    offset: 18,
  },
};
