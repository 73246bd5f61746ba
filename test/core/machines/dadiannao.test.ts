import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dadiannao } from "../../../core/machines/dadiannao.ts";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { macs } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { smallLayer } from "./small-layer.ts";

const withChanges = (changes: Record<string, number | string> = {}) =>
  configurationOf(dadiannao.parameters, changes);
const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };

describe("cycles", () => {
  it("take a cycle a step", () => {
    // 300 filters in two passes of 256; 9 kernel positions of ⌈20 / 16⌉ steps; 4 output positions.
    const layer = smallLayer({ filters: 300, kernelHeight: 3, kernelWidth: 3 });
    const traced = dadiannao.tracedCycles(withChanges(), layer, noStatistics);
    expect(traced).toMatchObject({ cycles: 2 * 18 * 4, busyCycles: 300 * 18 * 4 });
    expect(dadiannao.activePes(withChanges(), layer)).toBe(256);
    // 300 · 4 · 180 products on 4,096 multipliers.
    expect(traced.split.ideal).toBe(216_000 / 4096);
    expect(traced.split.padding).toBe(144 - 216_000 / 4096);
  });

  it("are the same in both models, whose bounds are one", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 8, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        (layer, tiles, filtersPerTile, laneWidth, batch) => {
          const configuration = withChanges({ tiles, filtersPerTile, laneWidth, batch });
          const traced = dadiannao.tracedCycles(configuration, layer, noStatistics);
          const { cycles, busyCycles, split } = traced;
          expect(dadiannao.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(traced).toMatchObject({ optimisticCycles: cycles, pessimisticCycles: cycles });
          expect(busyCycles).toBeLessThanOrEqual(dadiannao.activePes(configuration, layer) * cycles);
          expect(split.ideal).toBeCloseTo((batch * macs(layer)) / dadiannao.lanes(configuration), 6);
          expect(split.padding).toBeGreaterThanOrEqual(-1e-9 * cycles);
        },
      ),
      { numRuns: 200 },
    );
  });
});

it("asks for its default bandwidth", () => {
  // 256 · 16 weights of 2 B a cycle at 0.606 GHz: 4,964 GB/s, and 16 activations.
  const layer = smallLayer({ filters: 256, channels: 256 });
  const { weightReads, activationReads } = dadiannao.bufferTraffic(withChanges(), layer);
  const { cycles } = dadiannao.tracedCycles(withChanges(), layer, noStatistics);
  expect((weightReads + activationReads) / cycles).toBe(256 * 16 * 2 + 16 * 2);
  const { clock, bufferBandwidth } = withChanges();
  const rate = (Number(clock) * (weightReads + activationReads)) / cycles;
  expect(rate).toBeCloseTo(4983.744, 6);
  expect(rate).toBeLessThan(Number(bufferBandwidth));
});

it("multiplies exactly", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -32767, max: 32767 }), fc.integer({ min: -32767, max: 32767 }))),
      fc.integer({ min: 8, max: 40 }),
      (pairs, laneWidth) => {
        const exact = pairs.reduce((sum, [weight, activation]) => sum + BigInt(weight * activation), 0n);
        const [weights, activations] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
        expect(dadiannao.dotProduct(withChanges({ laneWidth }), weights, activations)).toBe(Number(exact));
      },
    ),
  );
});

describe("components", () => {
  it("are a quarter of the gates of 64 lanes", () => {
    const [part] = dadiannao.components(withChanges({ precision: "fixed8" }), configuredTechnology);
    const gates = part.area_mm2 / (configuredTechnology.gates.area.value * 1e-6);
    expect(gates).toBeCloseTo(54012 / 4, 6);
  });

  it("are the whole chip over 256 elements as published", () => {
    const [part] = dadiannao.components(withChanges({ costSource: "published" }), configuredTechnology);
    expect(256 * part.area_mm2).toBeCloseTo(67.73, 9);
    expect(256 * (0.606e9 * part.dynamicCycle_J + part.leakage_W)).toBeCloseTo(15.97, 9);
    expect(part.mark).toBe("remembered");
  });
});
