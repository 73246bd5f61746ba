import { describe, expect, it } from "vitest";
import { ModelError } from "../../../../core/errors.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import { moduleFits } from "../../../../core/machines/bitlet/gate-counts.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import type { Component, Quantity } from "../../../../core/technology/component.ts";
import { technologyAt } from "../../../../core/technology/corner.ts";
import { type BitletModule, bitletModules, type Technology } from "../../../../core/technology/technology.ts";
import { configuredTechnology } from "../../technology/configured-technology.ts";
import { exampleTechnology } from "../../technology/example-technology.ts";
import { configurationWith } from "../configurations.ts";

/** A busy cycle with its leakage at the clock of the table, as the tables count it. */
const busyCycle_J = ({ dynamicCycle_J, leakage_W }: Component, clock_GHz: number): number =>
  dynamicCycle_J + leakage_W / (clock_GHz * 1e9);

const totals = (changes: Configuration, technology: Technology) => {
  const components = bitlet.components(configurationWith(changes), technology);
  const clock = technology.nodes["28nm"].bitlet!.clock_GHz;
  return {
    area_mm2: components.reduce((sum, component) => sum + component.area_mm2, 0),
    busyCycle_pJ: components.reduce((sum, component) => sum + busyCycle_J(component, clock), 0) * 1e12,
  };
};

describe("components of Bitlet from the published tables", () => {
  it.each([
    [28, "float32", 17.8, 570.33],
    [28, "fixed16", 13.5, 431.08],
    [28, "fixed8", 11.4, 365.49],
    [65, "float32", 57.1, 1826.5],
    [65, "fixed16", 43.4, 1389.9],
    [65, "fixed8", 37.5, 1199.1],
  ])("at %d nm, %s: %d pJ a busy cycle, %d mW for 32 at 1 GHz", (node, precision, picojoules, milliwatts) => {
    const { busyCycle_pJ } = totals({ node, precision }, configuredTechnology);
    expect(Math.round(busyCycle_pJ * 10) / 10).toBe(picojoules);
    // Rows carry up to four decimals, the sums two (28 nm) or one.
    expect(Math.abs(busyCycle_pJ * 32 - milliwatts)).toBeLessThan(0.005);
  });

  it("add up to 1.542 mm² at 28 nm and 5.843 mm² at 65 nm, in every format", () => {
    for (const precision of ["float32", "bfloat16", "fixed16", "fixed5", "fixed1"]) {
      expect(totals({ node: 28, precision }, configuredTechnology).area_mm2 * 32).toBeCloseTo(1.542, 12);
      expect(totals({ node: 65, precision }, configuredTechnology).area_mm2 * 32).toBeCloseTo(5.843, 12);
    }
  });

  it("divide preprocessing of float32 at 28 nm to 11.15 pJ and 0.0172813 mm²", () => {
    const [preprocessing] = bitlet.components(configurationWith(), configuredTechnology);
    expect(preprocessing.name).toBe("preprocessing");
    expect(busyCycle_J(preprocessing, 1)).toBeCloseTo(356.8e-3 / 32e9, 20);
    // 5 % of it are leakage.
    expect(preprocessing.leakage_W).toBeCloseTo((0.05 * 356.8e-3) / 32, 12);
    expect(preprocessing.area_mm2).toBeCloseTo(0.01728125, 12);
  });
});

describe("components of Bitlet by hand", () => {
  const at = (changes: Configuration): Record<string, number> =>
    Object.fromEntries(
      bitlet
        .components(configurationWith({ laneWidth: 16, inputPorts: 8, ...changes }), exampleTechnology)
        .map((component) => [component.name, busyCycle_J(component, 2) * 1e12]),
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
        .components(
          configurationWith({ laneWidth: 16, inputPorts: 8, precision: "fixed8", packing }),
          exampleTechnology,
        )
        .map((component) => component.area_mm2);
    expect(area(3).map((value, index) => Number((value / area(1)[index]).toFixed(9)))).toEqual([
      1, 1, 1, 3, 1,
    ]);
  });

  it("grow with lanes, ports and window as the gates of each block do", () => {
    // 64 lanes against 16: preprocessing 340/100, wiring 256/64, a check window 34/10; what does not grow is unchanged.
    expect(round(at({ precision: "fixed8", laneWidth: 64 }))).toEqual(
      round(modules(40 * 3.4, 4 * 4, 2 * 3.4, 6, 1)),
    );
    // 24 more ports of 1 GE on 100; the two gates of a window of 8 become eight at 32, beside half a gate for each of 64 lanes.
    expect(round(at({ precision: "fixed8", inputPorts: 32 }))).toEqual(modules(40 * 1.24, 4, 2, 6, 1));
    expect(round(at({ precision: "fixed8", laneWidth: 64, window: 32 }))).toEqual(
      round(modules(40 * 3.4, 4 * 4, 2 * 4, 6, 1)),
    );
    // A window without a limit spans the lanes.
    expect(at({ precision: "fixed8", laneWidth: 32, window: 0 })).toEqual(
      at({ precision: "fixed8", laneWidth: 32, window: 32 }),
    );
    const area = (changes: Configuration): number[] =>
      bitlet
        .components(configurationWith({ inputPorts: 8, ...changes }), exampleTechnology)
        .map((component) => component.area_mm2);
    const [narrow, wide] = [area({ laneWidth: 16 }), area({ laneWidth: 64 })];
    expect(narrow.map((value) => Number((value * 4).toFixed(9)))).toEqual([0.4, 0.2, 0.1, 0.2, 0.1]);
    expect(wide.map((value, index) => Number((value / narrow[index]).toFixed(9)))).toEqual([
      3.4, 4, 3.4, 1, 1,
    ]);
  });

  it("fit the synthesized gates of the RTL, and say how far they are off", () => {
    const fits = moduleFits(configuredTechnology.gates);
    const percent = Object.fromEntries(
      Object.entries(fits).map(([module, { largestError }]) => [
        module,
        Number((100 * largestError).toFixed(1)),
      ]),
    );
    expect(percent).toEqual({
      preprocessing: 2.1,
      wireOrchestrator: 5.9,
      checkWindow: 1.9,
      adderTree: 0.2,
      postprocessing: 0.1,
    });
    const [component] = bitlet.components(configurationWith({ laneWidth: 128 }), configuredTechnology);
    expect(component.source).toContain("fit at most 2.1 % off");
  });

  it("come from the node that is asked for", () => {
    const here = totals({ laneWidth: 16, node: 28 }, exampleTechnology);
    const there = totals({ laneWidth: 16, node: 65 }, exampleTechnology);
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
      const table = exampleTechnology.nodes["28nm"].bitlet!;
      const half = (quantity: Quantity): Quantity => ({ ...quantity, value: quantity.value / 2 });
      const halved: Technology = {
        ...exampleTechnology,
        nodes: {
          "28nm": {
            ...exampleTechnology.nodes["28nm"],
            bitlet: {
              ...table,
              area: { ...table.area, [module]: half(table.area[module]) },
              power: { float32: { ...table.power.float32, [module]: half(table.power.float32[module]) } },
            },
          },
        },
      };
      const before = totals({ laneWidth: 16, inputPorts: 8 }, exampleTechnology);
      const after = totals({ laneWidth: 16, inputPorts: 8 }, halved);
      expect(before.busyCycle_pJ - after.busyCycle_pJ).toBeCloseTo(
        table.power.float32[module].value / 8 / 2,
        9,
      );
      expect(before.area_mm2 - after.area_mm2).toBeCloseTo(table.area[module].value / 4 / 2, 12);
    }
  });

  it("carry the mark of the table, or of the arithmetic between tables", () => {
    const marksOf = (changes: Configuration): string[] =>
      bitlet
        .components(configurationWith({ laneWidth: 16, inputPorts: 8, ...changes }), exampleTechnology)
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

  it("refuse lane widths beyond the gate counts", () => {
    expect(() => bitlet.components(configurationWith({ laneWidth: 256 }), exampleTechnology)).toThrow(
      ModelError,
    );
    expect(() => bitlet.components(configurationWith({ laneWidth: 256 }), exampleTechnology)).toThrow(
      "lane width: 256 lies beyond the reach of the gate counts, 8 … 128",
    );
  });
});

describe("components of Bitlet from other sources", () => {
  const of = (changes: Configuration, technology = exampleTechnology): readonly Component[] =>
    bitlet.components(
      configurationWith({ laneWidth: 16, inputPorts: 8, precision: "fixed8", ...changes }),
      technology,
    );

  it("are gates times the cost of a gate, planes that are not in use left out of the energy", () => {
    // 100, 64, 24 · 10, 50, 20 gates of 0.5 µm² and 0.25 fJ; fixed8 has 8 of 24 planes.
    const parts = of({ costSource: "gates" });
    const gates = [100, 64, 240, 50, 20];
    expect(parts.map(({ area_mm2 }) => Number((area_mm2 * 1e6).toFixed(9)))).toEqual(
      gates.map((count) => count / 2),
    );
    expect(parts.map((part) => Number((busyCycle_J(part, 2) * 1e15).toFixed(9)))).toEqual(
      [25, 16 / 3, 20, 12.5 / 3, 5].map((energy) => Number(energy.toFixed(9))),
    );
    // Half and twice the energy of a gate are its range; area has none.
    const [low] = bitlet.components(
      configurationWith({ laneWidth: 16, inputPorts: 8, costSource: "gates" }),
      technologyAt(exampleTechnology, "low"),
    );
    const [nominal] = of({ costSource: "gates", precision: "float32" });
    expect(low.dynamicCycle_J).toBeCloseTo(nominal.dynamicCycle_J / 2, 24);
    expect(low.area_mm2).toBe(nominal.area_mm2);
  });

  it("make the published machine its published area and float32 energy, by the shipped cost of a gate", () => {
    const at = { costSource: "gates", laneWidth: 64, inputPorts: 16 };
    const parts = of({ ...at, precision: "float32" }, configuredTechnology);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    // The fits at 64 lanes are some percent off the counts that the cost of a gate was derived from.
    expect(Math.abs((32 * sum(parts.map(({ area_mm2 }) => area_mm2))) / 1.542 - 1)).toBeLessThan(0.03);
    expect(Math.abs(sum(parts.map((part) => busyCycle_J(part, 1))) / 17.82e-12 - 1)).toBeLessThan(0.03);
  });

  it("are one total with the area of the modules where a figure gives no more", () => {
    const [fig8, none] = of({ costSource: "fig8" });
    expect(none).toBeUndefined();
    // 0.4 W over 4 elements at 2 GHz; a quarter of 1 mm².
    expect(busyCycle_J(fig8, 2)).toBeCloseTo(50e-12, 20);
    expect(fig8.area_mm2).toBeCloseTo(0.25, 12);
    expect(busyCycle_J(of({ costSource: "tables6-7" })[0], 2)).toBeCloseTo(25e-12, 20);
    expect(busyCycle_J(of({ costSource: "fig8", precision: "float32" })[0], 2)).toBeCloseTo(100e-12, 20);
    expect(() => of({ costSource: "fig8", packing: 2 })).toThrow(
      "packing of 2: expected 1 with costSource fig8",
    );
    const shipped = of({ costSource: "fig8", laneWidth: 64, inputPorts: 16 }, configuredTechnology);
    expect(busyCycle_J(shipped[0], 1)).toBeCloseTo(0.307 / 32e9, 20);
  });

  it("are the element of the BBS authors, which exists in one size", () => {
    const [element] = of({ costSource: "bbs28", laneWidth: 32 });
    // 0.5 mW · 2 for layout at 0.5 GHz; 1000 µm².
    expect(busyCycle_J(element, 0.5)).toBeCloseTo(2e-12, 20);
    expect(element.area_mm2).toBeCloseTo(1e-3, 12);
    const others: Configuration[] = [
      { laneWidth: 16 },
      { precision: "fixed16" },
      { window: 64 },
      { inputPorts: 32 },
      { activePlanes: 3 },
      { precision: "float32" },
      { packing: 2 },
    ];
    for (const changes of others) {
      expect(() => of({ costSource: "bbs28", laneWidth: 32, ...changes })).toThrow(
        "expected fixed8, laneWidth 32, packing 1, the only processing element of costSource bbs28",
      );
    }
    // BBS, Table V: 0.57 mW at 800 MHz, × 1.5.
    const [shipped] = of({ costSource: "bbs28", laneWidth: 32, inputPorts: 16 }, configuredTechnology);
    expect(busyCycle_J(shipped, 0.8) * 1e12).toBeCloseTo((0.57 / 0.8) * 1.5, 9);
  });

  it("scale to a node without a table, by the power of the feature size that the evidence gives", () => {
    const own = of({}, configuredTechnology);
    const scaled = of({ node: 45 }, configuredTechnology);
    // 45 nm is nearer to 65: its table divided by 3.76^(ln(65/45) / ln(65/28)), power by 3.2 to the same.
    const exponent = Math.log(65 / 45) / Math.log(65 / 28);
    const table = of({ node: 65 }, configuredTechnology);
    scaled.forEach((component, index) => {
      expect((component.area_mm2 / table[index].area_mm2) * 3.76 ** exponent).toBeCloseTo(1, 12);
      expect((component.dynamicCycle_J / table[index].dynamicCycle_J) * 3.2 ** exponent).toBeCloseTo(1, 12);
      expect(component.mark).toBe("remembered");
      expect(component.source).toContain("from 65 to 45 nm");
    });
    expect(new Set(own.map(({ mark }) => mark))).toEqual(new Set(["our decision"]));
    expect(own[0].source).not.toContain("from 28");
  });
});

describe("nominalClock_GHz", () => {
  const clock = (changes: Configuration): number =>
    bitlet.nominalClock_GHz(configurationWith(changes), exampleTechnology);

  it("is that of the table, less a level of ten for each doubling of its lanes", () => {
    expect([8, 16, 32, 64].map((laneWidth) => clock({ laneWidth }))).toEqual([
      2,
      2,
      2 * (10 / 11),
      2 * (10 / 12),
    ]);
    expect(clock({ laneWidth: 32, costSource: "bbs28", precision: "fixed8" })).toBe(0.5);
  });
});

const modules = (...values: number[]): Record<BitletModule, number> =>
  Object.fromEntries(bitletModules.map((name, index) => [name, values[index]])) as Record<
    BitletModule,
    number
  >;

const round = (values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value.toFixed(9))]));
