import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weightShape } from "../../../core/workloads/architecture.ts";
import { fitDistribution } from "../../../core/workloads/fit-distribution.ts";
import { kurtosis } from "../../../core/workloads/generalized-normal.ts";
import type { Layer, LayerShape } from "../../../core/workloads/layer.ts";
import { drawWeights, type WeightDistribution } from "../../../core/workloads/weight-distribution.ts";
import { smallShape } from "./small-shape.ts";

const layerOf = (shape: LayerShape, values: Float32Array): Layer => ({
  ...shape,
  weights: { shape: weightShape(shape), values, stored: "float32", origin: "trained" },
});

const linear = (filters: number, channels: number): LayerShape =>
  smallShape({ filters, channels, kernelHeight: 1, kernelWidth: 1 });

describe("fitDistribution", () => {
  it("recovers what weights were drawn from", () => {
    const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          spread: between(0.01, 10),
          shape: between(0.9, 4),
          filterSpread: between(0, 0.8),
          deadFilters: fc.constantFrom(0, 0.2),
          deadChannels: fc.constantFrom(0, 0.2),
          zeroShare: fc.constantFrom(0, 0.3),
          seed: fc.nat(),
        }),
        ({ seed, ...parameters }) => {
          const drawn: WeightDistribution = {
            family: "generalized normal",
            ...parameters,
            // Higher than most of what is drawn, and too low for one weight to make its filter another.
            peak: 12,
            peakGrowth: 0,
          };
          const shape = linear(150, 200);
          const fit = fitDistribution(layerOf(shape, drawWeights(shape, drawn, seed, 0).values));
          expect(fit.peak / 12).toBeGreaterThan(0.75);
          expect(fit.peak / 12).toBeLessThan(1.34);
          expect(Math.abs(Math.log(fit.spread / drawn.spread))).toBeLessThan(0.35);
          expect(Math.abs(fit.shape / drawn.shape - 1)).toBeLessThan(0.2);
          // The variance of 120 logarithms or more, each of at least 84 weights: six standard errors.
          const own = (kurtosis(drawn.shape) - 1) / (4 * 84);
          const error = Math.sqrt(2 / 119) * (drawn.filterSpread ** 2 + own);
          expect(Math.abs(fit.filterSpread ** 2 - drawn.filterSpread ** 2)).toBeLessThan(6 * error);
          for (const name of ["deadFilters", "deadChannels"] as const) {
            expect(Math.abs(fit[name] - drawn[name]), name).toBeLessThan(drawn[name] === 0 ? 0.04 : 0.15);
          }
          expect(Math.abs(fit.zeroShare - drawn.zeroShare)).toBeLessThan(0.02);
          expect(fit.peakGrowth).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("fits two filters by hand", () => {
    // Magnitudes 1 in one filter and e² in the other; every channel is alike.
    const values = Float32Array.from({ length: 8 }, (_, index) => (index < 4 ? 1 : Math.E ** 2));
    for (const index of [1, 2, 5]) values[index] *= -1;
    const fit = fitDistribution(layerOf(linear(2, 4), values));
    expect(fit.spread * Math.sqrt(2 / 4)).toBeCloseTo(Math.E, 5);
    // All |x| are 1, flatter than a uniform distribution.
    expect(fit.shape).toBeCloseTo(32, 5);
    // ln R is 0 and 2: variance 2, of which four weights explain (κ − 1) / 16.
    expect(fit.filterSpread).toBeCloseTo(Math.sqrt(2 - (kurtosis(fit.shape) - 1) / 16), 5);
    expect(fit.peak).toBeCloseTo(Math.E, 5);
    expect([fit.deadFilters, fit.deadChannels, fit.zeroShare]).toEqual([0, 0, 0]);
  });

  it("leaves dead filters and channels out of everything else", () => {
    // Filter 1 and channel 2 are a millionth of the rest.
    const values = Float32Array.of(1, -1, 1e-6, 1, 1e-6, 1e-6, 1e-6, 1e-6, -1, 1, -1e-6, 1, 1, 1, 1e-6, -1);
    const fit = fitDistribution(layerOf(linear(4, 4), values));
    expect([fit.deadFilters, fit.deadChannels, fit.zeroShare]).toEqual([0.25, 0.25, 0]);
    expect(fit.filterSpread).toBe(0);
    expect(fit.spread * Math.sqrt(2 / 4)).toBeCloseTo(1, 5);
    expect(fit.peak).toBeCloseTo(1, 5);
  });

  it("leaves zeros out of everything but their share", () => {
    const fit = fitDistribution(layerOf(linear(2, 4), Float32Array.of(1, 0, -1, 1, 1, 1, 0, -1)));
    expect([fit.zeroShare, fit.deadFilters, fit.deadChannels]).toEqual([0.25, 0, 0]);
    expect(fit.spread * Math.sqrt(2 / 4)).toBeCloseTo(1, 5);
    expect(fit.shape).toBeCloseTo(32, 5);
  });

  it("yields numbers for the smallest layers, and zeros for zeros", () => {
    const one = fitDistribution(layerOf(linear(1, 1), Float32Array.of(-3)));
    expect(one).toMatchObject({ filterSpread: 0, deadFilters: 0, zeroShare: 0 });
    expect(one.peak).toBeCloseTo(1, 12);
    expect(drawWeights(linear(1, 1), one, 1, 1).values.map(Math.abs)).toEqual(Float32Array.of(3));
    const none = layerOf(linear(4, 4), new Float32Array(16));
    const drawn = drawWeights(none, fitDistribution(none), 1, 1).values;
    expect(drawn).toEqual(new Float32Array(16));
  });
});
