import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { designCosts } from "../../core/model/costs.ts";
import { technologyAt } from "../../core/technology/corner.ts";
import type { Technology } from "../../core/technology/technology.ts";
import { loadNetwork } from "../../explore/catalog/load-network.ts";
import { loadTechnology } from "../../explore/catalog/technology.ts";
import { evaluatorOfDesign } from "../../explore/engine/one-design.ts";
import { createSpace } from "../../explore/space/space.ts";
import { parseSweep } from "../../explore/spec/parse.ts";
import type { Sweep } from "../../explore/spec/sweep.ts";
import { configurationWith } from "../core/machines/configurations.ts";
import { configuredTechnology } from "../core/technology/configured-technology.ts";
import { temporaryFolder } from "../explore/engine/fixture.ts";
import { exampleSweeps, exampleTables } from "./energy-page.ts";

const { bitlet } = machines;
const folder = temporaryFolder();
writeFileSync(join(folder, "my-22nm.yaml"), exampleTables);
const sweeps = new Map(
  exampleSweeps.map((text) => {
    const sweep = parseSweep(text, { file: "energy.md" });
    return [sweep.name, sweep];
  }),
);
const sweepOf = (name: string): Sweep => sweeps.get(name)!;
const technologyOf = ({ technology, components }: Sweep): Promise<Technology> =>
  loadTechnology({ files: technology, components, baseDirectory: folder });

describe("docs/energy.md: its examples", () => {
  const costsOf = async (name: string, changes: Configuration) =>
    designCosts(bitlet, configurationWith(changes), await technologyOf(sweepOf(name)));

  it("are the tables and three sweeps", () => {
    expect([...sweeps.keys()]).toEqual(["my-22nm", "no-background", "given-tiles"]);
  });

  it("my-22nm: the file's modules and SRAM count at 22 nm, in their ranges", async () => {
    const technology = await technologyOf(sweepOf("my-22nm"));
    const at = configurationWith({ node: 22, precision: "float32" });
    const components = bitlet.components(at, technology);
    expect(components.map(({ area_mm2 }) => 32 * area_mm2)).toEqual(
      [0.38, 0.39, 0.09, 0.17, 0.03].map((area) => expect.closeTo(area, 12)),
    );
    // 290 mW over 32 elements at 1.2 GHz, leakage included.
    const { dynamicCycle_J, leakage_W } = components[0];
    expect(dynamicCycle_J + leakage_W / 1.2e9).toBeCloseTo(0.29 / 32 / 1.2e9, 20);
    expect(bitlet.nominalClock_GHz(at, technology)).toBe(1.2);
    const high = bitlet.components(at, technologyAt(technology, "high"));
    expect(32 * high[3].area_mm2).toBeCloseTo(0.2, 12);
    // 25.6 GB/s · 0.8 ns / 8 B = 2.56: three banks.
    const { weightBuffer } = designCosts(bitlet, at, technology).rates.nominal;
    expect(weightBuffer).toMatchObject({ banks: 3, source: "our memory compiler", mark: "measured" });
    expect(technology.dram.lpddr4.energy.range).toEqual([4, 5]);
    // What the file does not give is the shipped one.
    expect(technology.nodes["65nm"]).toEqual(configuredTechnology.nodes["65nm"]);
    expect(technology.gates).toEqual(configuredTechnology.gates);
  });

  it("my-22nm: the components take the place of single numbers", async () => {
    const { rates, components } = await costsOf("my-22nm", { node: 28 });
    expect(32 * components[0].area_mm2).toBeCloseTo(0.6, 12);
    expect([rates.low, rates.nominal, rates.high].map(({ dramByte_J }) => dramByte_J / 8e-12)).toEqual(
      [12, 14, 16].map((energy) => expect.closeTo(energy, 9)),
    );
    expect(createSpace(sweepOf("my-22nm").space).countValid()).toBe(2 * 3);
  });

  /** The networks of a sweep on each of its designs. */
  const resultsOf = async (name: string) => {
    const sweep = sweepOf(name);
    const technology = await technologyOf(sweep);
    const network = await loadNetwork(sweep.networks[0].use, { baseDirectory: folder });
    const space = createSpace(sweep.space);
    return Array.from({ length: space.total }, (_, index) => {
      const point = space.pointAt(index)!;
      const { evaluator } = evaluatorOfDesign(sweep, point, [network], technology);
      return {
        configuration: point.configuration,
        transfers: evaluator.transfers(point, 0),
        result: evaluator.results(point, "cycle")[0],
      };
    });
  };

  it("no-background: DRAM takes energy for its bits alone", async () => {
    const results = await resultsOf("no-background");
    expect(results).toHaveLength(3);
    for (const { result } of results) {
      expect(result.energy.background_J).toBe(0);
      expect(result.energy.dram_J).toBeGreaterThan(0);
    }
  });

  it("given-tiles: tiles are what they are said to be, and a chain moves less", async () => {
    const results = await resultsOf("given-tiles");
    expect(results).toHaveLength(4);
    const dram = new Map<string, number>();
    for (const { configuration, transfers, result } of results) {
      for (const { tiling } of transfers) {
        expect(tiling.tileFilters).toBeLessThanOrEqual(32);
        expect(tiling.tileRows).toBeLessThanOrEqual(8);
        expect(tiling.order.join("")).toBe(configuration.loopOrder);
      }
      dram.set(`${configuration.loopOrder} ${configuration.residency}`, result.energy.dram_J);
    }
    for (const order of ["mpc", "pcm"]) {
      expect(dram.get(`${order} chained`)).toBeLessThan(dram.get(`${order} dram`)!);
    }
  });

  it("give a design a better mark than remembered only where all of its assumptions are replaced", async () => {
    const measured = (value: number, unit: string) =>
      ({ value, unit, source: "ours", mark: "measured" }) as const;
    const components = {
      "shares.leakShare": measured(0.04, "1"),
      "dram.ddr3.background": measured(0.3, "W"),
    };
    const replaced = await loadTechnology({ components });
    const mark = (technology: Technology, idleShare: number): string =>
      designCosts(bitlet, configurationWith({ idleShare }), technology).mark;
    expect(mark(configuredTechnology, 0.3)).toBe("remembered");
    expect(mark(replaced, 0.5)).toBe("remembered");
    expect(mark(replaced, 0.3)).toBe("our decision");
  });
});

describe("docs/energy.md: what is refused", () => {
  const refused = (name: string, found: string | RegExp, replacement: string) => {
    const text = exampleTables.replace(found, replacement);
    expect(text).not.toBe(exampleTables);
    writeFileSync(join(folder, name), text);
    return loadTechnology({ files: [name], baseDirectory: folder });
  };

  it.each([
    ["a number without unit", "{ unit: GHz, value: 1.2 }", "{ value: 1.2 }", /unit.*is missing/],
    ["a section without source", "  source: our synthesis of the RTL\n", "", /source.*is missing/],
    [
      "a memory type without mark",
      "source: data sheet, mark: stated }",
      "source: data sheet }",
      /mark.*is missing/,
    ],
    ["a zero", "preprocessing: 0.38", "preprocessing: 0", /preprocessing/],
    ["a negative number", "preprocessing: 0.38", "preprocessing: -1", /preprocessing/],
    ["another unit", "unit: mm2\n", "unit: um2\n", /unit: um2/],
    ["an unknown key", "postprocessing: 0.03", "postprocessing: 0.03\n      pads: 1", /pads/],
    ["a range without its value", "range: [0.15, 0.2]", "range: [0.18, 0.2]", /adderTree/],
    ["series of unequal length", "values: [0.9, 14]", "values: [0.9]", /unequal length/],
    ["sizes out of order", "values: [16, 256], validity", "values: [256, 16], validity", /increasing/],
    ["points outside the validity", "validity: [8, 1024]", "validity: [32, 1024]", /outside its validity/],
    ["no node", /^node.*$/m, "", /of which node/],
    ["no fixed16", /^ {6}fixed16.*$/m, "", /lacks a row/],
    ["a memory type that no parameter names", "lpddr4:", "lpddr9:", /lpddr9/],
    ["an SRAM flavour that no parameter names", "  lop:", "  fast:", /fast/],
  ])("%s, with line and column", async (_, found, replacement, expected) => {
    await expect(refused("tables.yaml", found, replacement)).rejects.toThrow(expected);
    await expect(refused("tables.yaml", found, replacement)).rejects.toThrow(/tables\.yaml:\d+:\d+/);
  });

  it("a file name that says another node", async () => {
    await expect(refused("my-16nm.yaml", "22 }", "22  }")).rejects.toThrow(/its name says 16 nm/);
  });

  it("components that no table has, in another unit, or that are parameters; and contradictions", async () => {
    const given = (value: number, unit: string) =>
      ({ value, unit, source: "ours", mark: "measured" }) as const;
    const cases = [
      [{ "dram.ddr3.enrgy": given(14, "pJ/bit") }, /did you mean dram\.ddr3\.energy/],
      [{ "dram.ddr3.energy": given(14, "fJ/bit") }, /expected pJ\/bit/],
      [{ "shares.idleShare": given(0.5, "1") }, /is a parameter/],
      [{ "shares.leakShare": given(0.3, "1") }, /at most the least idleShare/],
      [{ "supply.threshold": given(0.7, "1") }, /threshold < minimum/],
    ] as const;
    for (const [components, expected] of cases) {
      await expect(loadTechnology({ components })).rejects.toThrow(expected);
    }
  });

  it("sweeps that mix sources, a port without a table, and buffers beyond it", () => {
    const mixed = exampleSweeps[2].replace("  tileRows: 8", "  costSource: { choice: [micro21, gates] }");
    expect(() => parseSweep(mixed, { file: "mixed" })).toThrow(/mixes micro21 and gates in one front/);
    const costs = (changes: Configuration) => () =>
      designCosts(bitlet, configurationWith(changes), configuredTechnology);
    expect(costs({ sram: "hp", bufferPort: 128 })).toThrow(/bufferPort of 128 bits/);
    expect(costs({ node: 65, bufferPort: 512 })).toThrow(/bufferPort of 512 bits/);
    expect(costs({ weightBuffer: 2 })).toThrow(/weightBuffer of 2 KiB in 4 banks.*1 … 2048/);
    expect(costs({ weightBuffer: 512, bufferPort: 512 })).toThrow(/4 … 256/);
    expect(costs({ weightBuffer: 8192 })).not.toThrow();
    expect(costs({ costSource: "fig8", precision: "fixed8", packing: 2 })).toThrow(/packing of 2/);
    expect(costs({ costSource: "bbs28", precision: "fixed8" })).toThrow(/laneWidth 64/);
    expect(costs({ node: 5 })).toThrow(/between 7 and 180 nm/);
  });
});
