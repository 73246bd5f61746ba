import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Config, TopLevelSpec } from "vega-lite";
import { type Advances, readAdvances, textWidth } from "./font-metrics.ts";
import { PlotError } from "./plot-error.ts";

export type { Config, TopLevelSpec };

/** A plot in its three forms: drawing, picture, and the specification that it came from (JSON text). */
export interface RenderedPlot {
  readonly svg: string;
  readonly png: Uint8Array;
  readonly vegaLite: string;
}

/** Width of every PNG in pixels. */
const pngWidth = 1600;

/** No viewer is asked to open a larger drawing; plots of many points bin them. */
const svgLimit = 5_000_000;

const require = createRequire(import.meta.url);
const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

/** What Vega asks of a text item to measure it. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

const isBold = (weight: string | number | undefined): boolean => weight === "bold" || Number(weight) >= 600;

/**
 * Loads Vega with the advances of the bundled fonts in place of its estimate of 0.8 em a character, which is half as
 * much again as the true width. The setting is global to Vega in this process.
 */
const loadVega = async () => {
  const vega = await import("vega");
  const [regular, bold] = (await Promise.all(
    fontFiles.map(async (path) => readAdvances(await readFile(path))),
  )) as [Advances, Advances];
  const { textMetrics } = vega as unknown as {
    textMetrics: { width: (item: TextItem, text: unknown) => number };
  };
  textMetrics.width = (item, text) =>
    textWidth(isBold(item.fontWeight) ? bold : regular, String(text ?? ""), item.fontSize ?? 11);
  return vega;
};

let loaded: ReturnType<typeof loadVega> | undefined;

/**
 * Draws a Vega-Lite specification: SVG by Vega, and from it a PNG 1,600 pixels wide by resvg with the bundled DejaVu
 * fonts only, so that the picture is the same on every machine. A warning of Vega or Vega-Lite (an unknown field, an
 * empty domain, a logarithm of zero) is a PlotError, and so is an SVG above 5 MB.
 */
export const renderPlot = async (spec: TopLevelSpec): Promise<RenderedPlot> => {
  loaded ??= loadVega();
  const [vega, vegaLite, { Resvg }] = await Promise.all([
    loaded,
    import("vega-lite"),
    import("@resvg/resvg-js"),
  ]);
  const name = typeof spec.name === "string" ? spec.name : "without a name";
  const complaints: string[] = [];
  const complain = (...parts: readonly unknown[]) => {
    complaints.push(parts.map(String).join(" "));
    return logger;
  };
  const logger = {
    level: () => 2,
    error: complain,
    warn: complain,
    info: () => logger,
    debug: () => logger,
  };
  let svg: string;
  try {
    const compiled = vegaLite.compile(spec, { logger: logger as never });
    const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", logger: logger as never });
    await view.runAsync();
    (vega as unknown as { resetSVGDefIds: () => void }).resetSVGDefIds();
    svg = await view.toSVG();
    view.finalize();
  } catch (error) {
    throw new PlotError(name, (error as Error).message);
  }
  if (complaints.length > 0) throw new PlotError(name, complaints.join("; "));
  if (svg.length > svgLimit) {
    throw new PlotError(
      name,
      `the SVG has ${svg.length} bytes, expected at most ${svgLimit}; bin the points`,
    );
  }
  const picture = new Resvg(svg, {
    fitTo: { mode: "width", value: pngWidth },
    font: { loadSystemFonts: false, fontFiles, defaultFontFamily: "DejaVu Sans" },
  });
  return { svg, png: picture.render().asPng(), vegaLite: `${JSON.stringify(spec)}\n` };
};
