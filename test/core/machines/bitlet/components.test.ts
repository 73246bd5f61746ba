import { describe, expect, it } from "vitest";
import { ModelError } from "../../../../core/errors.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import { type BitletModule, bitletModules, type Technology } from "../../../../core/technology/technology.ts";
import { configuredTechnology } from "../../technology/configured-technology.ts";
import { exampleTechnology } from "../../technology/example-technology.ts";
import { configurationWith } from "../configurations.ts";

const totals = (changes: Configuration, technology: Technology) => {
  const components = bitlet.components(configurationWith(changes), technology);
  return {
    area_mm2: components.reduce((sum, component) => sum + component.area_mm2, 0),
    busyCycle_pJ: components.reduce((sum, component) => sum + component.busyCycle_J, 0) * 1e12,
  };
};

describe("components of Bitlet from the published tables", () => {
  it.each([
    ["28nm", "float32", 17.8, 570.33],
    ["28nm", "fixed16", 13.5, 431.08],
    ["28nm", "fixed8", 11.4, 365.49],
    ["65nm", "float32", 57.1, 1826.5],
    ["65nm", "fixed16", 43.4, 1389.9],
    ["65nm", "fixed8", 37.5, 1199.1],
  ])("at %s, %s: %d pJ a busy cycle, %d mW for 32 at 1 GHz", (node, precision, picojoules, milliwatts) => {
    const { busyCycle_pJ } = totals({ node, precision }, configuredTechnology);
    expect(Math.round(busyCycle_pJ * 10) / 10).toBe(picojoules);
    // Rows carry up to four decimals, the sums two (28 nm) or one.
    expect(Math.abs(busyCycle_pJ * 32 - milliwatts)).toBeLessThan(0.005);
  });

  it("add up to 1.542 mm² at 28 nm and 5.843 mm² at 65 nm, in every format", () => {
    for (const precision of ["float32", "bfloat16", "fixed16", "fixed5", "fixed1"]) {
      expect(totals({ node: "28nm", precision }, configuredTechnology).area_mm2 * 32).toBeCloseTo(1.542, 12);
      expect(totals({ node: "65nm", precision }, configuredTechnology).area_mm2 * 32).toBeCloseTo(5.843, 12);
    }
  });

  it("divide preprocessing of float32 at 28 nm to 11.15 pJ and 0.0172813 mm²", () => {
    const [preprocessing] = bitlet.components(configurationWith(), configuredTechnology);
    expect(preprocessing.name).toBe("preprocessing");
    expect(preprocessing.busyCycle_J).toBeCloseTo(356.8e-3 / 32e9, 20);
    expect(preprocessing.area_mm2).toBeCloseTo(0.01728125, 12);
  });
});

describe("components of Bitlet by hand", () => {
  const at = (changes: Configuration): Record<string, number> =>
    Object.fromEntries(
      bitlet
        .components(configurationWith({ laneWidth: 16, ...changes }), exampleTechnology)
        .map((component) => [component.name, component.busyCycle_J * 1e12]),
    );

  it("take the format's own row while all its planes are kept", () => {
    // Rows in mW over 4 processing elements at 2 GHz: divide by 8.
    expect(round(at({ precision: "float32" }))).toEqual(modules(60, 12, 6, 18, 4));
    expect(round(at({ precision: "fixed8" }))).toEqual(modules(40, 4, 2, 6, 1));
    expect(round(at({ precision: "fixed8", activePlanes: 7 }))).toEqual(modules(40, 4, 2, 6, 1));
  });

  it("scale the plane-dependent modules of the fixed16 row for formats without one, and for fewer planes", () => {
    // fixed12: 12/16 of 8, 4, 12; fixed16 with 4 planes: 4/16.
    expect(round(at({ precision: "fixed12" }))).toEqual(modules(40, 6, 3, 9, 1));
    expect(round(at({ precision: "fixed16", activePlanes: 4 }))).toEqual(modules(40, 2, 1, 3, 1));
    expect(round(at({ precision: "fixed8", activePlanes: 4 }))).toEqual(modules(40, 2, 1, 3, 1));
    // float32 keeps its pre- and postprocessing and takes planes/24 of the rest.
    expect(round(at({ precision: "float32", activePlanes: 6 }))).toEqual(modules(60, 3, 1.5, 4.5, 4));
  });

  it("are those of float32 for the other floats, as many planes as are kept, and b/16 of fixed16 down to fixed1", () => {
    for (const precision of ["float16", "bfloat16"]) {
      expect(round(at({ precision }))).toEqual(modules(60, 12, 6, 18, 4));
      expect(round(at({ precision, activePlanes: 11 }))).toEqual(
        round(modules(60, (12 * 11) / 24, (6 * 11) / 24, (18 * 11) / 24, 4)),
      );
    }
    // fixed1: 1/16 of 8, 4, 12, and no fewer planes than its one.
    expect(round(at({ precision: "fixed1" }))).toEqual(modules(40, 0.5, 0.25, 0.75, 1));
    expect(round(at({ precision: "fixed1", activePlanes: 1 }))).toEqual(modules(40, 0.5, 0.25, 0.75, 1));
    expect(round(at({ precision: "fixed24" }))).toEqual(modules(40, 12, 6, 18, 1));
  });

  it("give each packed filter its own planes, adder tree and accumulator", () => {
    // fixed8: 40 4 2 6 1 mW; three filters take three times the planes and adder trees.
    expect(round(at({ precision: "fixed8", packing: 3 }))).toEqual(modules(40, 12, 6, 18, 1));
    // fixed4 has no row: 4/16 of 8, 4, 12, five times over.
    expect(round(at({ precision: "fixed4", packing: 5 }))).toEqual(modules(40, 10, 5, 15, 1));
    const area = (packing: number): number[] =>
      bitlet
        .components(configurationWith({ laneWidth: 16, precision: "fixed8", packing }), exampleTechnology)
        .map((component) => component.area_mm2);
    expect(area(3).map((value, index) => Number((value / area(1)[index]).toFixed(9)))).toEqual([
      1, 1, 1, 3, 1,
    ]);
  });

  it("grow with the lane width as the gates of each block do", () => {
    // 64 lanes against 16: preprocessing × 4, wiring 960/60, check windows 40/10, the rest unchanged.
    expect(round(at({ precision: "fixed8", laneWidth: 64 }))).toEqual(modules(160, 64, 8, 6, 1));
    const area = (laneWidth: number): number[] =>
      bitlet
        .components(configurationWith({ laneWidth }), exampleTechnology)
        .map((component) => component.area_mm2);
    const [narrow, wide] = [area(16), area(64)];
    expect(narrow.map((value) => value * 4).map((value) => Number(value.toFixed(9)))).toEqual([
      0.4, 0.2, 0.1, 0.2, 0.1,
    ]);
    expect(wide.map((value, index) => Number((value / narrow[index]).toFixed(9)))).toEqual([4, 16, 4, 1, 1]);
  });

  it("come from the node that is asked for", () => {
    const here = totals({ laneWidth: 16, node: "28nm" }, exampleTechnology);
    const there = totals({ laneWidth: 16, node: "65nm" }, exampleTechnology);
    expect(there.busyCycle_pJ).toBeCloseTo(3 * here.busyCycle_pJ, 9);
    expect(there.area_mm2).toBeCloseTo(3 * here.area_mm2, 12);
  });

  it("never cost more with fewer planes", () => {
    for (const precision of ["float32", "float16", "fixed24", "fixed16", "fixed8", "fixed5", "fixed1"]) {
      for (let planes = 1; planes < 24; planes++) {
        const fewer = totals({ precision, activePlanes: planes }, configuredTechnology).busyCycle_pJ;
        const more = totals({ precision, activePlanes: planes + 1 }, configuredTechnology).busyCycle_pJ;
        expect(fewer, `${precision}, ${planes} planes`).toBeLessThanOrEqual(more);
      }
    }
  });

  it("lose half of a module's share when its row is halved", () => {
    for (const module of bitletModules) {
      const { bitlet: table } = exampleTechnology.nodes["28nm"];
      const halved: Technology = {
        ...exampleTechnology,
        nodes: {
          "28nm": {
            ...exampleTechnology.nodes["28nm"],
            bitlet: {
              ...table,
              area_mm2: { ...table.area_mm2, [module]: table.area_mm2[module] / 2 },
              power_mW: {
                float32: { ...table.power_mW.float32, [module]: table.power_mW.float32[module] / 2 },
              },
            },
          },
        },
      };
      const before = totals({ laneWidth: 16 }, exampleTechnology);
      const after = totals({ laneWidth: 16 }, halved);
      expect(before.busyCycle_pJ - after.busyCycle_pJ).toBeCloseTo(table.power_mW.float32[module] / 8 / 2, 9);
      expect(before.area_mm2 - after.area_mm2).toBeCloseTo(table.area_mm2[module] / 4 / 2, 12);
    }
  });

  it("carry the mark of the table, or of the arithmetic between tables", () => {
    const marksOf = (changes: Configuration): string[] =>
      bitlet
        .components(configurationWith({ laneWidth: 16, ...changes }), exampleTechnology)
        .map(({ mark }) => mark);
    expect(new Set(marksOf({ precision: "fixed8" }))).toEqual(new Set(["stated"]));
    expect(new Set(marksOf({ precision: "fixed8", laneWidth: 32 }))).toEqual(new Set(["derived"]));
    expect(new Set(marksOf({ precision: "fixed12" }))).toEqual(new Set(["derived"]));
    expect(new Set(marksOf({ precision: "float16" }))).toEqual(new Set(["derived"]));
    expect(new Set(marksOf({ precision: "float32", activePlanes: 12 }))).toEqual(new Set(["derived"]));
    const ours = "our decision";
    expect(marksOf({ precision: "fixed8", packing: 2 })).toEqual(["stated", ours, ours, ours, "stated"]);
  });

  it("refuse more filters than the channels take, and say how many they do", () => {
    const packed = (precision: string, packing: number) => () =>
      bitlet.components(configurationWith({ laneWidth: 16, precision, packing }), exampleTechnology);
    expect(packed("fixed8", 3)).not.toThrow();
    expect(packed("fixed8", 4)).toThrow(ModelError);
    expect(packed("fixed8", 4)).toThrow(
      "packing of 4: the 24 channels take at most 3 magnitudes of fixed8, 7 bits each",
    );
    expect(packed("fixed2", 24)).not.toThrow();
    expect(packed("fixed14", 2)).toThrow("at most 1 magnitude of fixed14");
  });

  it("name the nodes there are for one that is not, and refuse lane widths beyond the gate table", () => {
    expect(() => bitlet.components(configurationWith({ node: "7nm" }), exampleTechnology)).toThrow(
      ModelError,
    );
    expect(() => bitlet.components(configurationWith({ node: "7nm" }), exampleTechnology)).toThrow(
      "node 7nm: there are tables for 28nm, 65nm",
    );
    expect(() => bitlet.components(configurationWith({ laneWidth: 256 }), exampleTechnology)).toThrow(
      "lane width: 256 lies beyond",
    );
  });
});

const modules = (...values: number[]): Record<BitletModule, number> =>
  Object.fromEntries(bitletModules.map((name, index) => [name, values[index]])) as Record<
    BitletModule,
    number
  >;

const round = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value.toFixed(9))]));
