import { describe, expect, test } from "vitest";
import type { DesignPoints } from "../../../explore/plots/design-points.ts";
import { PlotError } from "../../../explore/plots/plot-error.ts";
import { renderPlot, type TopLevelSpec } from "../../../explore/plots/render.ts";
import { throughputArea } from "../../../explore/plots/throughput-area.ts";
import { throughputEnergy } from "../../../explore/plots/throughput-energy.ts";
import { sampleDesigns } from "./sample-designs.ts";

const text = { title: "A sweep", subtitle: "its subtitle" };

interface Layer {
  readonly data: { readonly values: readonly Record<string, number>[] };
  readonly mark: { readonly type: string; readonly stroke?: string; readonly shape?: string };
}

const layers = (spec: TopLevelSpec): readonly Layer[] =>
  (spec as unknown as { layer: readonly Layer[] }).layer;

const subtitle = (spec: TopLevelSpec) => (spec.title as { subtitle: string[] }).subtitle;

const small: DesignPoints = {
  throughput_ips: Float64Array.of(100, 200, 50, 200, Number.NaN, 300),
  energy_J: Float64Array.of(1, 2, 3, 4, 1, 0),
  area_mm2: Float64Array.of(5, 6, 1, 2, 1, 1),
  onFront: Uint8Array.of(1, 1, 1, 1, 0, 0),
  isBaseline: Uint8Array.of(0, 0, 1, 0, 0, 0),
};

describe("a scatter of designs", () => {
  test("draws the cells of a cloud also where few of its designs can be drawn", () => {
    const cell = { left: 10, right: 20, low: 1, high: 2, designs: 7 };
    const range = [1, 1000] as const;
    const cloud = {
      designs: 7,
      undrawn: 30_000,
      range: { throughput_ips: range, energy_J: range, area_mm2: range },
      cells: { energy_J: [cell], area_mm2: [cell] },
    };
    const [background] = layers(throughputEnergy({ ...small, cloud }, text));
    expect(background!.mark.type).toBe("rect");
    expect(background!.data.values).toEqual([cell]);
  });

  test("draws each design once, the staircase of the two axes, and the baseline", () => {
    const [background, edge, front, baseline] = layers(throughputEnergy(small, text));
    expect(background!.data.values).toEqual([]);
    expect(front!.data.values).toHaveLength(4);
    expect(edge!.mark.type).toBe("line");
    expect(edge!.data.values.map(({ energy_J }) => energy_J)).toEqual([1, 2]);
    expect(baseline!.mark.shape).toBe("diamond");
    expect(baseline!.data.values).toEqual([{ throughput_ips: 50, energy_J: 3, area_mm2: 1 }]);
    const area = layers(throughputArea(small, text))[1]!;
    expect(area.data.values.map(({ area_mm2 }) => area_mm2)).toEqual([1, 2]);
  });

  test("says how many designs it cannot draw, and fails where it can draw none", () => {
    expect(subtitle(throughputEnergy(small, text))).toEqual([
      "its subtitle",
      "Not drawn for want of finite metrics above zero: 2 of 6.",
    ]);
    const none = { ...small, area_mm2: new Float64Array(6) };
    expect(() => throughputEnergy(none, text)).toThrow(PlotError);
  });

  test("counts designs in cells above 20,000 of them, and still draws front and baseline one by one", async () => {
    const points = sampleDesigns(20_001);
    const spec = throughputEnergy(points, text);
    const [background, , front] = layers(spec);
    expect(background!.mark.type).toBe("rect");
    expect(background!.data.values.reduce((sum, { designs }) => sum + designs!, 0)).toBe(20_001);
    expect(front!.data.values).toHaveLength(points.onFront.reduce((sum, flag) => sum + flag, 0));
    expect((await renderPlot(spec)).svg.length).toBeLessThan(2_000_000);
  });

  test("stays below 5 MB with 20,000 designs drawn one by one, and with 60,000 on the front", async () => {
    const each = throughputEnergy(sampleDesigns(20_000), text);
    expect(layers(each)[0]!.mark.type).toBe("point");
    expect((await renderPlot(each)).svg.length).toBeLessThan(5_000_000);
    const count = 60_000;
    const throughput_ips = Float64Array.from({ length: count }, (_, row) => 10 ** ((4 * row) / count));
    const spec = throughputEnergy(
      {
        throughput_ips,
        energy_J: throughput_ips.map((value, row) => 1e-6 * value * (1 + (row % 97))),
        area_mm2: throughput_ips.map(Math.sqrt),
        onFront: new Uint8Array(count).fill(1),
        isBaseline: new Uint8Array(count),
      },
      text,
    );
    expect(subtitle(spec)[1]).toBe("Of the 60000 designs on the front, one in each cell is drawn.");
    expect((await renderPlot(spec)).svg.length).toBeLessThan(5_000_000);
  });

  test.each([
    ["one design", [7], [7], [7]],
    ["equal designs", [7, 7], [7, 7], [7, 7]],
    ["very large and very small metrics", [1e-9, 1e12], [1e-15, 1e3], [1e-3, 1e6]],
  ])("renders %s without a warning", async (_, throughput, energy, area) => {
    const flags = new Uint8Array(throughput.length).fill(1);
    const points = {
      throughput_ips: Float64Array.from(throughput),
      energy_J: Float64Array.from(energy),
      area_mm2: Float64Array.from(area),
      onFront: flags,
      isBaseline: new Uint8Array(throughput.length),
    };
    for (const plot of [throughputEnergy, throughputArea]) {
      expect((await renderPlot(plot(points, text))).svg).toContain("Throughput");
    }
  });
});
