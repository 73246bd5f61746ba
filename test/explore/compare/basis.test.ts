import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { machines } from "../../../core/machines/registry.ts";
import { valueOrError } from "../../../core/model/terms.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import {
  elementsArea_mm2,
  elementsPower_W,
  isoBases,
  sizedTo,
  takenOf,
} from "../../../explore/compare/basis.ts";

const technology = await loadTechnology();
const costSource = "gates";
const configuration = (machine: string, changes = {}) =>
  configurationOf(machines[machine].parameters, { costSource, ...changes });

describe("the basis of a comparison", () => {
  it("counts by hand: lanes, area and power of 32 Bitlet processing elements of 64 lanes", () => {
    const bitlet = configuration("bitlet");
    expect(takenOf("iso-lanes", machines.bitlet, bitlet, technology)).toBe(32 * 64);
    // Its gates times the area of a gate are its published 1.542 mm2, and times the energy of a gate its 570 mW, but for
    // the fit over lane widths, which is 0.5 % above the count at 64 lanes.
    const area = elementsArea_mm2(machines.bitlet, bitlet, technology) / 1.542;
    const power = elementsPower_W(machines.bitlet, bitlet, technology) / 0.57;
    for (const share of [area, power]) expect(Math.abs(share - 1.005)).toBeLessThan(0.002);
    // 54,012 gates for 64 lanes of 8 bits, at 0.322 um2 and 0.119 fJ each.
    const macs = configuration("mac-array", { precision: "fixed8", pes: 10 });
    expect(elementsArea_mm2(machines["mac-array"], macs, technology)).toBeCloseTo(10 * 54_012 * 0.322e-6, 6);
    expect(elementsPower_W(machines["mac-array"], macs, technology)).toBeCloseTo(
      10 * 54_012 * 0.119e-15 * 1e9,
      6,
    );
  });

  it("finds the largest size within a budget: one more would exceed it", () => {
    for (const basis of isoBases) {
      for (const name of Object.keys(machines)) {
        const machine = machines[name];
        const base = ["gates", "bbs28"]
          .map((costSource) => configurationOf(machine.parameters, { costSource }))
          .find(
            (one) => !(valueOrError(() => elementsPower_W(machine, one, technology)) instanceof ModelError),
          )!;
        const budget = takenOf(basis, machines.bitlet, configuration("bitlet"), technology);
        const found = sizedTo(basis, budget, machine, base, technology);
        if ("problem" in found) {
          expect(found.problem).toMatch(new RegExp(`^${basis}: `));
          continue;
        }
        const taken = (more: number): number =>
          takenOf(
            basis,
            machine,
            {
              ...found.configuration,
              [machine.sizeParameter]: Number(found.configuration[machine.sizeParameter]) + more,
            },
            technology,
          );
        expect([name, basis, taken(0) <= budget * (1 + 1e-9)]).toEqual([name, basis, true]);
        const descriptor = machine.parameters.find((parameter) => parameter.name === machine.sizeParameter);
        const most = descriptor?.kind === "choice" ? 0 : (descriptor?.maximum ?? 0);
        if (Number(found.configuration[machine.sizeParameter]) < most) {
          expect([name, basis, taken(1) > budget]).toEqual([name, basis, true]);
        }
      }
    }
  });

  it("gives a machine its own budget back as its own size", () => {
    for (const basis of isoBases) {
      const bitlet = configuration("bitlet", { pes: 77 });
      const budget = takenOf(basis, machines.bitlet, bitlet, technology);
      expect(sizedTo(basis, budget, machines.bitlet, configuration("bitlet"), technology)).toEqual({
        configuration: bitlet,
      });
    }
  });

  it("says so where not even the least size fits", () => {
    const found = sizedTo("iso-area", 1e-6, machines.stripes, configuration("stripes"), technology);
    expect(found).toMatchObject({ problem: expect.stringContaining("tiles 1 of stripes takes") });
  });
});
