import type { TopLevelSpec } from "../explore/plots/render.ts";
import { colours, theme } from "../explore/plots/theme.ts";

/** A cell of a grid with its text; `full` cells stand out, `plain` ones are drawn, `absent` ones carry text alone. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
  readonly text: string;
  readonly tone: "full" | "plain" | "absent";
}

/** Side of a cell in pixels. */
const side = 34;

const numbered = (labels: readonly string[]): string => `${JSON.stringify(labels)}[datum.value]`;

/** A grid of labelled cells, row 0 on top: bits of words, or who is served when. */
export const cellGrid = (
  name: string,
  cells: readonly GridCell[],
  rows: readonly string[],
  columns: readonly string[],
  text: { readonly title: string; readonly subtitle: string; readonly columnTitle: string },
): TopLevelSpec => {
  const place = {
    x: {
      field: "column",
      type: "ordinal",
      title: text.columnTitle,
      scale: { domain: columns.map((_, column) => column) },
      axis: {
        orient: "top",
        labelAngle: 0,
        grid: false,
        labelExpr: numbered(columns),
        ticks: false,
        domain: false,
      },
    },
    y: {
      field: "row",
      type: "ordinal",
      title: null,
      scale: { domain: rows.map((_, row) => row) },
      axis: { grid: false, labelExpr: numbered(rows), ticks: false, domain: false, labelLimit: 200 },
    },
  } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    name,
    title: { text: text.title, subtitle: text.subtitle },
    width: side * columns.length,
    height: side * rows.length,
    data: { values: cells.map((cell) => ({ ...cell })) },
    layer: [
      {
        transform: [{ filter: "datum.tone !== 'absent'" }],
        mark: { type: "rect", stroke: colours.grid, aria: false },
        encoding: {
          ...place,
          color: {
            field: "tone",
            type: "nominal",
            scale: { domain: ["full", "plain"], range: [colours.design, "#ffffff"] },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text", fontSize: 13, color: colours.ink, aria: false },
        encoding: { ...place, text: { field: "text" } },
      },
    ],
    config: theme,
  };
};
