import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PlotError } from "../../../explore/plots/plot-error.ts";
import { renderPlot, type TopLevelSpec } from "../../../explore/plots/render.ts";
import { throughputArea } from "../../../explore/plots/throughput-area.ts";
import { throughputEnergy } from "../../../explore/plots/throughput-energy.ts";
import { writePlot } from "../../../explore/plots/write-plot.ts";
import { sampleDesigns } from "./sample-designs.ts";

const text = { title: "A sweep", subtitle: "300 designs" };

const failure = async (spec: TopLevelSpec): Promise<PlotError> => {
  const error = await renderPlot(spec).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PlotError);
  return error as PlotError;
};

/** Width and height out of a PNG's first chunk. */
const pngSize = (png: Uint8Array) => {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
};

describe("renderPlot", () => {
  test("draws the same SVG and PNG every time, 1,600 pixels wide", async () => {
    const first = await renderPlot(throughputEnergy(sampleDesigns(300), text));
    const second = await renderPlot(throughputEnergy(sampleDesigns(300), text));
    expect(second.svg).toBe(first.svg);
    expect(Buffer.from(second.png).equals(Buffer.from(first.png))).toBe(true);
    expect(pngSize(first.png)[0]).toBe(1600);
    expect(pngSize(first.png)[1]).toBeGreaterThan(600);
    expect(JSON.parse(first.vegaLite).$schema).toContain("vega-lite/v6");
  });

  test("puts text into the PNG: another title is another picture", async () => {
    const draw = async (title: string) =>
      (await renderPlot(throughputArea(sampleDesigns(50), { title, subtitle: "" }))).png;
    const [one, other] = [await draw("bit"), await draw("bat")];
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(false);
  });

  test("measures text by the font: the y title stands clear of labels that are as wide as they are", async () => {
    const measured = async (label: string): Promise<number> => {
      const { svg } = await renderPlot({
        name: "label",
        data: { values: [{ c: label, v: 1 }] },
        mark: "bar",
        width: 100,
        config: { axis: { labelLimit: 1000, labelFontSize: 10, titleFontSize: 10 }, padding: 0 },
        encoding: {
          y: { field: "c", type: "nominal", title: null },
          x: { field: "v", type: "quantitative" },
        },
      });
      return Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)![1]);
    };
    // An advance of DejaVu Sans: i 569, W 2025 of 2048; Vega's own estimate is 0.8 for both.
    expect((await measured("W".repeat(40))) - (await measured("i".repeat(40)))).toBeCloseTo(
      (40 * 10 * (2025 - 569)) / 2048,
      -1,
    );
  });

  test("takes a warning of Vega-Lite or of Vega for an error", async () => {
    const base = { name: "bad", data: { values: [{ x: 1 }] }, mark: "point" as const };
    const unknown = await failure({
      ...base,
      encoding: { x: { field: "x", type: "quantitative", scale: { type: "log", zero: true } } },
    });
    expect(unknown.message).toContain("plot bad:");
    expect(unknown.problem).toContain("zero");
    const domain = await failure({
      ...base,
      encoding: { x: { field: "x", type: "quantitative", scale: { type: "log", domain: [0, 1] } } },
    });
    expect(domain.problem).toMatch(/zero|log/i);
    const broken = await failure({ ...base, transform: [{ calculate: "datum.x +", as: "y" }], encoding: {} });
    expect(broken.plot).toBe("bad");
  });

  test("refuses an SVG above 5 MB", async () => {
    const values = Array.from({ length: 25_000 }, (_, x) => ({ x }));
    const encoding = { x: { field: "x", type: "quantitative" as const } };
    const large = await failure({ name: "large", data: { values }, mark: "point", encoding });
    expect(large.problem).toContain("expected at most 5000000");
  });
});

test("writePlot writes the three files, and none for a plot that fails", async () => {
  const directory = await mkdtemp(join(tmpdir(), "bitfront-plot-"));
  const plots = join(directory, "plots");
  const spec = throughputArea(sampleDesigns(50), text);
  await writePlot(plots, "throughput-area", spec);
  expect((await readdir(plots)).sort()).toEqual([
    "throughput-area.png",
    "throughput-area.svg",
    "throughput-area.vl.json",
  ]);
  expect(JSON.parse(await readFile(join(plots, "throughput-area.vl.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(spec)),
  );
  const bad = { ...spec, name: "bad", layer: [{ mark: "nothing" }] } as unknown as TopLevelSpec;
  await expect(writePlot(plots, "bad", bad)).rejects.toBeInstanceOf(PlotError);
  expect((await readdir(plots)).filter((name) => name.startsWith("bad"))).toEqual([]);
  await rm(directory, { recursive: true });
});
