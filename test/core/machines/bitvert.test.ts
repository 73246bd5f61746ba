import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pruneGroup } from "../../../core/machines/bitvert/binary-pruning.ts";
import { bitvert } from "../../../core/machines/bitvert/bitvert.ts";
import { columnSum, columnsLeft } from "../../../core/machines/bitvert/inverted-product.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { stripesBbs } from "../../../core/machines/stripes-bbs.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { brokenContract, normalWeights, runWeights } from "./integer-layer.ts";
import { smallLayer } from "./small-layer.ts";

const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };
const withChanges = (changes: Configuration = {}): Configuration =>
  configurationOf(bitvert.parameters, changes);
const cyclesOf = (layer: LayerShape, changes: Configuration = {}): number =>
  bitvert.tracedCycles(withChanges(changes), layer, noStatistics).cycles;

const code = fc.integer({ min: -127, max: 127 });
const group = fc
  .tuple(
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: -60, max: 60 }),
    fc.array(code, { minLength: 1, maxLength: 32 }),
  )
  .map(([shift, mean, codes]) =>
    Int32Array.from(codes, (each) => Math.max(-127, Math.min(127, (each >> shift) + mean))),
  );

describe("cycles", () => {
  it("are as many as columns are left", () => {
    // 100 filters: a tenth is nearest to no set of 32, a fifth to one; ⌈180 / 16⌉ = 12 groups; ⌈36 / 16⌉ sets of positions.
    const layer = smallLayer({
      filters: 100,
      kernelHeight: 3,
      kernelWidth: 3,
      outputHeight: 6,
      outputWidth: 6,
    });
    expect(cyclesOf(layer)).toBe(4 * 12 * 3 * 8);
    expect(cyclesOf(layer, { pruning: "conservative" })).toBe(4 * 12 * 3 * 6);
    expect(cyclesOf(layer, { pruning: "moderate" })).toBe(12 * 3 * (8 + 3 * 4));
    const traced = bitvert.tracedCycles(withChanges({ pruning: "moderate" }), layer, noStatistics);
    expect(traced.busyCycles).toBe(12 * 36 * (32 * 8 + 68 * 4));
    expect(traced.split.ideal).toBeCloseTo((36 * 180 * (32 * 8 + 68 * 4)) / (512 * 16), 9);
    expect(traced.split.imbalance).toBeCloseTo(0, 9);
  });

  it("are half those of Stripes without pruning, where groups of 16 are full", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 9 }), (filters, sixteens) => {
        const layer = smallLayer({ filters, channels: 16 * sixteens, outputHeight: 5 });
        const stripes = configurationOf(stripesBbs.parameters);
        expect(2 * cyclesOf(layer)).toBe(stripesBbs.tracedCycles(stripes, layer, noStatistics).cycles);
      }),
    );
  });

  it.each([
    ["conservative", 16 / 6.2],
    ["moderate", 16 / 4.8],
  ])("are bound by the shares of pruned channels: %s", (pruning, bound) => {
    const layer = smallLayer({ filters: 320, channels: 64 });
    expect((2 * cyclesOf(layer)) / cyclesOf(layer, { pruning })).toBeCloseTo(bound, 12);
  });

  it("do not gain in a product of two activations", () => {
    const layer = smallLayer({ kind: "matmul", filters: 320, channels: 64 });
    expect(cyclesOf(layer, { pruning: "moderate" })).toBe(cyclesOf(layer));
  });

  it("are the same in both models, within the contract, for layers of all kinds", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.record({
          pruning: fc.constantFrom("none", "conservative", "moderate"),
          columns: fc.integer({ min: 1, max: 5 }),
          positions: fc.integer({ min: 1, max: 7 }),
          batch: fc.integer({ min: 1, max: 3 }),
        }),
        (layer, changes) => {
          const found = runWeights(bitvert, changes, layer, normalWeights(layer, 2));
          const { cycles, busyCycles } = found.traced;
          expect(found.analytical).toEqual({ cycles, busyCycles });
          expect(found.traced).toMatchObject({ optimisticCycles: cycles, pessimisticCycles: cycles });
          expect(brokenContract(found)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** How many columns of two's complement below the sign repeat it in all codes, up to a number. */
const repeated = (codes: readonly number[], most: number): number => {
  const texts = codes.map((each) => (each & 255).toString(2).padStart(8, "0"));
  let count = 0;
  while (count < Math.min(3, most) && texts.every((text) => text[count + 1] === text[0])) count++;
  return count;
};

/** Rounded averaging on the digits. */
const slowAverage = (codes: readonly number[], columns: number): number[] => {
  const low = columns - repeated(codes, columns);
  const parts = codes.map((each) => (((each % 2 ** low) + 2 ** low) % 2 ** low) as number);
  const mean = parts.reduce((sum, part) => sum + part, 0) / codes.length;
  const floor = Math.floor(mean);
  const rounded = mean - floor > 0.5 || (mean - floor === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  return codes.map((each, index) => each - parts[index] + rounded);
};

/** The least error of zero-point shifting, from all constants and all codes. */
const slowShiftError = (codes: readonly number[], columns: number): number => {
  const errors = Array.from({ length: 64 }, (_, index) => {
    const shift = index - 32;
    const clipped = codes.map((each) => Math.max(-128, Math.min(127, each + shift)));
    const redundant = repeated(clipped, columns);
    const allowed = Array.from({ length: 256 }, (__, value) => value - 128).filter(
      (value) => repeated([value], redundant) === redundant && value % 2 ** (columns - redundant) === 0,
    );
    return codes.reduce(
      (sum, each) => sum + Math.min(...allowed.map((value) => (value - shift - each) ** 2)),
      0,
    );
  });
  return Math.min(...errors);
};

describe("binary pruning", () => {
  it("averages the low columns", () => {
    // 13 = 00001101, 6 = 00000110, −3 = 11111101: two columns repeat the sign, so that nothing is lost.
    expect(pruneGroup(Int32Array.of(13, 6, -3), "conservative")).toMatchObject({
      constant: 0,
      redundant: 2,
      low: 0,
    });
    // 70 = 01000110 allows no repeated column: the low two of 70, 13, 3 and −3 are 2, 1, 3 and 1, on average 1.75.
    const pruned = pruneGroup(Int32Array.of(70, 13, 3, -3), "conservative");
    expect(pruned).toMatchObject({ constant: 2, redundant: 0, low: 2 });
    expect([...pruned.codes]).toEqual([68, 12, 0, -4]);
  });

  it("shifts the zero point to where the columns lose least", () => {
    // 21, 37, 53 and 69 lie 16 apart, 5 above multiples of 16: of the constants that make them multiples −21 is the least;
    // the shifted codes 0 … 48 leave one column that repeats the sign, and of the lowest three none that is not zero.
    const pruned = pruneGroup(Int32Array.of(21, 37, 53, 69), "moderate");
    expect([...pruned.codes].map((each) => each + pruned.constant)).toEqual([21, 37, 53, 69]);
  });

  it("is that of the slow rules", () => {
    fc.assert(
      fc.property(group, (codes) => {
        const averaged = pruneGroup(codes, "conservative");
        expect([...averaged.codes].map((each) => each + averaged.constant)).toEqual(
          slowAverage([...codes], 2),
        );
        const shifted = pruneGroup(codes, "moderate");
        const error = codes.reduce(
          (sum, each, index) => sum + (shifted.codes[index] + shifted.constant - each) ** 2,
          0,
        );
        expect(error).toBe(slowShiftError([...codes], 4));
      }),
      { numRuns: 40 },
    );
  });

  it("leaves as many columns as cycles are taken, and these hold the codes", () => {
    fc.assert(
      fc.property(group, fc.constantFrom("none", "conservative", "moderate"), (codes, pruning) => {
        const pruned = pruneGroup(codes, pruning);
        const columns = columnsLeft(pruned);
        expect(columns).toHaveLength({ none: 8, conservative: 6, moderate: 4 }[pruning]);
        for (const each of pruned.codes) {
          const value = columns.reduce(
            (sum, significance, index) =>
              sum + (index === 0 ? -1 : 1) * ((each >> significance) & 1) * 2 ** significance,
            0,
          );
          expect(value).toBe(each);
        }
        expect(pruned.constant).toBeGreaterThanOrEqual(-32);
        expect(pruned.constant).toBeLessThanOrEqual(32);
      }),
    );
  });
});

describe("arithmetic", () => {
  it("adds at most four activations of a sub-group, or takes at most four from all", () => {
    for (let word = 0; word < 256; word++) {
      const column = Array.from({ length: 8 }, (_, lane) => ((word >> lane) & 1) === 1);
      let reads = 0;
      const counted = new Proxy(
        Array.from({ length: 8 }, (_, lane) => 3 ** lane),
        {
          get: (target, key) => {
            if (typeof key === "string" && /^\d+$/.test(key)) reads++;
            return Reflect.get(target, key) as number;
          },
        },
      );
      const expected = column.reduce((sum, one, lane) => sum + (one ? 3 ** lane : 0), 0);
      expect(columnSum(column, counted)).toBe(expected);
      const ones = column.filter(Boolean).length;
      // The sum of all eight is made once for all columns.
      expect(reads).toBe(ones > 4 ? 8 - ones + 8 : ones);
    }
  });

  it("is exact without pruning, and with it that of the pruned weights", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(code, code), { maxLength: 70 }),
        fc.constantFrom("none", "conservative", "moderate"),
        (pairs, pruning) => {
          const [weights, activations] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
          let expected = 0;
          for (let first = 0; first < weights.length; first += 32) {
            const { codes, constant } = pruneGroup(weights.subarray(first, first + 32), pruning);
            codes.forEach((each, index) => {
              expected += (each + constant) * activations[first + index];
            });
          }
          expect(bitvert.dotProduct(withChanges({ pruning }), weights, activations)).toBe(expected);
          if (pruning !== "none") return;
          expect(expected).toBe(pairs.reduce((sum, [weight, activation]) => sum + weight * activation, 0));
        },
      ),
    );
    expect(() => bitvert.dotProduct(withChanges(), Int32Array.of(128), Int32Array.of(1))).toThrow("code 128");
  });

  it("loses least in the filters with the largest weights, which are not pruned", () => {
    const layer = smallLayer({ filters: 5, channels: 40 });
    const weights = normalWeights(layer, 8).map(
      (weight, index) => weight * (1 + ((Math.floor(index / 40) * 3) % 5)),
    );
    const { codes, scales, noisePower } = quantize(weights, 5, parseFormat("fixed8"), "per-channel");
    const sizes = [0, 1, 2, 3, 4].map((filter) =>
      Math.max(...weights.slice(40 * filter, 40 * filter + 40).map(Math.abs)),
    );
    const largest = sizes.indexOf(Math.max(...sizes));
    for (const pruning of ["conservative", "moderate"] as const) {
      let noise = 0;
      for (let filter = 0; filter < 5; filter++) {
        for (const [first, end] of [
          [0, 32],
          [32, 40],
        ]) {
          const here = codes.slice(40 * filter + first, 40 * filter + end);
          // A fifth of five filters is one, a tenth is rounded up to one; sets are of one filter.
          const { codes: left, constant } = pruneGroup(here, filter === largest ? "none" : pruning);
          left.forEach((each, index) => {
            const weight = weights[40 * filter + first + index];
            noise += (weight - (each + constant) * scales[filter]) ** 2;
          });
        }
      }
      const found = runWeights(bitvert, { pruning, columns: 1 }, layer, weights);
      expect(found.statistics.noisePower).toBeCloseTo(noise, 12);
      expect(noise).toBeGreaterThan(2 * noisePower);
      expect(bitvert.caveats(found.configuration)[0]).toContain(`pruning ${pruning} changes weights`);
    }
    const unpruned = runWeights(bitvert, {}, layer, weights);
    expect(unpruned.statistics.noisePower).toBeCloseTo(noisePower, 12);
    expect(bitvert.caveats(unpruned.configuration)).toEqual([]);
    const attention = runWeights(bitvert, { pruning: "moderate" }, { ...layer, kind: "matmul" }, weights);
    expect(attention.statistics.noisePower).toBeCloseTo(noisePower, 12);
  });
});

it("moves the columns that are left", () => {
  const layer = smallLayer({ filters: 32, channels: 64, outputHeight: 4, outputWidth: 4 });
  const reads = (pruning: string): number =>
    bitvert.bufferTraffic(withChanges({ pruning }), layer).weightReads;
  expect(reads("none")).toBe(32 * 64);
  expect(reads("conservative")).toBeCloseTo((32 * 64 * 6.2) / 8, 9);
  expect(reads("moderate")).toBeCloseTo((32 * 64 * 4.8) / 8, 9);
  expect(bitvert.operandWidths(withChanges({ pruning: "moderate" })).activation).toBe(8);
  expect(bitvert.operandWidths(withChanges({ pruning: "moderate" })).weight).toBeCloseTo(4.8, 12);
});

it("costs what its authors' processing element does, and asks for its default bandwidth at most", () => {
  const [element] = bitvert.components(withChanges(), configuredTechnology);
  expect(element.area_mm2).toBeCloseTo(739.6e-6, 12);
  expect(element.leakage_W + element.dynamicCycle_J * 0.8e9).toBeCloseTo(1.5 * 0.45e-3, 12);
  // Four columns of 32 · 16 weights and 16 · 16 activations in four cycles.
  const layer = smallLayer({ filters: 32, channels: 512, outputHeight: 4, outputWidth: 4 });
  const { weightReads, activationReads } = bitvert.bufferTraffic(withChanges({ pruning: "none" }), layer);
  const fastest = cyclesOf(layer, { pruning: "moderate" });
  expect((0.8 * (weightReads + activationReads)) / fastest).toBeCloseTo(153.6, 9);
});
