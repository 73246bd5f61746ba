import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { activationCodes } from "../../../core/machines/activation-codes.ts";
import { laconic } from "../../../core/machines/laconic/laconic.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { staggeredCycles } from "../../../core/machines/staggered-columns.ts";
import { staggeredPace } from "../../../core/machines/staggered-pace.ts";
import { laneIndices } from "../../../core/machines/tile-organisation.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { type Recoding, recodedDigits, recodings } from "../../../core/numerics/recoding.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { smallLayer } from "./small-layer.ts";

const configurationWith = (changes: Configuration = {}): Configuration =>
  configurationOf(laconic.parameters, changes);

const drawn = (count: number, seed: number): Float32Array => {
  const uniform = uniformStream(seed, 1);
  return Float32Array.from({ length: count }, () => normal(uniform));
};

const weightsOf = (layer: LayerShape): Float32Array => drawn(layer.filters * reductionLength(layer), 3);

interface Captured {
  readonly values: Float32Array;
  readonly vectors: number;
}

const run = (
  changes: Configuration,
  layer: LayerShape,
  { weights = weightsOf(layer), activations }: { weights?: Float32Array; activations?: Captured } = {},
) => {
  const configuration = configurationWith({
    ...(activations ? { activations: "captured" } : {}),
    ...changes,
  });
  const request = laconic.statistics(configuration, 7, 1);
  const statistics = laconic.statisticsRule.compute(
    { layer, weights, ...(activations ? { activations } : {}) },
    request,
  );
  return {
    configuration,
    request,
    statistics,
    traced: laconic.tracedCycles(configuration, layer, statistics),
    analytical: laconic.analyticalCycles(configuration, layer, statistics),
    activePes: laconic.activePes(configuration, layer),
  };
};

const termsOf = (codes: Int32Array, bits: number, recoding: Recoding): number[] => {
  const { positive, negative } = recodedDigits(codes, bits, recoding);
  return Array.from(
    codes,
    (_, index) => (positive[index] | negative[index]).toString(2).replaceAll("0", "").length,
  );
};

/** Every processing element by itself: each lane's products of terms, filter by filter and window by window. */
const slowMachine = (configuration: Configuration, layer: LayerShape, activations?: Captured) => {
  const request = laconic.statistics(configuration, 7, 1);
  const format = parseFormat(request.format);
  const { codes, vectors, groups } = activationCodes({ layer, activations }, request, format);
  const activationTerms = termsOf(codes, format.bits, request.recoding);
  const weightTerms = termsOf(
    quantize(weightsOf(layer), layer.filters, format, request.quantization).codes,
    format.bits,
    request.recoding,
  );
  const { laneWidth, windows } = request;
  const indices = laneIndices(layer, laneWidth);
  const steps = indices.length / laneWidth;
  const length = reductionLength(layer);
  const perGroup = layer.filters / layer.groups;
  const { positions, repeats } = batched(layer, request.batch);
  const productsOf = (filter: number, vector: number, step: number): number[] => {
    const group = Math.floor(filter / perGroup);
    return [...indices.subarray(step * laneWidth, (step + 1) * laneWidth)].map((index) =>
      index < 0
        ? 0
        : weightTerms[filter * length + index] *
          activationTerms[((vector % vectors) * groups + (group % groups)) * length + index],
    );
  };
  const element = (filter: number, vector: number, step: number): number =>
    Math.max(1, ...productsOf(filter, vector, step));
  const passes: number[][] = [];
  for (let group = 0; group < layer.groups; group++) {
    for (let first = 0; first < perGroup; first += request.filtersAtOnce) {
      const here = Math.min(request.filtersAtOnce, perGroup - first);
      passes.push(Array.from({ length: here }, (_, filter) => group * perGroup + first + filter));
    }
  }
  const stepOf = (filters: readonly number[], start: number, columns: number, step: number): number => {
    let longest = 1;
    for (const filter of filters) {
      for (let column = 0; column < columns; column++) {
        longest = Math.max(longest, element(filter, start + column, step));
      }
    }
    return longest;
  };
  const allSteps = Array.from({ length: steps }, (_, step) => step);
  let cycles = 0;
  let busy = 0;
  let products = 0;
  for (let vector = 0; vector < vectors; vector++) {
    for (const filters of passes) {
      for (const step of allSteps) {
        for (const filter of filters) {
          busy += (positions * element(filter, vector, step)) / vectors;
          for (const product of productsOf(filter, vector, step)) products += (positions * product) / vectors;
        }
      }
    }
    if (positions === 1) {
      const sequence = passes.flatMap((filters) => allSteps.map((step) => stepOf(filters, vector, 1, step)));
      cycles += staggeredCycles(windows, sequence.length, (step) => sequence[step]) / vectors;
      continue;
    }
    for (let first = 0; first < positions; first += windows) {
      const columns = Math.min(windows, positions - first);
      for (const filters of passes)
        for (const step of allSteps) cycles += stepOf(filters, vector, columns, step) / vectors;
    }
  }
  return { cycles: repeats * cycles, busy: repeats * busy, products: repeats * products };
};

const layers: fc.Arbitrary<LayerShape> = fc
  .record({
    kind: fc.constantFrom("convolution" as const, "linear" as const, "matmul" as const),
    groups: fc.constantFrom(1, 1, 2, 3),
    filters: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 20 }),
    kernel: fc.constantFrom(1, 1, 3),
    stride: fc.constantFrom(1, 2),
    outputHeight: fc.integer({ min: 1, max: 4 }),
    outputWidth: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ kind, groups, filters, channels, kernel, stride, outputHeight, outputWidth }) => {
    const spatial = kind === "convolution";
    return smallLayer({
      kind,
      groups,
      filters: groups * filters,
      channels: groups * channels,
      outputHeight,
      outputWidth: spatial ? outputWidth : 1,
      kernelHeight: spatial ? kernel : 1,
      kernelWidth: spatial ? kernel : 1,
      strideHeight: spatial ? stride : 1,
      strideWidth: spatial ? stride : 1,
    });
  });

const changes = fc.record({
  tiles: fc.integer({ min: 1, max: 2 }),
  filtersPerTile: fc.integer({ min: 1, max: 4 }),
  laneWidth: fc.constantFrom(8, 16),
  windows: fc.constantFrom(1, 2, 4, 16),
  batch: fc.integer({ min: 1, max: 3 }),
  recoding: fc.constantFrom(...recodings),
  precision: fc.constantFrom("fixed16", "fixed8", "fixed4", "fixed2"),
  quantization: fc.constantFrom("per-tensor", "per-channel"),
  activationVectors: fc.integer({ min: 2, max: 5 }),
  activationZeros: fc.constantFrom(0, 0.5, 0.9),
});

describe("a step worked by hand", () => {
  // Two filters and two windows over 8 channels, one step. 127 makes the scales 1 in fixed8.
  const layer = smallLayer({ filters: 2, channels: 8, outputHeight: 1, outputWidth: 2 });
  const operands = {
    // Terms of filter 0: 7 1 0 2 …; of filter 1: 1 3 0 0 ….
    weights: Float32Array.of(127, -1, 0, 3, 0, 0, 0, 0, 64, 7, 0, 0, 0, 0, 0, 0),
    // Terms of window 0: 1 2 7 0 …; of window 1: 0 4 0 3 ….
    activations: { values: Float32Array.of(2, 3, 127, 0, 0, 0, 0, 0, 0, -15, 0, 7, 0, 0, 0, 0), vectors: 2 },
  };
  const small = { laneWidth: 8, windows: 2, precision: "fixed8" };

  it("lasts as long as the lane with the most pairs of terms, over filters and windows", () => {
    // Lane 0: most 7 and 1; lane 1: 3 and 4; lane 2: 0 and 7; lane 3: 2 and 3. The longest is lane 1: 12.
    const { traced } = run(small, layer, operands);
    expect(traced.cycles).toBe(12);
    // Filter 0: window 0 max(7, 2) = 7, window 1 max(4, 6) = 6. Filter 1: window 0 max(1, 6) = 6, window 1 12.
    expect(traced.busyCycles).toBe(7 + 6 + 6 + 12);
    // All pairs: 7 + 2, 4 + 6, 1 + 6, 12 = 38, on 12 · 2 elements of 8 lanes.
    expect(traced.split.ideal).toBeCloseTo(38 / (12 * 2 * 8), 12);
    // Without the filter that has 3 terms in lane 1 the step lasts 7; the filters one after another: 7 + 12.
    expect(run({ ...small, filtersPerTile: 1 }, layer, operands).traced.cycles).toBe(19);
    // The windows one after another: window 0 max(7, 6) = 7, window 1 max(12, 6) = 12, mean 19 / 2 a set, two sets.
    expect(run({ ...small, windows: 1 }, layer, operands).traced.cycles).toBe(19);
  });

  it("takes fewer pairs of recoded terms", () => {
    // Canonical: 127 = 128 − 1, 3 = 4 − 1, 7 = 8 − 1, 15 = 16 − 1 have two terms each: at most 2 · 2 = 4.
    expect(run({ ...small, recoding: "canonical" }, layer, operands).traced.cycles).toBe(4);
    // DNNsim's leaves 3 at two ones and recodes 7, 15 and 127 to two terms: the same here.
    expect(run({ ...small, recoding: "dnnsim" }, layer, operands).traced.cycles).toBe(4);
  });

  it("takes a cycle for nothing", () => {
    const nothing = { ...operands, weights: new Float32Array(16) };
    expect(run(small, layer, nothing).traced.cycles).toBe(1);
  });
});

describe("the machine", () => {
  it("is the slow one on random layers and configurations, and keeps the contract", () => {
    fc.assert(
      fc.property(layers, changes, fc.boolean(), fc.nat(), (layer, values, isCaptured, seed) => {
        const vectors = 3;
        const activations = {
          values: drawn(vectors * layer.groups * reductionLength(layer), seed).map((value) =>
            value > 0.5 ? 0 : value,
          ),
          vectors,
        };
        const { configuration, traced, analytical, activePes } = run(
          values,
          layer,
          isCaptured ? { activations } : {},
        );
        const slow = slowMachine(configuration, layer, isCaptured ? activations : undefined);
        expect(traced.cycles).toBeCloseTo(slow.cycles, 6);
        expect(traced.busyCycles).toBeCloseTo(slow.busy, 6);
        expect(traced.split.ideal * laconic.lanes(configuration)).toBeCloseTo(slow.products, 6);
        const slack = 1 + 1e-9;
        expect(traced.busyCycles).toBeLessThanOrEqual(activePes * traced.cycles * slack);
        expect(analytical.busyCycles).toBeLessThanOrEqual(activePes * analytical.cycles * slack);
        const { ideal, imbalance, window, padding, frontEnd } = traced.split;
        expect(ideal + imbalance + window + padding + frontEnd).toBeCloseTo(traced.cycles, 6);
        for (const part of [ideal, imbalance, padding])
          expect(part).toBeGreaterThanOrEqual(-1e-9 * traced.cycles);
        expect([window, frontEnd]).toEqual([0, 0]);
        expect([traced.optimisticCycles, traced.pessimisticCycles]).toEqual([traced.cycles, traced.cycles]);
      }),
      { numRuns: 100 },
    );
  });

  it("never has more own cycles of its elements than they have time, where they are looked at for some vectors only", () => {
    // 128 filters of 1,024 weights: busy cycles come from 32 of 64 vectors, of which the others are zero.
    const layer = smallLayer({ filters: 128, channels: 1024 });
    const values = drawn(64 * 1024, 5).fill(0, 32 * 1024);
    const { traced, activePes } = run({ windows: 1 }, layer, { activations: { values, vectors: 64 } });
    expect(traced.busyCycles).toBeLessThanOrEqual(activePes * traced.cycles);
  });

  it("takes its cycles from the terms of both operands", () => {
    const layer = smallLayer({ channels: 64 });
    const { traced } = run({}, layer);
    expect(run({ activationZeros: 0.9 }, layer).traced.cycles).toBeLessThan(traced.cycles);
    const sparse = weightsOf(layer).map((weight) => (weight < 1 ? 0 : weight));
    expect(run({}, layer, { weights: sparse }).traced.cycles).toBeLessThan(traced.cycles);
  });

  it("reports a standard error of the size of the spread between seeds, also of groups that share activations", () => {
    const layer = smallLayer({ filters: 8, channels: 128, groups: 4, outputHeight: 4, outputWidth: 4 });
    const configuration = configurationWith({ activationVectors: 16, windows: 4 });
    const cycles: number[] = [];
    let reported = 0;
    for (let seed = 0; seed < 40; seed++) {
      const statistics = laconic.statisticsRule.compute(
        { layer, weights: weightsOf(layer) },
        laconic.statistics(configuration, seed, 1),
      );
      cycles.push(laconic.tracedCycles(configuration, layer, statistics).cycles);
      reported += (cycles[seed] * statistics.standardError) / 40;
    }
    const mean = cycles.reduce((sum, each) => sum + each, 0) / 40;
    const spread = Math.sqrt(cycles.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 39);
    expect(reported / spread).toBeGreaterThan(0.5);
    expect(reported / spread).toBeLessThan(2);
  });

  it("has 192 processing elements of 16 lanes as published", () => {
    expect(laconic.processingElements(configurationWith())).toBe(192);
    expect(laconic.lanes(configurationWith())).toBe(3072);
  });

  it("refuses activations that were not captured", () => {
    expect(() => run({ activations: "captured" }, smallLayer())).toThrow(ModelError);
  });

  it("reads its statistics back from shared memory", () => {
    const { statistics, request } = run({}, smallLayer());
    const rule = laconic.statisticsRule;
    const shape = rule.shape(smallLayer(), request, undefined);
    const memory = new ArrayBuffer(8 + rule.bytes(shape));
    rule.write(memory, 8, shape, statistics);
    expect(rule.read(memory, 8, shape)).toEqual(statistics);
  });
});

describe("the arithmetic", () => {
  it("is exact on random codes, whatever is recoded", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2, 4, 8, 16).chain((bits) => {
          const code = fc.integer({ min: 1 - 2 ** (bits - 1), max: 2 ** (bits - 1) - 1 });
          return fc.tuple(fc.constant(bits), fc.array(fc.tuple(code, code), { maxLength: 50 }));
        }),
        fc.constantFrom(...recodings),
        ([bits, codes], recoding) => {
          const configuration = configurationWith({ precision: `fixed${bits}`, recoding });
          const weights = Int32Array.from(codes, ([weight]) => weight);
          const activations = Int32Array.from(codes, ([, activation]) => activation);
          const exact = codes.reduce((sum, [weight, activation]) => sum + weight * activation, 0);
          expect(laconic.dotProduct(configuration, weights, activations) + 0).toBe(exact + 0);
        },
      ),
    );
  });
});

describe("the analytical model", () => {
  it("is exact for a step of one lane, where filter and window are single", () => {
    // Terms 0 … 2 of weights meet 0 … 2 of activations: max(1, product) is 1 four times in five of 1/9 each.
    const layer = smallLayer({ filters: 1, channels: 1, outputHeight: 1, outputWidth: 1 });
    const { statistics, configuration } = run({}, layer);
    const shares = (first: number, second: number, third: number): Float64Array => {
      const terms = new Float64Array(17);
      terms.set([first, second, third]);
      return terms;
    };
    const known = {
      ...statistics,
      weightTerms: shares(0.25, 0.5, 0.25),
      activationTerms: shares(0.5, 0, 0.5),
    };
    // Products: 0 with 0.5 + 0.5 · 0.25, 2 with 0.5 · 0.5, 4 with 0.5 · 0.25: 0.625 + 0.5 + 0.5.
    expect(laconic.analyticalCycles(configuration, layer, known).cycles).toBeCloseTo(1.625, 12);
  });

  it.each(recodings)("is within 1.5 % of drawn operands in windows: recoding %s", (recoding) => {
    const layer = smallLayer({ filters: 32, channels: 1024, outputHeight: 4, outputWidth: 8 });
    for (const precision of ["fixed16", "fixed8"]) {
      const { traced, analytical } = run({ precision, recoding, activationVectors: 32 }, layer);
      expect(Math.abs(analytical.cycles / traced.cycles - 1)).toBeLessThan(0.015);
      expect(Math.abs(analytical.busyCycles / traced.busyCycles - 1)).toBeLessThan(0.02);
    }
  });

  it("is within 7 % where steps wait for columns", () => {
    const layer = smallLayer({ filters: 48, channels: 1024, outputHeight: 1, outputWidth: 1 });
    for (const precision of ["fixed16", "fixed8"]) {
      for (const windows of [1, 4, 16]) {
        const { traced, analytical } = run({ precision, windows, activationVectors: 4 }, layer);
        expect(Math.abs(analytical.cycles / traced.cycles - 1)).toBeLessThan(0.07);
      }
    }
  });

  it("has the pace of staggered columns between that of columns that never wait and that of turns that do", () => {
    // Steps of 8 cycles on 4 columns: 2 cycles a step, and the last takes 8.
    expect(staggeredPace(4, 101, [0, 0, 0, 0, 0, 0, 0, 0, 1])).toBe(208);
    // Steps of 2 or 14 on 16 columns seldom wait.
    const shares = Float64Array.from({ length: 15 }, (_, cycles) =>
      cycles === 2 || cycles === 14 ? 0.5 : 0,
    );
    expect(staggeredPace(16, 101, shares)).toBeCloseTo(108, 9);
  });
});
