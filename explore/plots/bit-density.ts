import type { TopLevelSpec } from "./render.ts";
import { colours, theme } from "./theme.ts";

/** Ones in the bit planes of a layer. */
export interface LayerDensity {
  readonly name: string;
  /** Share of ones in each plane, index = significance. */
  readonly density: readonly number[];
}

/** Height of a layer's row, and width of all planes together, in pixels. */
const [rowHeight, width] = [13, 560];

/**
 * A heat map of the share of ones in each bit plane: a row a layer, the most significant plane on the left. The scale
 * runs from no ones to ones alone, the same in every map. Planes above `planes` are not drawn.
 */
export const bitDensity = (
  layers: readonly LayerDensity[],
  planes: number,
  text: { readonly title: string; readonly subtitle: string },
): TopLevelSpec => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  name: "bit-density",
  title: { text: text.title, subtitle: text.subtitle },
  width,
  height: Math.max(60, rowHeight * layers.length),
  data: {
    values: layers.flatMap(({ density }, layer) =>
      density.slice(0, planes).map((share, significance) => ({ layer, significance, share })),
    ),
  },
  mark: { type: "rect", aria: false },
  encoding: {
    x: {
      field: "significance",
      type: "ordinal",
      sort: "descending",
      title: "Significance of the plane",
      axis: { labelAngle: 0, grid: false },
    },
    y: {
      field: "layer",
      type: "ordinal",
      title: null,
      axis: {
        grid: false,
        labelFontSize: 9,
        labelLimit: 150,
        labelExpr: `${JSON.stringify(layers.map(({ name }) => name))}[datum.value]`,
      },
    },
    color: {
      field: "share",
      type: "quantitative",
      scale: { scheme: colours.continuous, domain: [0, 1] },
      legend: { title: "Share of ones", format: ".0%", gradientLength: 140 },
    },
  },
  config: theme,
});
