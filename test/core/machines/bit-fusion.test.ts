import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitFusion } from "../../../core/machines/bit-fusion.ts";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { kernelElements, type LayerShape } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { smallLayer } from "./small-layer.ts";

const withChanges = (changes: Record<string, number | string> = {}) =>
  configurationOf(bitFusion.parameters, changes);
const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };

/** Pairs a fusion unit takes side by side, and passes over weights and activations, by the widths of both. */
const compositions: Readonly<Record<string, readonly [number, number, number]>> = {
  "2 2": [16, 1, 1],
  "3 2": [8, 1, 1],
  "4 4": [4, 1, 1],
  "8 2": [4, 1, 1],
  "5 4": [2, 1, 1],
  "8 8": [1, 1, 1],
  "9 8": [1, 2, 1],
  "16 2": [4, 2, 1],
  "4 16": [2, 1, 2],
  "12 16": [1, 2, 2],
};

/** Cycle by cycle: which units multiply, and how many bits the array reads. */
const simulate = (layer: LayerShape, widths: string, height: number, width: number, batch: number) => {
  const [pairs, weightPasses, activationPasses] = compositions[widths];
  const [weightBits, activationBits] = widths.split(" ").map(Number);
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  let cycles = 0;
  let busy = 0;
  let weights = 0;
  let activations = 0;
  for (let run = 0; run < repeats * layer.groups * positions * kernelElements(layer); run++) {
    for (let filter = 0; filter < filters; filter += width) {
      for (let channel = 0; channel < channels; channel += height * pairs) {
        for (let pass = 0; pass < weightPasses * activationPasses; pass++) {
          cycles++;
          for (let row = 0; row < height; row++) {
            activations += (pairs * activationBits) / activationPasses;
            for (let column = 0; column < width && filter + column < filters; column++) {
              weights += (pairs * weightBits) / weightPasses;
              if (channel + row * pairs < channels) busy++;
            }
          }
        }
      }
    }
  }
  return { cycles, busyCycles: busy, weightReads: weights / 8, activationReads: activations / 8 };
};

describe("cycles", () => {
  // 256 channels, 64 filters, 3 × 3, 14 × 14: at 8 bits 2 · 196 · 9 · 16 = 56,448.
  const layer = smallLayer({
    filters: 64,
    channels: 256,
    kernelHeight: 3,
    kernelWidth: 3,
    outputHeight: 14,
    outputWidth: 14,
  });
  const cycles = (precision: string, activationBits = 0): number =>
    bitFusion.tracedCycles(withChanges({ precision, activationBits }), layer, noStatistics).cycles;

  it("go with the product of the widths, rounded up to 2, 4 and 8", () => {
    expect(cycles("fixed8")).toBe(56_448);
    expect(cycles("fixed4")).toBe(56_448 / 4);
    expect(cycles("fixed3")).toBe(56_448 / 4);
    expect(cycles("fixed2")).toBe(56_448 / 16);
    expect(cycles("fixed2", 8)).toBe(56_448 / 4);
    expect(cycles("fixed8", 1)).toBe(56_448 / 4);
    expect(cycles("fixed4", 5)).toBe(56_448 / 2);
  });

  it("take two passes for an operand of 16 bits, four for both", () => {
    expect(cycles("fixed16", 8)).toBe(2 * 56_448);
    expect(cycles("fixed8", 9)).toBe(2 * 56_448);
    expect(cycles("fixed16")).toBe(4 * 56_448);
    // The other operand still shares units: 4 side by side, in two passes.
    expect(cycles("fixed16", 2)).toBe(56_448 / 2);
  });

  it("gain nothing from narrow operands where there are no more channels than rows", () => {
    const narrow = smallLayer({ filters: 64, channels: 3, kernelHeight: 7, kernelWidth: 7 });
    const at = (precision: string): number =>
      bitFusion.tracedCycles(withChanges({ precision }), narrow, noStatistics).cycles;
    expect(at("fixed8")).toBe(2 * 4 * 49);
    expect(at("fixed2")).toBe(at("fixed8"));
    // Rows with work: three, and one that takes all three channels.
    expect(bitFusion.activePes(withChanges(), narrow)).toBe(32 * 3);
    expect(bitFusion.activePes(withChanges({ precision: "fixed2" }), narrow)).toBe(32);
  });

  it("and traffic are what a simulation of the array counts", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.constantFrom(...Object.keys(compositions)),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 2 }),
        (layer, widths, arrayHeight, arrayWidth, batch) => {
          fc.pre(kernelElements(layer) <= 40);
          const [weight, activationBits] = widths.split(" ").map(Number);
          const precision = `fixed${weight}`;
          const configuration = withChanges({ precision, activationBits, arrayHeight, arrayWidth, batch });
          const expected = simulate(layer, widths, arrayHeight, arrayWidth, batch);
          const { cycles, busyCycles, weightReads, activationReads } = expected;
          const traced = bitFusion.tracedCycles(configuration, layer, noStatistics);
          expect(traced).toMatchObject({ cycles, busyCycles });
          expect(bitFusion.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(busyCycles).toBeLessThanOrEqual(bitFusion.activePes(configuration, layer) * cycles);
          expect(traced.split.padding).toBeGreaterThan(-1e-9 * cycles);
          const traffic = bitFusion.bufferTraffic(configuration, layer);
          expect(traffic.weightReads).toBeCloseTo(weightReads, 6);
          expect(traffic.activationReads).toBeCloseTo(activationReads, 6);
          const { positions, repeats } = batched(layer, batch);
          expect(traffic.outputWrites).toBeCloseTo(
            (repeats * layer.filters * positions * activationBits) / 8,
            6,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

it("asks for at most its default bandwidth, at two bits", () => {
  const layer = smallLayer({ filters: 32, channels: 256, kernelHeight: 3, kernelWidth: 3 });
  const configuration = withChanges({ precision: "fixed2" });
  const { weightReads, activationReads, outputWrites } = bitFusion.bufferTraffic(configuration, layer);
  const { cycles } = bitFusion.tracedCycles(configuration, layer, noStatistics);
  // 512 units and 16 rows read 4 B a cycle.
  expect((weightReads + activationReads) / cycles).toBe(512 * 4 + 16 * 4);
  const bytes = (weightReads + activationReads + outputWrites) / cycles;
  expect(0.5 * bytes).toBeGreaterThan(1056);
  expect(0.5 * bytes).toBeLessThan(Number(configuration.bufferBandwidth));
});

it("needs the operands of a block of channels, twice", () => {
  // 16 rows of 4 pairs (8 × 2 bits): 64 channels; 32 filters of 2 bits, one row of 2 activations of 8 bits, 2 sums a filter.
  const layer = smallLayer({ filters: 40, channels: 100 });
  expect(bitFusion.leastBuffers(withChanges({ precision: "fixed2", activationBits: 8 }), layer)).toEqual({
    weight: (2 * 32 * 64 * 2) / 8,
    activation: 2 * 2 * 64,
    output: 2 * 32 * 2 * 4,
  });
});

it("grows by pairs side by side with narrower operands", () => {
  expect(bitFusion.lanes(withChanges())).toBe(512);
  expect(bitFusion.lanes(withChanges({ precision: "fixed2" }))).toBe(512 * 16);
  expect(bitFusion.lanes(withChanges({ precision: "fixed16" }))).toBe(512);
  expect(bitFusion.processingElements(withChanges({ precision: "fixed2" }))).toBe(512);
});

it("has operands of two widths in memory", () => {
  expect(bitFusion.operandWidths(withChanges())).toEqual({ weight: 8, activation: 8 });
  const mixed = withChanges({ precision: "fixed4", activationBits: 6 });
  expect(bitFusion.operandWidths(mixed)).toEqual({ weight: 4, activation: 6 });
});

describe("dot product", () => {
  it("is exact at all widths", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 16 }),
        fc.integer({ min: 1, max: 16 }),
        fc.array(
          fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
        ),
        (bits, activationBits, shares) => {
          const code = (share: number, width: number): number => Math.round(share * (2 ** (width - 1) - 1));
          const weights = Int32Array.from(shares, ([share]) => code(share, bits));
          const activations = Int32Array.from(shares, ([, share]) => code(share, activationBits));
          const exact = weights.reduce((sum, weight, index) => sum + weight * activations[index], 0);
          const configuration = withChanges({ precision: `fixed${bits}`, activationBits });
          expect(bitFusion.dotProduct(configuration, weights, activations)).toBe(exact);
        },
      ),
    );
  });

  it("takes the least code of two's complement, and ones of one bit in two", () => {
    const product = (precision: string, activationBits: number, weight: number, activation: number): number =>
      bitFusion.dotProduct(
        withChanges({ precision, activationBits }),
        Int32Array.of(weight),
        Int32Array.of(activation),
      );
    expect(product("fixed16", 16, -32768, -32768)).toBe(2 ** 30);
    expect(product("fixed2", 8, -2, -128)).toBe(256);
    expect(product("fixed8", 1, -128, -1)).toBe(128);
  });
});

it("costs what its authors' fusion unit does, at every width", () => {
  const at45 = withChanges({ node: 45, precision: "fixed2" });
  const [unit] = bitFusion.components(at45, configuredTechnology);
  expect(unit.area_mm2).toBeCloseTo(1733e-6, 9);
  // 344.3 µW at 500 MHz: 0.6886 pJ a cycle, leakage among it.
  expect(unit.dynamicCycle_J + unit.leakage_W / 0.5e9).toBeCloseTo(0.6886e-12, 16);
  expect(bitFusion.nominalClock_GHz(at45, configuredTechnology)).toBe(0.5);
});
