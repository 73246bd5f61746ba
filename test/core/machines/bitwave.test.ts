import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flipBits } from "../../../core/machines/bitwave/bit-flip.ts";
import { bitwave } from "../../../core/machines/bitwave/bitwave.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { brokenContract, exactWeights, normalWeights, runWeights } from "./integer-layer.ts";
import { smallLayer } from "./small-layer.ts";

const unrollings = ["8x32x16", "16x32x8", "32x32x4", "128x8x1", "16x64x1", "32x32x1", "16x1x16"];

const run = (changes: Configuration, layer: LayerShape, weights: Float32Array) =>
  runWeights(bitwave, changes, layer, weights);

const code = fc.integer({ min: -127, max: 127 });

/** Columns of a group that are not zero, by the digits of the texts. */
const columnsOf = (codes: readonly number[]): number => {
  const texts = codes.map((each) => Math.abs(each).toString(2).padStart(7, "0"));
  return [...Array(7).keys()].filter((column) => texts.some((text) => text[column] === "1")).length;
};

/** Bit flips from all magnitudes that the columns of the group allow, once it is decided which are to be zero. */
const slowFlip = (group: readonly number[], columns: number): number[] => {
  const zero = [...Array(7).keys()].map((column) => group.every((each) => !((Math.abs(each) >> column) & 1)));
  // The lowest columns are pruned until, with those above that are zero already, there are enough.
  let low = columns;
  while (low > 0 && low - 1 + zero.slice(low - 1).filter(Boolean).length >= columns) low--;
  const fixedFrom = zero.findIndex((each, column) => each && column >= low);
  const from = low === 0 ? 0 : fixedFrom < 0 ? 7 : fixedFrom;
  return group.map((each) => {
    const magnitude = Math.abs(each);
    const allowed: number[] = [];
    for (let other = 0; other < 128; other += 2 ** low) {
      if (other >> from === magnitude >> from) allowed.push(other);
    }
    const distances = allowed.map((other) => Math.abs(other - magnitude));
    return Math.sign(each) * allowed[distances.indexOf(Math.min(...distances))];
  });
};

describe("bit flips", () => {
  it("round to what the columns allow", () => {
    // Columns 0 … 6 of 93 = 1011101 and 65 = 1000001: column 5 and, of the lower, only 1 are zero in both.
    const group = Int32Array.of(93, -65);
    // Two are zero already.
    flipBits(group, 2);
    expect([...group]).toEqual([93, -65]);
    // With a third, column 0: column 1 is the lowest that is zero, and 93 and 65 have nowhere below it to go but down.
    flipBits(group, 3);
    expect([...group]).toEqual([92, -64]);
    // A fourth takes columns 0 … 2 beside column 5: 92 = 64 + 28 lies between 64 + 24 and the 64 + 32 that column 5 forbids.
    flipBits(group, 4);
    expect([...group]).toEqual([88, -64]);
  });

  it("round to the nearest, ties to the smaller, and do not leave seven bits", () => {
    const group = Int32Array.of(127, 6, -10, 5, 3, -1);
    flipBits(group, 2);
    expect([...group]).toEqual([124, 4, -8, 4, 4, 0]);
  });

  it("are those of a search among all magnitudes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 }),
        fc.array(code, { minLength: 1, maxLength: 16 }),
        fc.integer({ min: 0, max: 6 }),
        (kept, codes, columns) => {
          // Groups in which columns are zero by chance are rare: keep some only.
          const mask = kept.reduce((bits, column) => bits | (1 << column), 0);
          const group = Int32Array.from(codes, (each) => Math.sign(each) * (Math.abs(each) & mask));
          const expected = slowFlip([...group], columns);
          flipBits(group, columns);
          expect([...group].map((each) => each + 0)).toEqual(expected.map((each) => each + 0));
          expect(columnsOf([...group])).toBeLessThanOrEqual(7 - columns);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The rule, step by step. */
const slowCycles = (
  layer: LayerShape,
  weights: Float32Array,
  [group, columns, atOnce]: readonly number[],
  flipped: number,
  batch: number,
) => {
  const { codes } = quantize(weights, layer.filters, parseFormat("fixed8"), "per-channel");
  const { positions, repeats } = batched(layer, batch);
  const length = reductionLength(layer);
  const filters = layer.filters / layer.groups;
  let cycles = 0;
  let busy = 0;
  for (let convolutionGroup = 0; convolutionGroup < layer.groups; convolutionGroup++) {
    for (let set = 0; set < filters; set += columns) {
      for (let first = 0; first < length; first += group) {
        const here = Math.min(group, length - first);
        const own: number[] = [];
        for (let filter = set; filter < Math.min(set + columns, filters); filter++) {
          const start = (convolutionGroup * filters + filter) * length + first;
          own.push(Math.max(1, columnsOf(slowFlip([...codes.slice(start, start + here)], flipped))));
        }
        for (let position = 0; position < positions; position += atOnce) {
          cycles += Math.max(...own);
          for (const each of own) busy += each * Math.ceil(here / 8) * Math.min(atOnce, positions - position);
        }
      }
    }
  }
  return { cycles: repeats * cycles, busyCycles: repeats * busy };
};

describe("cycles", () => {
  it("are the columns that are not zero, of the filter that has most", () => {
    // Ten weights are a group of eight and one of two. Filter 0: 127 has all seven columns, 3 and 1 have two;
    // filter 1: 127 alone has seven, 64 has one; filter 2: seven, and at least one for zeros.
    const layer = smallLayer({ filters: 3, channels: 10 });
    const row = (first: number, second: number): number[] => [127, 0, 0, 0, 0, 0, 0, 0, first, second];
    const weights = Float32Array.from([...row(3, -1), ...row(64, 0), ...row(0, 0)]);
    const { traced, activePes, statistics } = run({ spatialUnrolling: "8x32x16" }, layer, weights);
    expect(traced).toMatchObject({
      cycles: 7 + 2,
      busyCycles: 4 * (7 + 2 + 7 + 1 + 7 + 1),
      optimisticCycles: 7 + 2,
      pessimisticCycles: 7 + 2,
    });
    // Three filters at four positions, a processing element of eight weights each.
    expect(activePes).toBe(12);
    expect(statistics.essentialBits[0]).toBe(3 * 7 + 3 + 1);
    expect(traced.split.ideal).toBeCloseTo((25 * 4) / 4096, 12);
    // Twelve of 512 elements have a weight in every lane for seven cycles, and in two of eight for two.
    expect(traced.split.padding).toBeCloseTo(9 - ((7 + 2 / 4) * 12) / 512, 12);
  });

  it("need no more processing elements than hold the weights of a group", () => {
    const active = (channels: number): number =>
      bitwave.activePes(
        configurationOf(bitwave.parameters, { spatialUnrolling: "32x32x4" }),
        smallLayer({ channels }),
      );
    // Three filters at four positions, each with ⌈9 / 8⌉, or with all four.
    expect([active(9), active(32), active(33)]).toEqual([24, 48, 48]);
  });

  it("are those of the slow rule, within the contract, for layers of all kinds", () => {
    fc.assert(
      fc.property(
        arbitraryLayer(3),
        fc.array(code, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(...unrollings),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        (layer, codes, spatialUnrolling, bitFlip, batch, arrays) => {
          const weights = exactWeights(layer, codes);
          const found = run({ spatialUnrolling, bitFlip, batch, arrays }, layer, weights);
          const [group, columns, positions] = spatialUnrolling.split("x").map(Number);
          const flipped = layer.kind === "matmul" ? 0 : bitFlip;
          const slow = slowCycles(layer, weights, [group, columns, positions * arrays], flipped, batch);
          expect(found.traced).toMatchObject(slow);
          expect(brokenContract(found)).toEqual([]);
          expect(found.activePes).toBeLessThanOrEqual(bitwave.processingElements(found.configuration));
        },
      ),
      { numRuns: 25 },
    );
  });

  it("are by default those of the unrolling with the fewest steps, of several with the smallest group", () => {
    const best = (changes: Partial<LayerShape>, expected: string, others: Configuration = {}): void => {
      const layer = smallLayer(changes);
      const weights = normalWeights(layer, 1);
      const { traced, configuration } = run(others, layer, weights);
      const alone = { ...configuration, spatialUnrolling: expected };
      expect(traced).toEqual(run({ ...others, spatialUnrolling: expected }, layer, weights).traced);
      for (const member of ["activePes", "bufferTraffic", "leastBuffers"] as const) {
        expect(bitwave[member](configuration, layer)).toEqual(bitwave[member](alone, layer));
      }
    };
    // 16 · 16 positions: 8 · 4 · 16, 8 · 2 · 32 and 8 · 1 · 64 steps are as many; so the group of eight.
    best({ filters: 64, channels: 128, outputHeight: 16, outputWidth: 16 }, "8x32x16");
    // One position: 128x8x1 takes 4 · 8 steps, 16x64x1 32 · 1, 32x32x1 16 · 2: the smallest group of these.
    best({ filters: 64, channels: 512, outputHeight: 1, outputWidth: 1 }, "16x64x1");
    // Eight filters leave most of the others empty: 4 steps instead of 16 or more.
    best({ filters: 8, channels: 512, outputHeight: 1, outputWidth: 1 }, "128x8x1");
    // 49 positions: 4 · 16 steps of 8x32x16, 7 · 8 of 16x32x8, 13 · 4 of 32x32x4.
    best({ filters: 32, channels: 128, outputHeight: 7, outputWidth: 7 }, "32x32x4");
    // A batch makes positions: 16 of them.
    best({ filters: 32, channels: 128, outputHeight: 1, outputWidth: 1 }, "8x32x16", { batch: 16 });
  });
});

describe("the analytical model", () => {
  // Measured: at most 1.3 % on these. Where large weights gather in few groups it overstates: 29 % on a layer of vad-web.
  it.each([
    ["8x32x16", 0],
    ["16x1x16", 0],
    ["16x1x16", 2],
    ["128x8x1", 4],
  ])("is within 2 percent of the traced one: %s, %i columns flipped", (spatialUnrolling, bitFlip) => {
    const layer = smallLayer({ filters: 64, channels: 500 });
    const { traced, analytical } = run({ spatialUnrolling, bitFlip }, layer, normalWeights(layer, 3));
    expect(Math.abs(analytical.cycles / traced.cycles - 1)).toBeLessThan(0.02);
    expect(Math.abs(analytical.busyCycles / traced.busyCycles - 1)).toBeLessThan(0.02);
  });

  it("knows how full the columns are, which a blind one does not", () => {
    const layer = smallLayer({ filters: 64, channels: 512 });
    // Heavy tails: the largest weight leaves the upper columns of most groups zero.
    const weights = normalWeights(layer, 6).map((weight) => weight ** 3);
    const { configuration, statistics, traced, analytical } = run(
      { spatialUnrolling: "16x1x16" },
      layer,
      weights,
    );
    const error = (cycles: number): number => Math.abs(cycles / traced.cycles - 1);
    expect(error(analytical.cycles)).toBeLessThan(0.02);
    const blind = bitwave.dataBlind?.(statistics) ?? statistics;
    expect(error(bitwave.analyticalCycles(configuration, layer, blind).cycles)).toBeGreaterThan(0.1);
  });
});

describe("arithmetic", () => {
  const dot = (changes: Configuration, weights: readonly number[], activations: readonly number[]): number =>
    bitwave.dotProduct(
      configurationOf(bitwave.parameters, changes),
      Int32Array.from(weights),
      Int32Array.from(activations),
    );
  const product = (weights: readonly number[], activations: readonly number[]): number =>
    weights.reduce((sum, weight, index) => sum + weight * activations[index], 0);

  it("is exact without flipped bits, and with them that of the flipped weights", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(code, code), { maxLength: 50 }),
        fc.constantFrom(...unrollings, "best"),
        fc.integer({ min: 0, max: 6 }),
        (pairs, spatialUnrolling, bitFlip) => {
          const [weights, activations] = [0, 1].map((side) => pairs.map((pair) => pair[side]));
          expect(dot({ spatialUnrolling }, weights, activations)).toBe(product(weights, activations));
          const size = spatialUnrolling === "best" ? 8 : Number(spatialUnrolling.split("x")[0]);
          const flipped = weights.flatMap((_, index) =>
            index % size === 0 ? slowFlip(weights.slice(index, index + size), bitFlip) : [],
          );
          expect(dot({ spatialUnrolling, bitFlip }, weights, activations)).toBe(
            product(flipped, activations),
          );
        },
      ),
    );
  });

  it("loses what flipped bits lose, but no weight of a product of two activations changes", () => {
    const layer = smallLayer({ filters: 2, channels: 20 });
    const weights = normalWeights(layer, 9);
    const { codes, scales, noisePower } = quantize(weights, 2, parseFormat("fixed8"), "per-channel");
    const changes = { spatialUnrolling: "8x32x16", bitFlip: 4 };
    let noise = 0;
    for (let filter = 0; filter < 2; filter++) {
      for (let first = 0; first < 20; first += 8) {
        const start = filter * 20 + first;
        slowFlip([...codes.slice(start, Math.min(start + 8, filter * 20 + 20))], 4).forEach((each, index) => {
          noise += (weights[start + index] - each * scales[filter]) ** 2;
        });
      }
    }
    expect(run(changes, layer, weights).statistics.noisePower).toBeCloseTo(noise, 12);
    expect(noise).toBeGreaterThan(5 * noisePower);
    const attention = run(changes, { ...layer, kind: "matmul" }, weights);
    expect(attention.statistics.noisePower).toBeCloseTo(noisePower, 12);
    expect(attention.traced).toEqual(run({ ...changes, bitFlip: 0 }, layer, weights).traced);
    expect(bitwave.caveats(attention.configuration)[0]).toContain("bitFlip 4 changes weights");
  });
});

it("keeps its statistics in memory", () => {
  const layer = smallLayer();
  const { statistics } = run({}, layer, normalWeights(layer, 1));
  const rule = bitwave.statisticsRule;
  const memory = new ArrayBuffer(8 + rule.bytes(null));
  rule.write(memory, 8, null, statistics);
  expect(rule.read(memory, 8, null)).toEqual(statistics);
});

it("costs what the BBS authors' processing element does, or a 512th of the chip", () => {
  const configuration = configurationOf(bitwave.parameters);
  const [element] = bitwave.components(configuration, configuredTechnology);
  expect(element.area_mm2).toBeCloseTo(702.4e-6, 12);
  expect(element.leakage_W + element.dynamicCycle_J * 0.8e9).toBeCloseTo(1.5 * 0.49e-3, 12);
  const chip = { ...configuration, costSource: "published", node: 16 };
  const [share] = bitwave.components(chip, configuredTechnology);
  expect(share.area_mm2 * bitwave.processingElements(chip)).toBeCloseTo(1.138, 12);
  expect(512 * (share.leakage_W + share.dynamicCycle_J * 0.25e9)).toBeCloseTo(17.56e-3, 12);
});
