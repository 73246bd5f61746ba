import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { stripesBbs } from "../../../core/machines/stripes-bbs.ts";
import { macs } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { smallLayer } from "./small-layer.ts";

const withChanges = (changes: Record<string, number | string> = {}) =>
  configurationOf(stripesBbs.parameters, changes);
const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };

describe("cycles", () => {
  it("take eight for eight weights of each filter and position", () => {
    // ⌈40 / 32⌉ sets of filters, ⌈20 · 9 / 8⌉ = 23 groups across kernel positions, ⌈36 / 16⌉ sets of positions.
    const layer = smallLayer({
      filters: 40,
      kernelHeight: 3,
      kernelWidth: 3,
      outputHeight: 6,
      outputWidth: 6,
    });
    const traced = stripesBbs.tracedCycles(withChanges(), layer, noStatistics);
    expect(traced).toMatchObject({ cycles: 2 * 23 * 3 * 8, busyCycles: 40 * 23 * 36 * 8 });
    expect(stripesBbs.activePes(withChanges(), layer)).toBe(32 * 16);
    // 40 · 36 · 180 products of eight bits on 4,096 multipliers.
    expect(traced.split.ideal).toBe((40 * 36 * 180 * 8) / 4096);
    expect(traced.split.imbalance).toBe(0);
  });

  it("are the same in both models, whose bounds are one", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        (layer, columns, positions, batch) => {
          const configuration = withChanges({ columns, positions, batch });
          const traced = stripesBbs.tracedCycles(configuration, layer, noStatistics);
          const { cycles, busyCycles, split } = traced;
          expect(stripesBbs.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(traced).toMatchObject({ optimisticCycles: cycles, pessimisticCycles: cycles });
          expect(busyCycles).toBeLessThanOrEqual(stripesBbs.activePes(configuration, layer) * cycles);
          expect(split.ideal).toBeCloseTo((8 * batch * macs(layer)) / stripesBbs.lanes(configuration), 6);
          expect(split.padding).toBeGreaterThanOrEqual(-1e-9 * cycles);
        },
      ),
      { numRuns: 100 },
    );
  });
});

it("reads the weights of a step once for all its positions, and the activations once for all its filters", () => {
  const layer = smallLayer({ filters: 40, channels: 20, outputHeight: 6, outputWidth: 6 });
  // Three groups of eight for 20 channels; three sets of positions, two of filters.
  expect(stripesBbs.bufferTraffic(withChanges(), layer)).toEqual({
    weightReads: 40 * 24 * 3,
    weightRereads: 0,
    activationReads: 36 * 24 * 2,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: 40 * 36,
  });
});

it("multiplies exactly", () => {
  const code = fc.integer({ min: -127, max: 127 });
  fc.assert(
    fc.property(fc.array(fc.tuple(code, code)), (pairs) => {
      const [weights, activations] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
      const exact = pairs.reduce((sum, [weight, activation]) => sum + weight * activation, 0);
      expect(stripesBbs.dotProduct(withChanges(), weights, activations)).toBe(exact);
    }),
  );
});

it("costs what the BBS authors' processing element does", () => {
  const [element, ...others] = stripesBbs.components(withChanges(), configuredTechnology);
  expect(others).toEqual([]);
  expect(element.area_mm2).toBeCloseTo(532.8e-6, 12);
  // 0.37 mW with layout 1.5, at 0.8 GHz: leakage and the dynamic energy of a cycle.
  expect(element.leakage_W + element.dynamicCycle_J * 0.8e9).toBeCloseTo(0.555e-3, 12);
  expect(stripesBbs.nominalClock_GHz(withChanges(), configuredTechnology)).toBe(0.8);
  expect(() => stripesBbs.components(withChanges({ costSource: "gates" }), configuredTechnology)).toThrow(
    "no cost of stripes-bbs is known",
  );
});
