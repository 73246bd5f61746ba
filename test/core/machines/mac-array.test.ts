import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { macArray } from "../../../core/machines/mac-array.ts";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { smallLayer } from "./small-layer.ts";

const withChanges = (changes: Record<string, number | string> = {}) =>
  configurationOf(macArray.parameters, changes);
const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };

/** Cycle by cycle: every processing element has one group of one filter at one position, or nothing. */
const simulate = (layer: LayerShape, pes: number, laneWidth: number, batch: number, spread: string) => {
  const { positions, repeats } = batched(layer, batch);
  const groups = Math.ceil(reductionLength(layer) / laneWidth);
  const filters = layer.filters / layer.groups;
  const worked = new Set<number>();
  let cycles = 0;
  let busy = 0;
  for (let run = 0; run < repeats * layer.groups; run++) {
    for (let first = 0; first < filters; first += pes) {
      const here = Math.min(pes, filters - first);
      const waiting = Array.from({ length: positions }, (_, position) => position);
      while (waiting.length > 0) {
        let element = 0;
        do {
          waiting.shift();
          for (let filter = 0; filter < here; filter++) worked.add(element++);
        } while (spread === "filters+positions" && waiting.length > 0 && element + here <= pes);
        cycles += groups;
        busy += groups * element;
      }
    }
  }
  return { cycles, busyCycles: busy, active: worked.size };
};

describe("cycles", () => {
  it("takes a cycle a group and position", () => {
    // 40 filters on 32 elements: 32, then 8 with 4 position sets. 3·3·100 = 900 weights: 15 groups of 64.
    // 25 positions: 25 + ⌈25 / 4⌉ = 32 steps of 15 cycles.
    const layer = smallLayer({
      filters: 40,
      channels: 100,
      kernelHeight: 3,
      kernelWidth: 3,
      outputHeight: 5,
      outputWidth: 5,
    });
    const traced = macArray.tracedCycles(withChanges(), layer, noStatistics);
    expect(traced.cycles).toBe(480);
    expect(traced.busyCycles).toBe(40 * 25 * 15);
    expect(macArray.activePes(withChanges(), layer)).toBe(32);
    // 40 · 25 · 900 products on 2,048 multipliers.
    expect(traced.split).toEqual({
      ideal: 900_000 / 2048,
      imbalance: 0,
      window: 0,
      padding: 480 - 900_000 / 2048,
      frontEnd: 0,
    });
    expect(macArray.tracedCycles(withChanges({ spread: "filters" }), layer, noStatistics).cycles).toBe(750);
  });

  it("is what a simulation of the array counts, in both models", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 8, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom("filters", "filters+positions"),
        (layer, pes, laneWidth, batch, spread) => {
          const configuration = withChanges({ pes, laneWidth, batch, spread });
          const { cycles, busyCycles, active } = simulate(layer, pes, laneWidth, batch, spread);
          const traced = macArray.tracedCycles(configuration, layer, noStatistics);
          expect(traced).toMatchObject({ cycles, busyCycles });
          expect(macArray.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(macArray.activePes(configuration, layer)).toBe(active);
          expect(busyCycles).toBeLessThanOrEqual(active * cycles);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("traffic", () => {
  it("asks for its default bandwidth in a weight-stationary float32 convolution", () => {
    const layer = smallLayer({ filters: 32, channels: 6400, outputHeight: 100, outputWidth: 100 });
    const { activationReads, partialSumReads, partialSumWrites } = macArray.bufferTraffic(
      withChanges(),
      layer,
    );
    const { cycles } = macArray.tracedCycles(withChanges(), layer, noStatistics);
    // A cycle: 64 activations of 4 B, and 32 sums of 4 B read and written, but for the first and the last of 100 groups.
    expect(activationReads / cycles).toBe(256);
    expect((partialSumReads + partialSumWrites) / cycles).toBeCloseTo(256 * (99 / 100), 9);
  });

  it("reads weights again for each position step where outputs stay", () => {
    // 3 filters, 2 groups of 64, 4 positions on 32 elements: 4 sets at once, one step.
    const layer = smallLayer({ channels: 100 });
    const changes = { precision: "fixed8", dataflow: "output-stationary" };
    expect(macArray.bufferTraffic(withChanges(changes), layer)).toMatchObject({
      weightReads: 3 * 2 * 64,
      weightRereads: 0,
      partialSumReads: 0,
    });
    expect(macArray.bufferTraffic(withChanges({ ...changes, pes: 3 }), layer).weightReads).toBe(
      4 * 3 * 2 * 64,
    );
  });
});

it("broadcasts activations once a round, and holds the weights of one", () => {
  // 40 filters on 32 elements: two rounds over 2 groups of 64 and 4 positions; 4 B.
  const layer = smallLayer({ filters: 40, channels: 100 });
  expect(macArray.bufferTraffic(withChanges(), layer).activationReads).toBe(2 * 2 * 4 * 64 * 4);
  // 32 filters of 64 weights; one row of 2 inputs for 64 channels; 32 rows of 2 sums: each twice.
  expect(macArray.leastBuffers(withChanges(), layer)).toEqual({
    weight: 2 * 32 * 64 * 4,
    activation: 2 * 2 * 64 * 4,
    output: 2 * 32 * 2 * 4,
  });
});

describe("dot product", () => {
  const codes = (most: number) => fc.array(fc.integer({ min: -most, max: most }), { maxLength: 200 });

  it("is exact in fixed formats", () => {
    fc.assert(
      fc.property(codes(32767), codes(32767), fc.integer({ min: 8, max: 70 }), (left, right, laneWidth) => {
        const length = Math.min(left.length, right.length);
        const [weights, activations] = [left, right].map((some) => Int32Array.from(some.slice(0, length)));
        const exact = weights.reduce((sum, weight, index) => sum + weight * activations[index], 0);
        const configuration = withChanges({ precision: "fixed16", laneWidth });
        expect(macArray.dotProduct(configuration, weights, activations)).toBe(exact);
      }),
    );
  });

  it("is exact in float formats as long as 24 bits hold every sum", () => {
    fc.assert(
      fc.property(codes(255), codes(255), (left, right) => {
        const length = Math.min(left.length, right.length);
        const [weights, activations] = [left, right].map((some) => Int32Array.from(some.slice(0, length)));
        const exact = weights.reduce((sum, weight, index) => sum + weight * activations[index], 0);
        expect(macArray.dotProduct(withChanges(), weights, activations)).toBe(exact);
      }),
    );
  });

  it("rounds products, then sums of neighbours, to float32", () => {
    const product = (weights: number[], activations: number[]): number =>
      macArray.dotProduct(
        withChanges({ laneWidth: 8 }),
        Int32Array.from(weights),
        Int32Array.from(activations),
      );
    // (2²⁴ − 1)² = 2⁴⁸ − 2²⁵ + 1 has one bit too many.
    expect(product([2 ** 24 - 1], [2 ** 24 - 1])).toBe(2 ** 48 - 2 ** 25);
    // Rounded before they are added: exactly, 2⁴⁸ − 2²⁵ + 1 less 2⁴⁸ − 2²⁵ would leave 1.
    expect(product([2 ** 24 - 1, 2 ** 24], [2 ** 24 - 1, 2 - 2 ** 24])).toBe(0);
    // In pairs: (2²⁴ + 1 → 2²⁴) + (1 + 0) → 2²⁴; one after another the same, but from the right 2²⁴ + 2.
    expect(product([2 ** 24, 1, 1], [1, 1, 1])).toBe(2 ** 24);
    expect(product([2 ** 24, 0, 1, 1], [1, 1, 1, 1])).toBe(2 ** 24 + 2);
    // Of five lanes the fifth is added in the last level.
    expect(product([1, 1, 1, 1, 2 ** 24], [1, 1, 1, 1, 1])).toBe(2 ** 24 + 4);
    // Groups are accumulated one after another: 2²⁴, and 1 from each of two more groups.
    const ones = [2 ** 24, ...Array(7).fill(0), 1, ...Array(7).fill(0), 1];
    expect(product(ones, Array(17).fill(1))).toBe(2 ** 24);
  });
});

describe("components", () => {
  it("are the gates of its row, in proportion to the lanes", () => {
    const gate = configuredTechnology.gates;
    const part = (changes: Record<string, number | string>) =>
      macArray.components(withChanges(changes), configuredTechnology)[0];
    const gates = (precision: string): number => part({ precision }).area_mm2 / (gate.area.value * 1e-6);
    expect(gates("fixed8")).toBeCloseTo(54012, 6);
    expect(gates("fixed5")).toBeCloseTo(54012, 6);
    expect(gates("fixed9")).toBeCloseTo(188547, 6);
    expect(gates("float32")).toBeCloseTo(64 * 8521, 6);
    expect(gates("bfloat16")).toBeCloseTo(64 * 8521, 6);
    expect(part({ precision: "fixed8", laneWidth: 32 }).area_mm2).toBeCloseTo(
      part({ precision: "fixed8" }).area_mm2 / 2,
      12,
    );
  });

  it("has a cost in every format that it offers", () => {
    const precision = macArray.parameters.find(({ name }) => name === "precision");
    expect(precision?.kind).toBe("choice");
    if (precision?.kind !== "choice") return;
    expect(precision.choices).toHaveLength(3 + 15);
    for (const choice of precision.choices) {
      const [part] = macArray.components(withChanges({ precision: choice }), configuredTechnology);
      expect(part.dynamicCycle_J).toBeGreaterThan(0);
    }
  });
});
