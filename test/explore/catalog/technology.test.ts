import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Quantity, weakestMark } from "../../../core/technology/component.ts";
import { technologyAt } from "../../../core/technology/corner.ts";
import { scaledKinds } from "../../../core/technology/scaling.ts";
import { bitletModules } from "../../../core/technology/technology.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { componentNames, loadTechnology } from "../../../explore/catalog/technology.ts";
import { TechnologyFile } from "../../../explore/catalog/technology-file.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";

const read = (name: string): string =>
  readFileSync(join(packageRoot(), "configs", "technology", `${name}.yaml`), "utf8");

const folder = mkdtempSync(join(tmpdir(), "technology-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const technology = await loadTechnology();
const loaded = (...files: string[]) => loadTechnology({ files, baseDirectory: folder });

describe("configs/technology", () => {
  it("gives every number a unit, a source and a mark", () => {
    expect(Object.keys(technology.nodes)).toEqual(["28nm", "65nm"]);
    expect(Object.keys(technology.dram)).toEqual(["ddr3", "ddr4", "lpddr4", "hbm2"]);
    const names = componentNames(technology);
    // Two module tables of 5 areas, 15 or 20 powers, the others a few each; machines have files of their own.
    expect([...names.keys()].filter((name) => !name.startsWith("machines."))).toHaveLength(83);
    for (const [name, { value, unit, source, mark, range }] of names) {
      expect(value, name).toBeGreaterThan(0);
      expect(
        [unit, source, mark].every((text) => text.length > 0),
        name,
      ).toBe(true);
      if (range) expect(range[0] <= value && value <= range[1], name).toBe(true);
    }
  });

  it("lets idle share, gate energy, layout and background power be uncertain, and nothing else", () => {
    const uncertain = [...componentNames(technology)].filter(([, { range }]) => range).map(([name]) => name);
    expect(uncertain.sort()).toEqual([
      "dram.ddr3.background",
      "dram.ddr4.background",
      "dram.hbm2.background",
      "dram.lpddr4.background",
      "gates.energy",
      "layout.area",
      "layout.power",
      "shares.idleShare",
    ]);
    const high = componentNames(technologyAt(technology, "high"));
    for (const name of uncertain) {
      expect(high.get(name)?.value, name).toBe(componentNames(technology).get(name)?.range?.[1]);
    }
    expect(technologyAt(technology, "nominal")).toBe(technology);
  });

  const sum = (row: Readonly<Record<string, Quantity>>): number =>
    bitletModules.reduce((total, module) => total + row[module].value, 0);

  it.each([
    // Sums of the rows as the reference gives them; the printed totals differ in places.
    ["28nm", 1.542, { float32: 570.331, fixed16: 431.078, fixed8: 365.489 }],
    ["65nm", 5.843, { float32: 1826.5, fixed16: 1389.9, fixed8: 1199.1 }],
  ])("%s adds up to the known sums of rows", (node, area, power) => {
    const bitlet = technology.nodes[node].bitlet!;
    expect(sum(bitlet.area)).toBeCloseTo(area, 6);
    for (const [format, total] of Object.entries(power)) {
      expect(sum(bitlet.power[format]), format).toBeCloseTo(total, 6);
    }
  });

  it("prints sums of rows, printed totals and the difference", () => {
    const rows = Object.entries(technology.nodes).flatMap(([node, { bitlet }]) => [
      { node, what: "area, mm2", ours: sum(bitlet!.area), theirs: bitlet!.printedArea.value },
      ...Object.entries(bitlet!.printedPower).map(([format, { value }]) => ({
        node,
        what: `${format}, mW`,
        ours: sum(bitlet!.power[format]),
        theirs: value,
      })),
    ]);
    console.table(
      rows.map((row) => ({ ...row, error: `${(100 * (row.ours / row.theirs - 1)).toFixed(2)} %` })),
    );
    for (const { ours, theirs } of rows) expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.008);
  });

  it("misses the fixed-point rows by what is known when they are predicted from float32 by planes", () => {
    const { power } = technology.nodes["28nm"].bitlet!;
    const error = (
      module: "wireOrchestrator" | "checkWindow" | "adderTree",
      format: string,
      planes: number,
    ) =>
      Number(
        (100 * ((power.float32[module].value * planes) / 24 / power[format][module].value - 1)).toFixed(1),
      );
    expect([error("wireOrchestrator", "fixed16", 16), error("wireOrchestrator", "fixed8", 8)]).toEqual([
      5.7, 3.1,
    ]);
    expect([error("checkWindow", "fixed16", 16), error("checkWindow", "fixed8", 8)]).toEqual([-10, -9.9]);
    expect([error("adderTree", "fixed16", 16), error("adderTree", "fixed8", 8)]).toEqual([0, 0]);
  });

  it("scales by what the two nodes show: printed totals, and the mean over the SRAM sizes", () => {
    const [small, large] = ["28nm", "65nm"].map((node) => technology.nodes[node]);
    const mean = (of: (sram: (typeof small)["sram"][string]) => readonly number[]): number => {
      const [low, high] = [small, large].map(({ sram }) => of(sram.lop));
      return Math.exp(
        low.reduce((total, value, size) => total + Math.log(high[size] / value), 0) / low.length,
      );
    };
    const evidence = {
      logicArea: large.bitlet!.printedArea.value / small.bitlet!.printedArea.value,
      logicPower: large.bitlet!.printedPower.float32.value / small.bitlet!.printedPower.float32.value,
      sramRead: mean(({ ports }) => ports[0].read_pJ),
      sramWrite: mean(({ ports }) => ports[0].write_pJ),
      sramLeakage: mean(({ leakage_mW }) => leakage_mW),
      sramArea: mean(({ area_mm2 }) => area_mm2),
    };
    for (const kind of scaledKinds) {
      expect(Math.abs(technology.scaling.divisors[kind] / evidence[kind] - 1), kind).toBeLessThan(0.005);
    }
  });

  it.each([
    [
      "a missing unit",
      "clock: { unit: GHz, value: 1 }",
      "clock: { value: 1 }",
      /bitlet\.clock\.unit.*is missing/,
    ],
    ["a wrong unit", "unit: mW", "unit: W", /bitlet\.power\.unit: W/],
    ["a missing source", /^ {2}source: MICRO.*$/m, "", /bitlet\.source.*is missing/],
    ["an unknown mark", "mark: stated", "mark: sure", /bitlet\.mark: sure/],
    ["a zero", "preprocessing: 0.553", "preprocessing: 0", /bitlet\.area\.values\.preprocessing: 0/],
    ["a row with a zero", "preprocessing: 0.553", "preprocessing: { value: 0 }", /preprocessing/],
    [
      "a range without its value",
      "preprocessing: 0.553",
      "preprocessing: { value: 0.553, range: [0.6, 0.7] }",
      /preprocessing/,
    ],
    ["an unknown module", "wireOrchestrator: 0.570", "wires: 0.570", /wires/],
    ["series of unequal length", "[0.41, 1.25,", "[1.25,", /unequal length/],
    ["sizes out of order", "[2, 8, 16,", "[8, 2, 16,", /size\.values.*increasing|increasing/],
    ["points outside the validity", "validity: [1, 2048]", "validity: [4, 2048]", /outside its validity/],
    ["a format that others need", /^ {6}fixed16:.*$/m, "", /lacks a row/],
    ["no node", /^node:.*$/m, "", /of which node/],
    ["a row of no format", "fixed4: {", "fixd4: {", /row of no format/],
  ])("is refused for %s, with the place", (_, found, replacement, expected) => {
    const text = read("28nm").replace(found, replacement);
    expect(text).not.toBe(read("28nm"));
    expect(() => decodeYaml(text, "28nm.yaml", TechnologyFile)).toThrow(expected);
    expect(() => decodeYaml(text, "28nm.yaml", TechnologyFile)).toThrow(/28nm\.yaml:\d+:\d+/);
  });
});

describe("tables of a user's own", () => {
  const sram = `sram:
  lop:
    source: our memory compiler
    mark: stated
    cycle: { unit: ns, value: 0.5 }
    leakage: { unit: mW, values: [1, 8] }
    area: { unit: mm2, values: [0.01, 0.08] }
    ports:
      - port: { unit: bit, value: 64 }
        size: { unit: KiB, values: [8, 64], validity: [4, 128] }
        read: { unit: pJ, values: [1, 2] }
        write: { unit: pJ, values: [2, 3] }
`;

  it("add a node, and leave what they do not give to the shipped ones", async () => {
    const file = fileWith("my-22nm.yaml", `version: 1\nnode: { unit: nm, value: 22 }\n${sram}`);
    const found = await loaded(file);
    expect(Object.keys(found.nodes)).toEqual(["28nm", "65nm", "22nm"]);
    expect(found.nodes["22nm"].bitlet).toBeUndefined();
    expect(found.nodes["22nm"].sram.lop.cycle).toEqual({
      unit: "ns",
      value: 0.5,
      source: "our memory compiler",
      mark: "stated",
    });
    expect(found.nodes["28nm"]).toEqual(technology.nodes["28nm"]);
  });

  it("take the place of a table of the same name, and no other", async () => {
    const file = fileWith("memory.yaml", `version: 1\nnode: { unit: nm, value: 28 }\n${sram}`);
    const { nodes } = await loaded(file);
    expect(nodes["28nm"].sram.lop.source).toBe("our memory compiler");
    expect(nodes["28nm"].sram.hp).toEqual(technology.nodes["28nm"].sram.hp);
    expect(nodes["28nm"].bitlet).toEqual(technology.nodes["28nm"].bitlet);
  });

  it("are refused with another node than their name says, without unit, and where there is no file", async () => {
    const mixed = fileWith("my-16nm.yaml", `version: 1\nnode: { unit: nm, value: 22 }\n${sram}`);
    await expect(loaded(mixed)).rejects.toThrow(/my-16nm\.yaml: node: 22 nm, but its name says 16 nm/);
    const unitless = fileWith("x.yaml", `version: 1\nnode: { value: 22 }\n${sram}`);
    await expect(loaded(unitless)).rejects.toThrow(/x\.yaml:2:7: node\.unit.*is missing/);
    await expect(loaded("absent.yaml")).rejects.toThrow(/absent\.yaml: there is no such file/);
    const foreign = fileWith("y.yaml", "version: 1\ndram: { ddr9: {} }\n");
    await expect(loaded(foreign)).rejects.toThrow(/y\.yaml:2:9: dram\.ddr9/);
    const nodeless = fileWith("z.yaml", `version: 1\n${sram}`);
    await expect(loaded(nodeless)).rejects.toThrow(/does not say of which node it is/);
  });
});

describe("single components", () => {
  const given = { value: 12, unit: "pJ/bit", source: "our board", mark: "measured" } as const;
  const withComponents = (components: Parameters<typeof loadTechnology>[0] & object) =>
    loadTechnology(components);

  it("take the place of a number with its evidence", async () => {
    const found = await withComponents({ components: { "dram.ddr3.energy": given } });
    expect(found.dram.ddr3.energy).toEqual(given);
    expect(found.dram.ddr4).toEqual(technology.dram.ddr4);
    expect(weakestMark([found.dram.ddr3.energy])).toBe("measured");
    const row = { value: 0.5, unit: "mm2", source: "ours", mark: "measured", range: [0.4, 0.7] } as const;
    const area = await withComponents({ components: { "28nm.bitlet.area.preprocessing": row } });
    expect(area.nodes["28nm"].bitlet!.area.preprocessing).toEqual(row);
    expect(technologyAt(area, "high").nodes["28nm"].bitlet!.area.preprocessing.value).toBe(0.7);
  });

  it.each([
    [
      "dram.ddr3.enrgy",
      given,
      /components\.dram\.ddr3\.enrgy: is no component.*did you mean dram\.ddr3\.energy/,
    ],
    [
      "dram.ddr3.energy",
      { ...given, unit: "fJ/bit" },
      /components\.dram\.ddr3\.energy\.unit: is another unit.*expected pJ\/bit, the unit of the table/,
    ],
    [
      "shares.idleShare",
      { ...given, unit: "1" },
      /is a parameter; expected it under parameters, as idleShare/,
    ],
    [
      "shares.leakShare",
      { ...given, value: 0.3, unit: "1" },
      /0\.3; expected at most the least idleShare, 0\.1/,
    ],
    ["supply.threshold", { ...given, value: 0.9, unit: "1" }, /expected threshold < minimum/],
    [
      "28nm.sram.lop.cycle",
      { ...given, value: 1, unit: "ns", range: [0.5, 2] as const },
      /28nm\.sram\.lop\.cycle: has a range; expected none/,
    ],
  ])("are refused: %s", async (name, override, message) => {
    await expect(withComponents({ components: { [name]: override } })).rejects.toThrow(message);
  });
});
