import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../../core/errors.ts";
import { eyeriss } from "../../../../core/machines/eyeriss/eyeriss.ts";
import { processingPass, rowStationary, setPlacement } from "../../../../core/machines/eyeriss/mapping.ts";
import { configurationOf } from "../../../../core/machines/parameter.ts";
import { matrixProductShape } from "../../../../core/workloads/build-layer.ts";
import { type LayerShape, macs } from "../../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../../technology/configured-technology.ts";
import { smallLayer } from "../small-layer.ts";

const withChanges = (changes: Record<string, number | string> = {}) =>
  configurationOf(eyeriss.parameters, changes);
const noStatistics = { signalPower: 1, noisePower: 0, standardError: 0 };

const square = (filters: number, channels: number, kernel: number, output: number, groups = 1): LayerShape =>
  smallLayer({
    filters,
    channels,
    groups,
    kernelHeight: kernel,
    kernelWidth: kernel,
    outputHeight: output,
    outputWidth: output,
    inputHeight: output,
    inputWidth: output,
  });

/** An element of the array is given an output row of a set; null where none is left for it. */
type Place = { readonly copy: number; readonly outputRow: number };

/**
 * Band by band, left to right, output rows of one set after another: a set that does not fit between what is left of the
 * bands is not begun, unless it is the first; segments are as wide as a band.
 */
const placeRows = (bands: number, width: number, rows: readonly number[]): readonly Place[] => {
  const segments: number[][] = [];
  for (let first = 0; first < rows.length; first += width) segments.push(rows.slice(first, first + width));
  const places: Place[] = [];
  const perBand = segments.length === 1 ? Math.floor(width / rows.length) : 1;
  const bandsOfSet = segments.length;
  if (bandsOfSet > bands) {
    for (const row of segments.slice(0, bands).flat()) places.push({ copy: 0, outputRow: row });
    return places;
  }
  let copy = 0;
  for (let band = 0; band + bandsOfSet <= bands; band += bandsOfSet) {
    for (let side = 0; side < perBand; side++, copy++) {
      for (const row of rows) places.push({ copy, outputRow: row });
    }
  }
  return places;
};

/** Runs every filter, channel and output row; each element multiplies once a cycle. */
const simulate = (layer: LayerShape, height: number, width: number, batch: number) => {
  const bands = Math.floor(height / layer.kernelHeight);
  const pairs = layer.filters * (layer.channels / layer.groups);
  const done = new Map<string, number>();
  let cycles = 0;
  let busy = 0;
  let active = 0;
  let left = Array.from({ length: layer.outputHeight }, (_, row) => row);
  const whole = left.length;
  while (left.length > 0) {
    const all = placeRows(bands, width, left);
    // What is left of a set that was cut is not joined by others.
    const places = left.length < whole ? all.filter(({ copy }) => copy === 0) : all;
    const copies = 1 + Math.max(...places.map(({ copy }) => copy));
    for (let first = 0; first < pairs; first += copies) {
      const here = places.filter(({ copy }) => first + copy < pairs);
      for (const { copy, outputRow } of here) {
        const key = `${first + copy} ${outputRow}`;
        done.set(key, (done.get(key) ?? 0) + 1);
      }
      cycles += layer.kernelWidth * layer.outputWidth;
      busy += here.length * layer.kernelHeight * layer.kernelWidth * layer.outputWidth;
      active = Math.max(active, here.length * layer.kernelHeight);
    }
    const served = new Set(places.map(({ outputRow }) => outputRow));
    left = left.filter((row) => !served.has(row));
  }
  expect(done.size).toBe(pairs * layer.outputHeight);
  expect([...done.values()].every((times) => times === 1)).toBe(true);
  return { cycles: batch * cycles, busyCycles: batch * busy, active };
};

describe("placement on 12 × 14", () => {
  const place = (kernel: number, output: number) =>
    setPlacement(rowStationary(withChanges(), square(1, 1, kernel, output)));

  it("lays sets side by side and above each other", () => {
    // 4 bands of 3 rows, one set of 13 columns in each; two of 7.
    expect(place(3, 13)).toEqual({ sets: 4, strips: 1, rowsAtOnce: 13 });
    expect(place(3, 7)).toEqual({ sets: 8, strips: 1, rowsAtOnce: 7 });
    expect(place(1, 1)).toEqual({ sets: 168, strips: 1, rowsAtOnce: 1 });
  });

  it("cuts sets that are too wide into segments, and into strips where there are too few bands", () => {
    // 27 columns in 2 segments, 2 bands of 5 rows.
    expect(place(5, 27)).toEqual({ sets: 1, strips: 1, rowsAtOnce: 27 });
    // 28 in 2 segments, 4 bands of 3.
    expect(place(3, 28)).toEqual({ sets: 2, strips: 1, rowsAtOnce: 28 });
    // 55 in 4 segments, one band of 11.
    expect(place(11, 55)).toEqual({ sets: 1, strips: 4, rowsAtOnce: 14 });
    // 224 in 16 segments, 4 bands.
    expect(place(3, 224)).toEqual({ sets: 1, strips: 4, rowsAtOnce: 56 });
  });
});

describe("cycles", () => {
  it("of a layer by hand", () => {
    // 3 × 3, 13 × 13: 4 sets; 10 · 7 = 70 pairs in 18 runs of 3 · 13 cycles, for 2 inputs.
    const layer = square(10, 7, 3, 13);
    const traced = eyeriss.tracedCycles(withChanges({ batch: 2 }), layer, noStatistics);
    expect(traced.cycles).toBe(2 * 18 * 39);
    expect(traced.busyCycles).toBe(2 * macs(layer));
    expect(eyeriss.activePes(withChanges(), layer)).toBe(4 * 3 * 13);
  });

  it("run a linear layer on sets of one element", () => {
    const linear = matrixProductShape({
      name: "fc",
      kind: "linear",
      filters: 100,
      channels: 50,
      groups: 1,
      vectors: 1,
      biasParameters: 0,
    });
    // 5,000 pairs on 168 elements.
    expect(eyeriss.tracedCycles(withChanges(), linear, noStatistics).cycles).toBe(30);
    // 20 vectors: 2 segments, of 12 bands: 6 sets.
    const vectors = { ...linear, outputHeight: 20, inputHeight: 20 };
    expect(eyeriss.tracedCycles(withChanges(), vectors, noStatistics).cycles).toBe(Math.ceil(5000 / 6));
  });

  it("are what a simulation of the array counts, in both models", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(2),
        fc.integer({ min: 6, max: 14 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        (layer, arrayHeight, arrayWidth, batch) => {
          const configuration = withChanges({ arrayHeight, arrayWidth, batch });
          const { cycles, busyCycles, active } = simulate(layer, arrayHeight, arrayWidth, batch);
          const traced = eyeriss.tracedCycles(configuration, layer, noStatistics);
          expect(traced).toMatchObject({
            cycles,
            busyCycles,
            optimisticCycles: cycles,
            pessimisticCycles: cycles,
          });
          expect(eyeriss.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(eyeriss.activePes(configuration, layer)).toBe(active);
          expect(busyCycles).toBeLessThanOrEqual(active * cycles);
          expect(active).toBeLessThanOrEqual(arrayHeight * arrayWidth);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of tall outputs agree between the models", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 12, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (kernel, output, arrayHeight, arrayWidth) => {
          const configuration = withChanges({ arrayHeight, arrayWidth });
          const layer = square(5, 3, kernel, output);
          const { cycles, busyCycles } = eyeriss.tracedCycles(configuration, layer, noStatistics);
          expect(eyeriss.analyticalCycles(configuration, layer, noStatistics)).toEqual({
            cycles,
            busyCycles,
          });
          expect(busyCycles).toBe(macs(layer));
        },
      ),
    );
  });

  it("refuse kernels with more rows than the array, and layers with a depth, everywhere", () => {
    const tall = { ...square(1, 1, 3, 4), name: "tall", kernelHeight: 13 };
    const deep = {
      ...square(1, 1, 3, 4),
      name: "deep",
      depth: { input: 4, output: 2, kernel: 3, stride: 1, dilation: 1, before: 0 },
    };
    for (const [layer, found] of [
      [tall, "layer tall: a kernel of 13 rows; expected at most 12"],
      [deep, "layer deep: a kernel of depth 3"],
    ] as const) {
      for (const ask of [
        () => eyeriss.tracedCycles(withChanges(), layer, noStatistics),
        () => eyeriss.analyticalCycles(withChanges(), layer, noStatistics),
        () => eyeriss.bufferTraffic(withChanges(), layer),
        () => eyeriss.activePes(withChanges(), layer),
      ]) {
        expect(ask).toThrow(ModelError);
        expect(ask).toThrow(found);
      }
    }
    // A 13th row makes room for three sets of four columns, of which one filter and channel fill one.
    expect(eyeriss.activePes(withChanges({ arrayHeight: 13 }), tall)).toBe(13 * 4);
  });
});

describe("traffic", () => {
  const pass = (layer: LayerShape) => processingPass(rowStationary(withChanges(), layer), layer);

  it("goes by the passes that the scratchpads hold", () => {
    // 11 × 11: one channel, ⌊224 / 11⌋ = 20 filters, one set.
    expect(pass(square(96, 3, 11, 55))).toEqual({
      filtersOfElement: 20,
      channelsOfElement: 1,
      filterSets: 1,
      channelSets: 1,
    });
    // 3 × 3: 4 channels, ⌊224 / 12⌋ = 18 filters, 4 sets: 4 · 18 ≤ 384 filters.
    expect(pass(square(384, 256, 3, 13))).toEqual({
      filtersOfElement: 18,
      channelsOfElement: 4,
      filterSets: 4,
      channelSets: 1,
    });
    // 32 filters take two of the sets, the other two other channels.
    expect(pass(square(32, 256, 3, 13))).toMatchObject({ filterSets: 2, channelSets: 2 });
    // 1 × 1: 4 channels, ⌊224 / 4⌋ = 56 filters, of which the sums allow 24; depthwise leaves one of each.
    expect(pass(square(384, 256, 1, 14))).toMatchObject({ filtersOfElement: 24, channelsOfElement: 4 });
    expect(pass(square(64, 64, 3, 14, 64))).toEqual({
      filtersOfElement: 1,
      channelsOfElement: 1,
      filterSets: 1,
      channelSets: 1,
    });
    // 15 columns are more than the 12 activations of a scratchpad.
    expect(pass({ ...square(9, 9, 1, 5), kernelWidth: 15 })).toMatchObject({
      filtersOfElement: 9,
      channelsOfElement: 1,
    });
  });

  it("is read once a pass", () => {
    // Two inputs of 256 · 13 · 13 words, once for each 18 · 4 = 72 of 384 filters: 6 times.
    // Sums between 256 / 4 = 64 passes over the channels: 63 times 2 · 384 · 169 of 4 B.
    const layer = square(384, 256, 3, 13);
    expect(eyeriss.bufferTraffic(withChanges({ batch: 2 }), layer)).toEqual({
      weightReads: 384 * 256 * 9 * 2,
      weightRereads: 384 * 256 * 9 * 2,
      activationReads: 2 * 256 * 169 * 6 * 2,
      partialSumReads: 63 * 2 * 384 * 169 * 4,
      partialSumWrites: 63 * 2 * 384 * 169 * 4,
      outputWrites: 2 * 384 * 169 * 2,
    });
    // In two groups of 192 filters and 128 channels: 192 / 72 → 3 passes, 128 / 4 = 32.
    const grouped = { ...layer, groups: 2 };
    expect(eyeriss.bufferTraffic(withChanges(), grouped)).toMatchObject({
      weightReads: 384 * 128 * 9 * 2,
      activationReads: 256 * 169 * 3 * 2,
      partialSumReads: 31 * 384 * 169 * 4,
    });
  });

  it("repeats both operands of a product of activations for every input", () => {
    const product = matrixProductShape({
      name: "scores",
      kind: "matmul",
      filters: 8,
      channels: 4,
      groups: 2,
      vectors: 3,
      biasParameters: 0,
    });
    const [one, three] = [1, 3].map((batch) => eyeriss.bufferTraffic(withChanges({ batch }), product));
    expect(one).toMatchObject({
      weightReads: 8 * 2 * 2,
      activationReads: 4 * 3 * 2,
      outputWrites: 8 * 3 * 2,
    });
    expect(three).toEqual(Object.fromEntries(Object.entries(one).map(([name, bytes]) => [name, 3 * bytes])));
  });
});

it("needs rows of one channel and one filter alone", () => {
  // A weight, three rows of 13 activations and 13 sums: each twice.
  expect(eyeriss.leastBuffers(withChanges(), square(384, 256, 3, 13))).toEqual({
    weight: 2 * 2,
    activation: 2 * 3 * 13 * 2,
    output: 2 * 13 * 4,
  });
});

it("multiplies exactly", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -32767, max: 32767 }), fc.integer({ min: -32767, max: 32767 }))),
      (pairs) => {
        const exact = pairs.reduce((sum, [weight, activation]) => sum + BigInt(weight * activation), 0n);
        const [weights, activations] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
        expect(eyeriss.dotProduct(withChanges(), weights, activations)).toBe(Number(exact));
      },
    ),
  );
});

describe("components", () => {
  const parts = eyeriss.components(withChanges({ node: 65 }), configuredTechnology);
  const sum = (of: "area_mm2" | "dynamicCycle_J" | "leakage_W"): number =>
    parts.reduce((total, part) => total + part[of], 0);

  it("add up to the chip over its 168 elements", () => {
    expect(168 * sum("area_mm2")).toBeCloseTo(12.25, 9);
    expect(168 * (0.2e9 * sum("dynamicCycle_J") + sum("leakage_W"))).toBeCloseTo(0.278, 9);
    // 8.27 pJ a cycle of an element.
    expect(sum("dynamicCycle_J") + sum("leakage_W") / 0.2e9).toBeCloseTo(8.274e-12, 15);
  });

  it("split the energy as 1 : 4 : 1/6", () => {
    const energy = (name: string): number => parts.find((part) => part.name === name)?.dynamicCycle_J ?? 0;
    expect(energy("register files") / energy("MAC")).toBeCloseTo(4, 12);
    expect(energy("array network") / energy("MAC")).toBeCloseTo(1 / 6, 12);
    expect(energy("processing element")).toBe(0);
    expect(parts.every(({ mark }) => mark === "remembered" || mark === "derived")).toBe(true);
  });

  it("are the same under every source, since no other has them", () => {
    for (const costSource of ["gates", "bbs28", "published"]) {
      const here = eyeriss.components(withChanges({ node: 65, costSource }), configuredTechnology);
      expect(here.map(({ dynamicCycle_J }) => dynamicCycle_J)).toEqual(
        parts.map(({ dynamicCycle_J }) => dynamicCycle_J),
      );
    }
    expect(eyeriss.nominalClock_GHz(withChanges(), configuredTechnology)).toBe(0.2);
  });
});
