import { describe, expect, it } from "vitest";
import { breakEvenPlot } from "../../../explore/plots/break-even-map.ts";
import { machineBars } from "../../../explore/plots/machine-bars.ts";
import { PlotError } from "../../../explore/plots/plot-error.ts";
import { renderPlot } from "../../../explore/plots/render.ts";
import { throughputArea } from "../../../explore/plots/throughput-area.ts";
import { sampleDesigns } from "./sample-designs.ts";

const text = { title: "Speedup", subtitle: "basis iso-area" };

describe("bars of machines", () => {
  it("stand on the line of the reference, and leave out what there is no number for", async () => {
    const spec = machineBars(
      "speedup",
      {
        networks: ["one", "two"],
        reference: "Bitlet",
        machines: [
          { title: "Stripes", ratios: [4, Number.NaN] },
          { title: "Eyeriss", ratios: [0.25, 2] },
        ],
      },
      "Speedup",
      text,
    );
    const [bars] = (spec as unknown as { layer: { data: { values: readonly Record<string, unknown>[] } }[] })
      .layer;
    expect(bars.data.values.map(({ network, machine, ratio }) => [network, machine, ratio])).toEqual([
      ["one", "Stripes", 4],
      ["one", "Eyeriss", 0.25],
      ["two", "Eyeriss", 2],
    ]);
    const { svg } = await renderPlot(spec);
    for (const word of ["Bitlet = 1", "Stripes", "Eyeriss", "basis iso-area"]) expect(svg).toContain(word);
  });

  it("renders sixteen machines without a warning, and refuses to draw nothing", async () => {
    const machines = Array.from({ length: 16 }, (_, index) => ({
      title: `Machine ${index}`,
      ratios: [index + 0.5],
    }));
    await renderPlot(machineBars("many", { networks: ["one"], reference: "R", machines }, "Speedup", text));
    const none = { networks: ["one"], reference: "R", machines: [{ title: "A", ratios: [Number.NaN] }] };
    expect(() => machineBars("none", none, "Speedup", text)).toThrow(PlotError);
  });
});

describe("a break-even map", () => {
  const place = { precision: "fixed8", value: 16, density: 0.1, winner: "Bitlet", factor: 1.5 };

  it("colours each place by its fastest machine, and lays the networks on it", async () => {
    const spec = breakEvenPlot(
      {
        parameter: "laneWidth",
        machines: ["Bitlet", "Stripes"],
        places: [
          place,
          { ...place, density: 0.2, winner: "Stripes", factor: Number.NaN },
          { ...place, value: 64 },
        ],
        networks: [{ ...place, density: 0.97, network: "ocr" }],
      },
      text,
    );
    const { svg } = await renderPlot(spec);
    for (const word of ["fixed8", "Bitlet", "Stripes", "ocr", "1.5"]) expect(svg).toContain(word);
  });

  it("has one part for each precision, and refuses to be empty", async () => {
    const spec = breakEvenPlot(
      {
        parameter: "columns",
        machines: ["Bitlet"],
        places: [place, { ...place, precision: "float32" }],
        networks: [],
      },
      text,
    );
    expect((spec as unknown as { hconcat: unknown[] }).hconcat).toHaveLength(2);
    await renderPlot(spec);
    expect(() =>
      breakEvenPlot({ parameter: "columns", machines: ["Bitlet"], places: [], networks: [] }, text),
    ).toThrow(PlotError);
  });
});

describe("a scatter of designs of several machines", () => {
  it("is coloured by machine, also where designs are counted in cells", async () => {
    for (const count of [50, 20_500]) {
      const designs = sampleDesigns(count);
      const machines = {
        titles: ["Bitlet", "Stripes"],
        of: Uint8Array.from({ length: count }, (_, row) => row % 2),
      };
      const { svg } = await renderPlot(throughputArea({ ...designs, machines }, text));
      for (const word of ["Machine", "Bitlet", "Stripes"]) expect(svg).toContain(word);
    }
  });
});
