import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GroupStatistics, groupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import { normal, uniformStream } from "../../../../core/random.ts";
import { type LayerShape, reductionLength } from "../../../../core/workloads/layer.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";
import { simulateArray } from "./array-simulation.ts";

const statisticsOf = (
  configuration: Configuration,
  layer: LayerShape,
  weights: Float32Array,
): GroupStatistics => groupStatistics(weights, layer.filters, bitlet.statistics(configuration, 5, 0));

/** Normal weights whose spread differs widely from filter to filter, so that filters differ in their bits. */
const randomWeights = (layer: LayerShape, seed: number): Float32Array => {
  const uniform = uniformStream(seed, 1);
  const length = reductionLength(layer);
  const spreads = Array.from({ length: layer.filters }, () => 2 ** (-6 * uniform()));
  return Float32Array.from({ length: layer.filters * length }, (_, index) => {
    const value = normal(uniform) * spreads[Math.floor(index / length)];
    return uniform() < 0.1 ? 0 : value;
  });
};

const layers = fc
  .record({
    kind: fc.constantFrom("convolution" as const, "matmul" as const),
    filtersOfGroup: fc.integer({ min: 1, max: 7 }),
    channelsOfGroup: fc.integer({ min: 1, max: 30 }),
    groups: fc.integer({ min: 1, max: 3 }),
    outputHeight: fc.integer({ min: 1, max: 3 }),
    outputWidth: fc.integer({ min: 1, max: 3 }),
    kernelHeight: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ filtersOfGroup, channelsOfGroup, ...rest }) =>
    smallLayer({ ...rest, filters: filtersOfGroup * rest.groups, channels: channelsOfGroup * rest.groups }),
  );

const configurations = fc
  .record({
    pes: fc.integer({ min: 1, max: 10 }),
    laneWidth: fc.constantFrom(8, 12, 16),
    precision: fc.constantFrom("float32", "fixed8", "fixed3"),
    quantization: fc.constantFrom("per-tensor", "per-channel"),
    activationExponents: fc.constantFrom("ignore", "distribution"),
    distillation: fc.constantFrom("on", "on", "off"),
    pipeline: fc.constantFrom("published", "rtl", "overlapped"),
    inputPorts: fc.constantFrom(4, 8),
    window: fc.constantFrom(2, 4, 8),
    sync: fc.constantFrom("lockstep" as const, "independent" as const, "fifo" as const),
    fifoDepth: fc.constantFrom(1, 2, 3, 9),
    order: fc.constantFrom("index", "load"),
    // Of 24 channels, fixed8 takes 3 filters and fixed3 takes 12.
    packing: fc.constantFrom(1, 2, 3, 5),
    spread: fc.constantFrom("filters", "filters+positions"),
    dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
    batch: fc.integer({ min: 1, max: 3 }),
  })
  .map((changes) => {
    const most = { float32: 1, fixed8: 3, fixed3: 12 }[changes.precision] as number;
    return configurationWith({ ...changes, packing: Math.min(changes.packing, most) });
  });

const seeds = fc.integer({ min: 0, max: 1e6 });

describe("tracedCycles of Bitlet", () => {
  it("equals a simulation of every processing element step by step", () => {
    fc.assert(
      fc.property(configurations, layers, seeds, (configuration, layer, seed) => {
        const statistics = statisticsOf(configuration, layer, randomWeights(layer, seed));
        const traced = bitlet.tracedCycles(configuration, layer, statistics);
        const slow = simulateArray(configuration, layer, statistics);
        const sync = configuration.sync as "lockstep" | "independent" | "fifo";
        expect(traced.cycles).toBeCloseTo(slow[sync], 8);
        expect(traced.optimisticCycles).toBeCloseTo(slow.independent, 8);
        expect(traced.busyCycles).toBeCloseTo(slow.busy, 8);
        expect(bitlet.activePes(configuration, layer)).toBe(slow.activePes);
      }),
      { numRuns: 300 },
    );
  });

  it("equals it behind FIFOs, where activations tell positions and sets of them apart", () => {
    fc.assert(
      fc.property(
        fc.record({
          pes: fc.integer({ min: 2, max: 12 }),
          pipeline: fc.constantFrom("rtl", "overlapped"),
          inputPorts: fc.constantFrom(1, 2, 8),
          fifoDepth: fc.integer({ min: 1, max: 3 }),
          dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 1, max: 23 }),
        seeds,
        (changes, filters, channels, outputWidth, seed) => {
          const configuration = configurationWith({ laneWidth: 8, sync: "fifo", ...changes });
          const layer = smallLayer({ filters, channels, outputHeight: 1, outputWidth });
          const statistics = statisticsOf(configuration, layer, randomWeights(layer, seed));
          expect(bitlet.tracedCycles(configuration, layer, statistics).cycles).toBeCloseTo(
            simulateArray(configuration, layer, statistics).fifo,
            8,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is the faster the less its processing elements wait: independent, deep FIFOs, shallow ones, lockstep", () => {
    const depths = fc.integer({ min: 1, max: 32 });
    fc.assert(
      fc.property(configurations, layers, seeds, depths, depths, (drawn, layer, seed, one, other) => {
        const statistics = statisticsOf(drawn, layer, randomWeights(layer, seed));
        const [shallow, deep] = [Math.min(one, other), Math.max(one, other)];
        const traced = (changes: Configuration) =>
          bitlet.tracedCycles({ ...drawn, ...changes }, layer, statistics);
        const lockstep = traced({ sync: "lockstep" });
        const shallowFifo = traced({ sync: "fifo", fifoDepth: shallow });
        const deepFifo = traced({ sync: "fifo", fifoDepth: deep });
        const independent = traced({ sync: "independent" });
        expect(independent.cycles).toBeLessThanOrEqual(deepFifo.cycles);
        expect(deepFifo.cycles).toBeLessThanOrEqual(shallowFifo.cycles);
        expect(shallowFifo.cycles).toBeLessThanOrEqual(lockstep.cycles);
        for (const { optimisticCycles, pessimisticCycles, busyCycles } of [lockstep, shallowFifo, deepFifo]) {
          expect(optimisticCycles).toBe(independent.cycles);
          expect(pessimisticCycles).toBe(independent.pessimisticCycles);
          expect(pessimisticCycles).toBeGreaterThanOrEqual(lockstep.cycles);
          expect(busyCycles).toBe(independent.busyCycles);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("lies within its bounds, and active processing elements cover the work", () => {
    fc.assert(
      fc.property(configurations, layers, seeds, (configuration, layer, seed) => {
        const statistics = statisticsOf(configuration, layer, randomWeights(layer, seed));
        const lockstep = bitlet.tracedCycles({ ...configuration, sync: "lockstep" }, layer, statistics);
        const independent = bitlet.tracedCycles({ ...configuration, sync: "independent" }, layer, statistics);
        expect(lockstep.cycles).toBeGreaterThanOrEqual(independent.cycles);
        for (const traced of [lockstep, independent]) {
          expect(traced.optimisticCycles).toBeLessThanOrEqual(traced.cycles);
          expect(traced.pessimisticCycles).toBeGreaterThanOrEqual(traced.cycles);
          expect(traced.cycles * bitlet.activePes(configuration, layer)).toBeGreaterThanOrEqual(
            traced.busyCycles,
          );
        }
        const analytical = bitlet.analyticalCycles(configuration, layer, statistics);
        expect(
          analytical.cycles * bitlet.activePes(configuration, layer) * (1 + 1e-12),
        ).toBeGreaterThanOrEqual(analytical.busyCycles);
      }),
    );
  });

  it("bounds from above by the slowest filter of a convolution group at every step", () => {
    // Two rounds of one filter. Scans of filter 0: 5, 1; of filter 1: 2, 7; published fixed point adds 10.
    const statistics = handStatistics(2, 2, [5, 1, 2, 7]);
    const layer = smallLayer({ filters: 2, channels: 16, outputHeight: 1, outputWidth: 3 });
    const configuration = configurationWith({
      pes: 1,
      laneWidth: 8,
      precision: "fixed8",
      pipeline: "published",
    });
    const traced = bitlet.tracedCycles(configuration, layer, statistics);
    expect(traced.cycles).toBe(3 * (15 + 11) + 3 * (12 + 17));
    expect(traced.pessimisticCycles).toBe(2 * 3 * (15 + 17));
  });

  it("gives the last, incomplete position step to the first sets only", () => {
    // Filters 0 and 1 side by side, then filter 2 on both elements: 3 positions, two for the first and one for the second.
    const statistics = handStatistics(3, 1, [1, 8, 5]);
    const layer = smallLayer({ filters: 3, channels: 8, outputHeight: 1, outputWidth: 3 });
    const configuration = configurationWith({
      pes: 2,
      laneWidth: 8,
      precision: "fixed8",
      pipeline: "published",
      sync: "independent",
    });
    // Element 0: 3 · 11 + 2 · 15 = 63; element 1: 3 · 18 + 1 · 15 = 69.
    expect(bitlet.tracedCycles(configuration, layer, statistics)).toMatchObject({
      cycles: 69,
      busyCycles: 63 + 69,
    });
  });

  it("runs ahead of a slow element as far as the FIFOs hold, by hand", () => {
    // Intervals of filter 0: 18, 11; of filter 1: 11, 18; three positions; no beats in the published formula.
    const statistics = handStatistics(2, 2, [8, 1, 1, 8]);
    const layer = smallLayer({ filters: 2, channels: 16, outputHeight: 1, outputWidth: 3 });
    const cycles = (changes: Configuration): number =>
      bitlet.tracedCycles(
        configurationWith({
          pes: 2,
          laneWidth: 8,
          precision: "fixed8",
          pipeline: "published",
          sync: "fifo",
          fifoDepth: 1,
          ...changes,
        }),
        layer,
        statistics,
      ).cycles;
    expect(cycles({ sync: "lockstep" })).toBe(6 * 18);
    expect(cycles({ sync: "independent" })).toBe(3 * (18 + 11));
    /*
     * Weight-stationary, depth 1. Element 0 takes 18 18 18 11 11 11, element 1 11 11 11 18 18 18. Broadcasts at the
     * largest start of the step before: 0 0 18 36 54 65. Starts of element 0: 0 18 36 54 65 76, done at 87; of
     * element 1: 0 11 22 36 54 72, done at 90.
     */
    expect(cycles({})).toBe(90);
    // Depth 2: broadcasts at 0 0 0 18 36 54; element 1 starts at 0 11 22 33 51 69, done at 87.
    expect(cycles({ fifoDepth: 2 })).toBe(87);
    // Output-stationary, 18 and 11 take turns: both are done with a position at the same time.
    expect(cycles({ dataflow: "output-stationary" })).toBe(87);
    // By the RTL, one beat and 12: intervals 21 and 14, tail 4 + 1; on one element FIFOs change nothing.
    expect(cycles({ pipeline: "rtl", pes: 1 })).toBe(2 * 3 * (21 + 14) + 5);
  });

  it("waits at the end of a round, FIFOs or not", () => {
    // Rounds of filters 0, 1 and 2, 3: intervals 11, 18 and 18, 11.
    const statistics = handStatistics(4, 1, [1, 8, 8, 1]);
    const layer = smallLayer({ filters: 4, channels: 8, outputHeight: 1, outputWidth: 5 });
    const cycles = (sync: string): number =>
      bitlet.tracedCycles(
        configurationWith({
          pes: 2,
          laneWidth: 8,
          precision: "fixed8",
          pipeline: "published",
          sync,
          fifoDepth: 64,
        }),
        layer,
        statistics,
      ).cycles;
    expect(cycles("fifo")).toBe(5 * 18 + 5 * 18);
    expect(cycles("independent")).toBe(5 * (11 + 18));
  });

  it("hands out filters by their work, and packs neighbours, by hand", () => {
    // One group a filter, intervals 11 18 12 17, two positions.
    const statistics = handStatistics(4, 1, [1, 8, 2, 7]);
    const layer = smallLayer({ filters: 4, channels: 8, outputHeight: 1, outputWidth: 2 });
    const traced = (changes: Configuration) =>
      bitlet.tracedCycles(
        configurationWith({
          pes: 2,
          laneWidth: 8,
          precision: "fixed8",
          pipeline: "published",
          ...changes,
        }),
        layer,
        statistics,
      );
    const work = 2 * (11 + 18 + 12 + 17);
    expect(traced({})).toMatchObject({ cycles: 2 * (18 + 17), busyCycles: work });
    // 18 with 17, then 12 with 11; alone, element 0 has 18 and 12.
    expect(traced({ order: "load" })).toMatchObject({
      cycles: 2 * (18 + 12),
      busyCycles: work,
      optimisticCycles: 2 * (18 + 12),
    });
    // Two filters an element: 11 with 18, 12 with 17, in one round. Every filter of the layer at once: 18.
    expect(traced({ packing: 2 })).toMatchObject({
      cycles: 2 * 18,
      busyCycles: 2 * (18 + 17),
      optimisticCycles: 2 * 18,
      pessimisticCycles: 2 * 18,
    });
    expect(traced({ packing: 2, order: "load" })).toMatchObject({
      cycles: 2 * 18,
      busyCycles: 2 * (18 + 12),
    });
    // Three: 11 18 12 on element 0, 17 on element 1.
    expect(traced({ packing: 3 })).toMatchObject({ cycles: 2 * 18, busyCycles: 2 * (18 + 17) });
    // Of four elements two hold the filters and two the other position: one step.
    expect(traced({ packing: 2, pes: 4 })).toMatchObject({ cycles: 18, busyCycles: 2 * (18 + 17) });
  });

  it("takes no longer with k times the processing elements, unsynchronised and spread over filters", () => {
    fc.assert(
      fc.property(
        configurations,
        layers,
        seeds,
        fc.integer({ min: 2, max: 4 }),
        (drawn, layer, seed, times) => {
          const configuration = { ...drawn, sync: "independent", spread: "filters" };
          const statistics = statisticsOf(configuration, layer, randomWeights(layer, seed));
          const more = { ...configuration, pes: Number(drawn.pes) * times };
          expect(bitlet.tracedCycles(more, layer, statistics).cycles).toBeLessThanOrEqual(
            bitlet.tracedCycles(configuration, layer, statistics).cycles,
          );
        },
      ),
    );
  });

  it("is no slower overlapped than as built where inputPorts ≥ window", () => {
    fc.assert(
      fc.property(configurations, layers, seeds, (drawn, layer, seed) => {
        const rtl = { ...drawn, pipeline: "rtl", inputPorts: 8 };
        const statistics = statisticsOf(rtl, layer, randomWeights(layer, seed));
        expect(
          bitlet.tracedCycles({ ...rtl, pipeline: "overlapped" }, layer, statistics).cycles,
        ).toBeLessThanOrEqual(bitlet.tracedCycles(rtl, layer, statistics).cycles);
      }),
    );
  });

  it("is no slower with fewer planes", () => {
    fc.assert(
      fc.property(
        configurations,
        layers,
        seeds,
        fc.integer({ min: 1, max: 23 }),
        (drawn, layer, seed, planes) => {
          const weights = randomWeights(layer, seed);
          const cycles = (activePlanes: number): number => {
            // Sorted by their work, filters may change places with fewer planes, and meet worse neighbours.
            const configuration = { ...drawn, order: "index", activePlanes };
            return bitlet.tracedCycles(configuration, layer, statisticsOf(configuration, layer, weights))
              .cycles;
          };
          expect(cycles(planes)).toBeLessThanOrEqual(cycles(planes + 1));
        },
      ),
    );
  });

  it("repeats a matmul for each input of a batch, with a tail each", () => {
    const statistics = handStatistics(1, 1, [6]);
    const shape = { filters: 1, channels: 8, outputHeight: 1, outputWidth: 1 };
    const configuration = configurationWith({
      pes: 1,
      laneWidth: 8,
      precision: "fixed8",
      inputPorts: 8,
      batch: 3,
    });
    // rtl, one beat: interval 1 + 12 + 6 = 19; tail ⌈log2 8⌉ + 1 = 4.
    const matmul = bitlet.tracedCycles(configuration, smallLayer({ ...shape, kind: "matmul" }), statistics);
    expect(matmul).toMatchObject({ cycles: 3 * (19 + 4), busyCycles: 3 * 19 });
    const linear = bitlet.tracedCycles(configuration, smallLayer({ ...shape, kind: "linear" }), statistics);
    expect(linear).toMatchObject({ cycles: 3 * 19 + 4, busyCycles: 3 * 19 });
  });
});

/** Statistics that hold nothing but given scans, for fixed formats: filter by filter, group by group. */
const handStatistics = (filters: number, groups: number, scans: number[]): GroupStatistics => ({
  filters,
  reductionLength: 8 * groups,
  groups,
  vectors: 1,
  cycles: Uint16Array.from(scans),
  planeDensity: new Float64Array(24),
  planeVariance: new Float64Array(24),
  signalPower: 0,
  noisePower: 0,
  standardError: 0,
  // Where the cycles go is a test of its own.
  cycleParts: { essential: 0, imbalance: 0, emptyWindows: 0, padding: 0 },
});

describe("permuting whole filters over a layer", () => {
  const layer = smallLayer({ filters: 12, channels: 48, outputHeight: 1, outputWidth: 1 });
  const length = reductionLength(layer);
  const configuration = configurationWith({ pes: 4, laneWidth: 16, precision: "fixed8", spread: "filters" });
  const permuted = (weights: Float32Array, order: readonly number[]): Float32Array =>
    Float32Array.from(
      weights,
      (_, index) => weights[order[Math.floor(index / length)] * length + (index % length)],
    );
  const order = fc.shuffledSubarray(
    Array.from({ length: layer.filters }, (_, filter) => filter),
    { minLength: layer.filters },
  );

  it("leaves the analytical model alone: it sees densities and their variance between filters only", () => {
    fc.assert(
      fc.property(seeds, order, (seed, permutation) => {
        const weights = randomWeights(layer, seed);
        const before = bitlet.analyticalCycles(
          configuration,
          layer,
          statisticsOf(configuration, layer, weights),
        );
        const shuffled = permuted(weights, permutation);
        const after = bitlet.analyticalCycles(
          configuration,
          layer,
          statisticsOf(configuration, layer, shuffled),
        );
        expect(after.cycles).toBeCloseTo(before.cycles, 6);
        expect(after.busyCycles).toBeCloseTo(before.busyCycles, 6);
      }),
    );
  });

  it("changes the cycle model, since other filters meet in a round", () => {
    // Two kinds of filters, cheap (one essential bit) and dear (all codes 127), four of each kind to a round or mixed.
    const kind = (filter: number): number => (filter < 8 ? 0 : 1);
    const weights = Float32Array.from({ length: layer.filters * length }, (_, index) =>
      kind(Math.floor(index / length)) === 1 || index % length === 0 ? 127 : 0,
    );
    const mixing = [8, 0, 1, 2, 9, 3, 4, 5, 10, 11, 6, 7];
    const sorted = bitlet.tracedCycles(configuration, layer, statisticsOf(configuration, layer, weights));
    const mixed = bitlet.tracedCycles(
      configuration,
      layer,
      statisticsOf(configuration, layer, permuted(weights, mixing)),
    );
    // Windows of 8 in 16 lanes: an empty plane 2 cycles, one bit 2, a full plane 16 and an empty end: 16.
    // Sorted: rounds of 3 · 2, 3 · 2 and 3 · 16 scan cycles; mixed: 3 · 16 each. Every step adds B + 12 = 13.
    expect(sorted.cycles).toBe(9 * 13 + 6 + 6 + 48 + 5);
    expect(mixed.cycles).toBe(9 * 13 + 48 + 48 + 48 + 5);
    expect(mixed.busyCycles).toBe(sorted.busyCycles);
  });
});
