import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bitletModules } from "../../../core/technology/technology.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { loadTechnology, NodeFile } from "../../../explore/catalog/technology.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";

const read = (name: string): string =>
  readFileSync(join(packageRoot(), "configs", "technology", `${name}.yaml`), "utf8");

describe("configs/technology", () => {
  it("gives every node, gate count, memory type and share, with source and mark", async () => {
    const technology = await loadTechnology();
    expect(Object.keys(technology.nodes)).toEqual(["28nm", "65nm"]);
    expect(Object.keys(technology.dram)).toEqual(["ddr3", "ddr4", "lpddr4", "hbm2"]);
    const evidence = [
      ...Object.values(technology.nodes).flatMap(({ bitlet, sram }) => [bitlet, sram]),
      ...Object.values(technology.dram),
      technology.gates,
      technology.leakShare,
    ];
    for (const { source, mark } of evidence)
      expect([source.length > 0, mark.length > 0]).toEqual([true, true]);
  });

  it.each([
    // Sums of the rows as the reference gives them; the printed totals differ in places.
    ["28nm", 1.542, { float32: 570.331, fixed16: 431.078, fixed8: 365.489 }],
    ["65nm", 5.843, { float32: 1826.5, fixed16: 1389.9, fixed8: 1199.1 }],
  ])("%s adds up to the known sums of rows", async (node, area, power) => {
    const { bitlet } = (await loadTechnology()).nodes[node];
    const sum = (row: Readonly<Record<string, number>>): number =>
      bitletModules.reduce((total, module) => total + row[module], 0);
    expect(sum(bitlet.area_mm2)).toBeCloseTo(area, 6);
    for (const [format, total] of Object.entries(power)) {
      expect(sum(bitlet.power_mW[format]), format).toBeCloseTo(total, 6);
    }
  });

  it.each([
    ["a missing unit", "{ unit: GHz, value: 1 }", "{ value: 1 }", /bitlet\.clock\.unit.*is missing/],
    ["a wrong unit", "unit: mW", "unit: W", /bitlet\.power\.unit: W/],
    ["a missing source", /^ {2}source: MICRO.*$/m, "", /bitlet\.source.*is missing/],
    ["an unknown mark", "mark: stated", "mark: sure", /bitlet\.mark: sure/],
    ["a zero", "preprocessing: 0.553", "preprocessing: 0", /bitlet\.area\.values\.preprocessing: 0/],
    ["an unknown module", "wireOrchestrator: 0.570", "wires: 0.570", /wires/],
    ["series of unequal length", "[0.41, 1.25,", "[1.25,", /sram.*unequal length/],
    ["sizes out of order", "[2, 8, 16,", "[8, 2, 16,", /sram\.size\.values.*increasing/],
    ["a format that others need", /^ {6}fixed16:.*$/m, "", /lacks a row/],
  ])("is refused for %s, with the place", (_, found, replacement, expected) => {
    const text = read("28nm").replace(found, replacement);
    expect(text).not.toBe(read("28nm"));
    expect(() => decodeYaml(text, "28nm.yaml", NodeFile)).toThrow(expected);
    expect(() => decodeYaml(text, "28nm.yaml", NodeFile)).toThrow(/28nm\.yaml:\d+:\d+/);
  });
});
