import { expect, it } from "vitest";
import { dramShare } from "../../../explore/plots/dram-share.ts";
import { renderPlot } from "../../../explore/plots/render.ts";

const points = ["one", "two"].flatMap((network) =>
  ["fixed8", "float32"].flatMap((precision, which) =>
    [64, 96, 128].map((buffer_KiB) => ({
      network,
      precision,
      buffer_KiB,
      share_percent: 30 - buffer_KiB / 10 + 5 * which,
    })),
  ),
);
const constants = [
  { network: "Net", precision: "float32", share_percent: 71.25, published_percent: 72.5 },
  { network: "Other", precision: "fixed8", share_percent: 80, published_percent: 80.04 },
];
const text = { title: "A title", subtitle: ["said", "and more"] };

it("draws lines, rules and published values without a warning, one legend each for precisions and networks", async () => {
  const { svg } = await renderPlot(dramShare(points, constants, text));
  for (const label of ["A title", "and more", "Net, float32: 71.3 %, published 72.5 %", "published 80.0 %"]) {
    expect(svg).toContain(label);
  }
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, label]) => label);
  for (const name of ["Precision", "fixed8", "float32", "Traffic of", "one", "two"]) {
    expect(texts.filter((label) => label === name)).toHaveLength(1);
  }
  // Ticks are the powers of two among the sizes.
  expect(texts).toContain("64");
  expect(texts).toContain("128");
  expect(texts).not.toContain("96");
});

it("gives every point, rule and published value the colour of its precision", async () => {
  const { svg } = await renderPlot(dramShare(points, constants, text));
  const fills = (colour: string): number => svg.match(new RegExp(`fill="${colour}"`, "gi"))?.length ?? 0;
  // Three sizes of two networks, a diamond, a label, and the symbol of the legend.
  expect(fills("#D55E00")).toBe(9);
  expect(fills("#009E73")).toBe(9);
});
