import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixedPrecision } from "../../../core/machines/mixed-precision.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { energyParts } from "../../../core/model/energy.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { configurationWith } from "../machines/configurations.ts";
import { configurations, evaluate, layers, possible, terms, views } from "./mixture.ts";

/** The attention product and the classifier in another format than the convolutions; what moves beside them is in the default. */
const formatOf = (layer: string, standard: string, other: string): string =>
  layer === "scores" || layer === "classifier" ? other : standard;

const pairs = fc
  .constantFrom(["float32", "fixed8"], ["fixed16", "fixed8"], ["fixed8", "fixed16"], ["fixed1", "float16"])
  .map(([standard, other]) => ({ standard, other }));

/** A mixed design beside the same design in each of its formats alone. */
const designs = fc
  .tuple(configurations, pairs)
  .map(([configuration, { standard, other }]) => {
    const inFormat = (precision: string): Configuration => ({
      ...configuration,
      precision,
      residency: "dram",
      costSource: configuration.costSource === "fig8" ? "micro21" : configuration.costSource,
    });
    return {
      standard,
      other,
      mixed: inFormat(mixedPrecision({ default: standard, "scores|classifier": other })),
      alone: { [standard]: inFormat(standard), [other]: inFormat(other) } as Record<string, Configuration>,
    };
  })
  .filter(({ mixed, alone }) => [mixed, ...Object.values(alone)].every(possible));

describe("a network whose layers differ in precision", () => {
  it("takes for each layer what the layer takes in its own format, and writes outputs as the next layer reads them", () => {
    fc.assert(
      fc.property(designs, fc.constantFrom(...views), ({ standard, other, mixed, alone }, view) => {
        const found = evaluate(mixed, view);
        layers.forEach(({ name }, index) => {
          const own = formatOf(name, standard, other);
          const next = formatOf(layers[index + 1]?.name ?? name, standard, other);
          const expected = evaluate(alone[own], view).layers[index].demand;
          const { stores, ...rest } = found.layers[index].demand;
          const { stores: asWide, ...others } = expected;
          expect(rest).toEqual(others);
          if (next === own) expect(stores).toBe(asWide);
          const wider = parseFormat(next).bits / parseFormat(own).bits;
          const outputs = (configuration: Configuration) => [
            terms.transfers(0, configuration)[index].tiling.outputBytes,
            terms.traffic(0, configuration)[index].outputWrites,
          ];
          outputs(mixed).forEach((bytes, which) => {
            expect(bytes / (outputs(alone[own])[which] * wider)).toBeCloseTo(1, 12);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it("spends in each layer what its format costs, and has the area of the largest", () => {
    fc.assert(
      fc.property(designs, ({ standard, other, mixed, alone }) => {
        const found = evaluate(mixed);
        const costs = Object.fromEntries(
          Object.entries(alone).map(([format, own]) => [
            format,
            terms.formatCosts(own)[0].costs.rates.nominal,
          ]),
        );
        const square = found.voltage ** 2;
        let busy = 0;
        let leakage = costs[standard].leakage_W * found.movementSeconds;
        layers.forEach(({ name }, index) => {
          const own = formatOf(name, standard, other);
          busy += terms.compute(0, alone[own]).busyCycles[index] * costs[own].busyCycle_J;
          leakage += costs[own].leakage_W * found.layers[index].seconds;
        });
        expect(found.energy.busy_J / (square * busy)).toBeCloseTo(1, 9);
        expect(found.energy.leakage_J / (found.voltage * leakage)).toBeCloseTo(1, 9);
        const sum = energyParts.reduce((total, part) => total + found.energy[part], 0);
        expect(found.energy.total_J / sum).toBeCloseTo(1, 9);
        expect(found.area_mm2).toBe(Math.max(...Object.values(costs).map(({ area_mm2 }) => area_mm2)));
        expect(found.parts.map(({ format }) => format)).toEqual([standard, other]);
      }),
      { numRuns: 60 },
    );
  });

  it("has the area of what the most demanding format needs: adder trees for three packed filters of fixed8", () => {
    const at = (precision: string, packing: number): number =>
      evaluate(configurationWith({ precision, packing, pes: 8 })).area_mm2;
    const mixed = at(mixedPrecision({ default: "fixed16", classifier: "fixed8" }), 3);
    expect(mixed).toBe(at("fixed8", 3));
    expect(mixed).toBeGreaterThan(at("fixed16", 1));
  });

  it("is the plain design where every layer has the default format anyway", () => {
    fc.assert(
      fc.property(designs, fc.constantFrom(...views), ({ standard, alone }, view) => {
        const same = mixedPrecision({ default: standard, classifier: standard });
        expect(evaluate({ ...alone[standard], precision: same }, view)).toEqual(
          evaluate(alone[standard], view),
        );
      }),
      { numRuns: 20 },
    );
  });
});
