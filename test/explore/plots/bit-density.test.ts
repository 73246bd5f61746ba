import { expect, it } from "vitest";
import { bitDensity } from "../../../explore/plots/bit-density.ts";
import { renderPlot } from "../../../explore/plots/render.ts";

it("draws a cell a layer and plane, the most significant plane first, without a warning", async () => {
  const layers = [
    { name: "first", density: [0.5, 0.25, 0] },
    { name: 'the "second" layer', density: [1, 0, 0.125] },
    { name: "first", density: [0, 0, 0] },
  ];
  const { svg, vegaLite } = await renderPlot(bitDensity(layers, 3, { title: "A title", subtitle: "said" }));
  for (const text of ["A title", "said", "first", "second", "Share of ones", "Significance of the plane"]) {
    expect(svg).toContain(text);
  }
  // Nine cells, layers of one name apart.
  expect(JSON.parse(vegaLite).data.values).toHaveLength(9);
  const columns = [...svg.matchAll(/<text[^>]*>([012])<\/text>/g)].map(([, label]) => label);
  expect(columns).toEqual(["2", "1", "0"]);
  expect(svg.match(/first/g)?.length).toBe(2);
});

it("draws no plane above those of the format", () => {
  const spec = bitDensity([{ name: "a", density: new Array(24).fill(0.5) }], 7, { title: "", subtitle: "" });
  expect((spec as { data: { values: unknown[] } }).data.values).toHaveLength(7);
});
