import { describe, expect, it } from "vitest";
import { elementsPower_W, impliedPower_W, readFig9, streamingShare } from "../../docs/micro21-fig9.ts";
import { configuredTechnology } from "../core/technology/configured-technology.ts";

/*
 * Shares of system energy in Fig. 9 against one DRAM channel that streams all the time beside processing elements that
 * are always busy: a ratio between published powers. It shows how the paper counted, and is no evidence for a model.
 */
const { networks, source } = readFig9();
const { ddr3 } = configuredTechnology.dram;
const table = configuredTechnology.nodes["28nm"].bitlet!;
const tenths = (value: number): number => Number(value.toFixed(1));

const rows = networks.map(({ name, precision, dram }) => ({
  name,
  precision,
  ours: streamingShare(ddr3, table, precision),
  theirs: dram,
  implied_W: impliedPower_W(dram, table, precision),
}));

describe("MICRO 2021, Fig. 9: the share of DRAM", () => {
  it("prints ours, theirs and the error", () => {
    console.log(source);
    console.table(
      rows.map(({ name, precision, ours, theirs, implied_W }) => ({
        network: name,
        precision,
        "ours, %": tenths(ours),
        "theirs, %": theirs,
        "error, points": tenths(tenths(ours) - theirs),
        "DRAM that meets theirs, W": Number(implied_W.toFixed(3)),
      })),
    );
    expect(rows.map(({ name }) => name)).toEqual(["ResNet-50", "DenseNet-161", "CartoonGAN", "Transformer"]);
  });

  it("is by hand 12.8 · 8 · 15.6 = 1597.44 mW over itself and the rows' sum", () => {
    const milliwatts = 12.8 * 8 * 15.6;
    expect(milliwatts).toBeCloseTo(1597.44, 9);
    const sums = { fixed8: 365.489, fixed16: 431.078, float32: 570.331 };
    for (const [precision, sum] of Object.entries(sums)) {
      expect(streamingShare(ddr3, table, precision)).toBeCloseTo((100 * milliwatts) / (milliwatts + sum), 9);
    }
  });

  it("comes to 81.4, 78.7 and 73.7 %, short of the figure by 0.3, 0.6 and 0.6 points", () => {
    const three = rows.slice(0, 3);
    expect(three.map(({ ours }) => tenths(ours))).toEqual([81.4, 78.7, 73.7]);
    expect(three.map(({ ours, theirs }) => tenths(tenths(ours) - theirs))).toEqual([-0.3, -0.6, -0.6]);
    // What would meet the figure: 1.63 … 1.65 W, 15.9 … 16.1 pJ/bit.
    const perBit = three.map(({ implied_W }) => tenths((1e12 * implied_W) / (8 * 12.8e9)));
    expect(perBit).toEqual([15.9, 16.1, 16.1]);
  });

  it("is missed by 26 points for Transformer, which no channel would meet", () => {
    const { ours, theirs, implied_W } = rows[3];
    expect(tenths(tenths(ours) - theirs)).toBe(-26.1);
    expect(implied_W).toBeGreaterThan(200);
  });
});

describe("MICRO 2021, Fig. 9: the modules", () => {
  const cases = networks.flatMap(
    ({ name, precision, dram, preprocessing, wire, adderTree, postprocessing }) => {
      const row = table.power[precision];
      const parts = [
        ["preprocessing", row.preprocessing.value, preprocessing],
        ["wire", row.wireOrchestrator.value + row.checkWindow.value, wire],
        ["adder tree", row.adderTree.value, adderTree],
        ["postprocessing", row.postprocessing.value, postprocessing],
      ] as const;
      return parts.flatMap(([module, milliwatts, theirs]) => {
        const ours = ((100 - dram) * milliwatts) / (1e3 * elementsPower_W(table, precision));
        return theirs === undefined ? [] : [{ name, module, ours, theirs }];
      });
    },
  );

  it("prints ours, theirs and the error", () => {
    console.table(
      cases.map(({ name, module, ours, theirs }) => ({
        network: name,
        module,
        "ours, %": tenths(ours),
        "theirs, %": theirs,
        "error, points": tenths(tenths(ours) - theirs),
      })),
    );
    expect(cases).toHaveLength(12);
  });

  it.each(cases)("$name, $module: what DRAM leaves, by the rows of the module table", ({ ours, theirs }) => {
    expect(tenths(ours)).toBe(theirs);
  });
});
