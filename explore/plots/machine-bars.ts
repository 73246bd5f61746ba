import { machineChannels } from "./design-channels.ts";
import type { PlotText } from "./design-points.ts";
import { PlotError } from "./plot-error.ts";
import type { TopLevelSpec } from "./render.ts";
import { colours, theme } from "./theme.ts";

/** Ratios of machines over one of them: a number a network, NaN where there is none. */
export interface MachineRatios {
  readonly networks: readonly string[];
  readonly reference: string;
  readonly machines: readonly { readonly title: string; readonly ratios: readonly number[] }[];
}

/**
 * Bars of a ratio by network and machine on a logarithmic axis, all from the line of the reference at 1: up for the
 * better, down for the worse. Throws a PlotError where no ratio is finite and above zero.
 */
export const machineBars = (
  name: string,
  { networks, machines, reference }: MachineRatios,
  axis: string,
  text: PlotText,
): TopLevelSpec => {
  const titles = machines.map(({ title }) => title);
  const values = machines.flatMap(({ title, ratios }) =>
    ratios.flatMap((ratio, index) =>
      Number.isFinite(ratio) && ratio > 0
        ? [{ network: networks[index]!, machine: title, ratio, from: 1, label: label(ratio) }]
        : [],
    ),
  );
  if (values.length === 0) throw new PlotError(name, "no ratio is finite and above zero");
  const all = [1, ...values.map(({ ratio }) => ratio)];
  const domain = [Math.min(...all) / 1.5, Math.max(...all) * 1.5];
  const x = {
    field: "network",
    type: "nominal" as const,
    title: null,
    sort: null,
    axis: { labelAngle: -35 },
  };
  const place = { x, xOffset: { field: "machine", sort: [...titles] } };
  const scale = { type: "log" as const, domain, nice: false };
  const { color } = machineChannels(titles);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    name,
    title: { text: text.title, subtitle: text.subtitle },
    width: Math.max(420, Math.min(1400, networks.length * (titles.length * 16 + 14))),
    height: 320,
    config: theme,
    layer: [
      {
        data: { values },
        mark: { type: "bar" as const },
        encoding: {
          ...place,
          y: {
            field: "ratio",
            type: "quantitative" as const,
            title: `${axis} (${reference} = 1)`,
            scale,
            axis: { format: "~r" },
          },
          y2: { field: "from" },
          color,
        },
      },
      ...[-6, 8].map((dy) => ({
        data: { values: values.filter(({ ratio }) => ratio >= 1 === dy < 0) },
        mark: { type: "text" as const, dy, fontSize: 9, color: colours.ink },
        encoding: {
          ...place,
          y: { field: "ratio", type: "quantitative" as const, scale },
          text: { field: "label", type: "nominal" as const },
        },
      })),
      {
        data: { values: [{ one: 1 }] },
        mark: { type: "rule" as const, color: colours.ink, strokeWidth: 1.2 },
        encoding: { y: { field: "one", type: "quantitative" as const, scale } },
      },
    ],
  };
};

const label = (ratio: number): string =>
  ratio >= 10 ? ratio.toFixed(0) : ratio < 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2);
