import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { bankOf } from "../../../core/machines/scnn/banks.ts";
import { convolutionWork, evenSample, mostPairs } from "../../../core/machines/scnn/convolution-work.ts";
import { expectedPairCycles } from "../../../core/machines/scnn/expected-pairs.ts";
import { expectedVectors } from "../../../core/machines/scnn/expected-vectors.ts";
import { filtersOfGroup } from "../../../core/machines/scnn/filter-groups.ts";
import { haloCycles } from "../../../core/machines/scnn/halo.ts";
import type { LayerWork } from "../../../core/machines/scnn/layer-work.ts";
import { type DrawnInputs, drawError, markNonZero } from "../../../core/machines/scnn/nonzero-inputs.ts";
import { normalMaximum } from "../../../core/machines/scnn/normal-maximum.ts";
import {
  emptyQueues,
  emptyVectors,
  fillQueues,
  fillVectors,
  inputPlaces,
  tapsOfPhases,
} from "../../../core/machines/scnn/phase-queues.ts";
import { productCycles } from "../../../core/machines/scnn/product-cycles.ts";
import { scnn } from "../../../core/machines/scnn/scnn.ts";
import { expectedSlowest } from "../../../core/machines/scnn/slowest-tile.ts";
import { tiledPlane } from "../../../core/machines/scnn/tiles.ts";
import { workOf } from "../../../core/machines/scnn/work-rule.ts";
import { uniformStream } from "../../../core/random.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import { smallLayer } from "./small-layer.ts";

const published = { height: 8, width: 8 };
const configurationWith = (changes: Configuration = {}): Configuration =>
  configurationOf(scnn.parameters, changes);

/** The work of a layer, product by product. */
const wholeWork = (walk: Parameters<typeof convolutionWork>[0]): LayerWork =>
  convolutionWork(walk, mostPairs);

/** A square convolution with the padding that is usual for its kernel. */
const square = (
  size: number,
  kernel: number,
  channels: number,
  filters: number,
  changes: Partial<LayerShape> = {},
): LayerShape => {
  const { strideHeight: stride = 1, dilationHeight: dilation = 1, groups = 1 } = changes;
  const padding = changes.paddingTop ?? (dilation * (kernel - 1)) >> 1;
  const output = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return smallLayer({
    channels,
    filters,
    groups,
    inputHeight: size,
    inputWidth: size,
    outputHeight: output,
    outputWidth: output,
    kernelHeight: kernel,
    kernelWidth: kernel,
    paddingTop: padding,
    strideWidth: stride,
    dilationWidth: dilation,
    ...changes,
  });
};

/** Weights of a layer, each non-zero with the density. */
const weightsOf = (layer: LayerShape, density: number, seed = 1): Float32Array => {
  const uniform = uniformStream(seed, 77);
  const count = (layer.filters * layer.kernelHeight * layer.kernelWidth * layer.channels) / layer.groups;
  return Float32Array.from({ length: count }, () =>
    uniform() < density ? 1 - 2 * Math.round(uniform()) : 0,
  );
};

const run = (layer: LayerShape, weights: Float32Array, changes: Configuration = {}, seed = 3) => {
  const configuration = configurationWith(changes);
  const statistics = scnn.statisticsRule.compute({ layer, weights }, scnn.statistics(configuration, seed, 5));
  return {
    configuration,
    statistics,
    traced: scnn.tracedCycles(configuration, layer, statistics),
    analytical: scnn.analyticalCycles(configuration, layer, statistics),
    activePes: scnn.activePes(configuration, layer),
  };
};

/** Every product by itself, in the words of the rule. */
const plainWork = (
  layer: LayerShape,
  codes: Int32Array,
  inputs: DrawnInputs,
  kc: number,
  array: { height: number; width: number },
): Omit<LayerWork, "standardError"> => {
  const { filters, channels, groups, inputHeight, inputWidth, kernelHeight, kernelWidth } = layer;
  const { outputHeight, outputWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = layer;
  const { paddingTop } = layer;
  const paddingLeft = paddingTop;
  const tileHeight = Math.ceil(inputHeight / array.height);
  const tileWidth = Math.ceil(inputWidth / array.width);
  const elements = array.height * array.width;
  const total = new Array<number>(elements).fill(0);
  let groupBarrier = 0;
  let channelBarrier = 0;
  let vectorPairs = 0;
  let products = 0;
  for (let group = 0; group < groups; group++) {
    const last = ((group + 1) * filters) / groups;
    for (let first = (group * filters) / groups; first < last; first += kc) {
      const sums = new Array<number>(elements).fill(0);
      for (let c = 0; c < channels / groups; c++) {
        const marks = new Uint8Array(inputHeight * inputWidth);
        markNonZero(marks, inputs, (group * channels) / groups + c);
        const ofChannel = new Array<number>(elements).fill(0);
        for (let element = 0; element < elements; element++) {
          const top = Math.floor(element / array.width) * tileHeight;
          const left = (element % array.width) * tileWidth;
          for (let phaseY = 0; phaseY < strideHeight; phaseY++) {
            for (let phaseX = 0; phaseX < strideWidth; phaseX++) {
              const activations: { x: number; y: number }[] = [];
              for (let y = top; y < Math.min(top + tileHeight, inputHeight); y++) {
                for (let x = left; x < Math.min(left + tileWidth, inputWidth); x++) {
                  const isOfPhase =
                    (y + paddingTop) % strideHeight === phaseY && (x + paddingLeft) % strideWidth === phaseX;
                  if (isOfPhase && marks[y * inputWidth + x] !== 0) activations.push({ x, y });
                }
              }
              const weights: { k: number; r: number; s: number }[] = [];
              for (let r = 0; r < kernelHeight; r++) {
                for (let s = 0; s < kernelWidth; s++) {
                  const isOfPhase =
                    (r * dilationHeight) % strideHeight === phaseY &&
                    (s * dilationWidth) % strideWidth === phaseX;
                  for (let k = first; k < Math.min(first + kc, last); k++) {
                    const code = codes[((k * kernelHeight + r) * kernelWidth + s) * (channels / groups) + c];
                    if (isOfPhase && code !== 0) weights.push({ k, r, s });
                  }
                }
              }
              for (let a = 0; a < activations.length; a += 4) {
                for (let w = 0; w < weights.length; w += 4) {
                  const hits = new Map<number, number>();
                  for (const { x, y } of activations.slice(a, a + 4)) {
                    for (const { k, r, s } of weights.slice(w, w + 4)) {
                      const q = (x + paddingLeft - s * dilationWidth) / strideWidth;
                      const p = (y + paddingTop - r * dilationHeight) / strideHeight;
                      if (!Number.isInteger(p) || !Number.isInteger(q)) throw new Error("wrong phase");
                      if (p < 0 || p >= outputHeight || q < 0 || q >= outputWidth) continue;
                      const high = ((k & 4) << 2) ^ ((q & 2) << 3) ^ ((p & 2) << 3);
                      const bank = (high + ((q & 1) << 3) + ((p & 1) << 2) + (k & 3)) % 32;
                      hits.set(bank, (hits.get(bank) ?? 0) + 1);
                      products++;
                    }
                  }
                  ofChannel[element] += Math.max(1, ...hits.values());
                  vectorPairs++;
                }
              }
            }
          }
          sums[element] += ofChannel[element];
          total[element] += ofChannel[element];
        }
        channelBarrier += Math.max(...ofChannel);
      }
      groupBarrier += Math.max(...sums);
    }
  }
  const busy = total.reduce((sum, own) => sum + own, 0);
  return { independent: Math.max(...total), groupBarrier, channelBarrier, busy, vectorPairs, products };
};

describe("hand-worked tiles", () => {
  it("multiplies every non-zero input of a tile with every non-zero weight, 4 × 4 a cycle", () => {
    // A 4 × 2 plane on 2 × 1 elements: tiles of 2 × 2 inputs. 1 channel, 6 filters, kernel 1 × 1, no zeros: an input
    // vector of 4 and weight vectors of 4 and 2, so 2 pairs. Outputs (0,0) (1,0) (0,1) (1,1) differ in bits 2 and 3 of
    // the bank, filters 0 … 3 in bits 0 and 1, filters 4, 5 as 0, 1 and bit 4: no bank is hit twice. 2 cycles.
    const layer = smallLayer({ filters: 6, channels: 1, inputHeight: 4, inputWidth: 2, outputHeight: 4 });
    const array = { arrayHeight: 2, arrayWidth: 1 };
    const { traced, activePes, statistics } = run(layer, new Float32Array(6).fill(1), array);
    expect(traced.cycles).toBe(2);
    expect(traced.busyCycles).toBe(4);
    expect(activePes).toBe(2);
    // 8 inputs · 6 filters on 32 multipliers; the incomplete weight vector is padding.
    expect(traced.split).toEqual({ ideal: 1.5, imbalance: 0, window: 0, padding: 0.5, frontEnd: 0 });
    expect(workOf(statistics).products).toBe(48);
  });

  it("waits for the bank that is hit most", () => {
    // A 1 × 16 plane on one element, 1 filter, kernel 1 × 1, inputs 0, 4, 8, 12 non-zero: columns that agree modulo 4
    // have one bank, so 4 cycles for the one pair. Inputs 0 … 3: four banks, 1 cycle.
    const layer = smallLayer({
      filters: 1,
      channels: 1,
      inputHeight: 1,
      inputWidth: 16,
      outputHeight: 1,
      outputWidth: 16,
    });
    const banksOf = (columns: readonly number[]): number[] => columns.map((x) => bankOf(0, x, 0));
    expect(new Set(banksOf([0, 4, 8, 12])).size).toBe(1);
    expect(banksOf([0, 1, 2, 3])).toEqual([0, 8, 16, 24]);
    // All 16 inputs: four vectors of neighbours, 4 cycles.
    expect(run(layer, Float32Array.of(1), { arrayHeight: 1, arrayWidth: 1 }).traced.cycles).toBe(4);
    // Kernel 1 × 4 to the right of the input: products of input x and tap s fall on column x − s, filter 0 alone. Inputs
    // 0 … 3 and taps 0 … 3: columns −3 … 3, of which 0 is hit 4 times, 1 three times. Inputs 4 … 7: column 4 is hit 4
    // times, and columns 1 and 5, of one bank, 1 + 3 times. So do the others: 4 · 4 cycles, if outputs go up to 15.
    const wide = { ...layer, kernelWidth: 4 };
    expect(run(wide, new Float32Array(4).fill(1), { arrayHeight: 1, arrayWidth: 1 }).traced.cycles).toBe(16);
  });

  it("meets weights and inputs of one stride phase only", () => {
    // 4 × 4 inputs, kernel 3 × 3, stride 2, padding 1, one element, one filter, 2 × 2 outputs. Of row (or column) phases:
    // taps 0 and 2 meet inputs with y + 1 even, rows 1 and 3; tap 1 meets rows 0 and 2. Phases (even, even): 4 inputs, 4
    // taps, 1 pair; (even, odd) and (odd, even): 4 inputs, 2 taps, 1 pair each; (odd, odd): 4 inputs, 1 tap, 1 pair.
    const layer = square(4, 3, 1, 1, { strideHeight: 2 });
    expect(layer.outputHeight).toBe(2);
    const { statistics, traced } = run(layer, new Float32Array(9).fill(1), { arrayHeight: 1, arrayWidth: 1 });
    expect(workOf(statistics).vectorPairs).toBe(4);
    // Outputs (0|1, 0|1) have 4 banks. Even phase: row 1 with tap 0 → output 1, tap 2 → output 0; row 3 with tap 0 → 2,
    // outside, tap 2 → 1. So (rows) outputs 1, 0, 1 and likewise columns: output (1, 1) is hit 2 · 2 = 4 times. Mixed
    // phases: (1, ·) is hit twice, the other axis once: 2. Odd: 1. 4 + 2 + 2 + 1 cycles.
    expect(traced.cycles).toBe(9);
    // 9 + 6 + 6 + 4 products lie inside.
    expect(workOf(statistics).products).toBe(25);
  });

  it("groups filters by room in the accumulators, and exchanges halos after every group", () => {
    // 56 × 56: tiles of 7 × 7 outputs, ⌊1024 / 49⌋ = 20 filters; 224 × 224: 28 · 28 outputs, 1 filter.
    const groupOf = (layer: LayerShape, kcMax: number): number =>
      filtersOfGroup(layer, tiledPlane(layer, published), kcMax);
    expect(groupOf(square(56, 3, 4, 64), 1024)).toBe(20);
    expect(groupOf(square(56, 3, 4, 64), 8)).toBe(8);
    expect(groupOf(square(56, 3, 4, 5), 8)).toBe(5);
    expect(groupOf(square(224, 3, 4, 64), 8)).toBe(1);
    expect(groupOf(square(448, 3, 4, 64), 8)).toBe(1);
    expect(groupOf(square(56, 3, 64, 64, { groups: 64 }), 8)).toBe(1);
    const haloOf = (layer: LayerShape, array = published): number => haloCycles(tiledPlane(layer, array));
    // Kernel 3, padding 1: one row or column on each side; the longest side of the tile, 7.
    expect(haloOf(square(56, 3, 4, 64))).toBe(7);
    expect(haloOf(square(56, 1, 4, 64))).toBe(0);
    // Without padding both rows lie before the tile: 2 · 7.
    expect(haloOf(square(56, 3, 4, 64, { paddingTop: 0 }))).toBe(14);
    // Kernel 7, stride 2, padding 3: ⌈3 / 2⌉ rows of ⌈28 / 2⌉.
    expect(haloOf(square(224, 7, 3, 64, { strideHeight: 2 }))).toBe(28);
    // Dilation 2: 2 rows on each side. Corners of 2 · 2 are larger than sides of 2 · 1.
    expect(haloOf(square(8, 3, 4, 64, { dilationHeight: 2 }))).toBe(4);
    // One element has no neighbours; a column of them only above and below, 56 wide.
    expect(haloOf(square(56, 3, 4, 64), { height: 1, width: 1 })).toBe(0);
    expect(haloOf(square(56, 3, 4, 64), { height: 8, width: 1 })).toBe(56);
    // In the cycles: one kernel row less would be none. 56 × 56, 1 channel, 8 filters: 13 input vectors · 18 weight
    // vectors, no bank hit twice, and 7 · 8 for the halo.
    const layer = square(56, 3, 1, 8);
    const { traced } = run(layer, weightsOf(layer, 1));
    expect(traced.cycles).toBe(13 * 18 + 56);
    expect(traced.split.frontEnd).toBe(56);
  });

  it("runs fully connected layers at a quarter of its multipliers", () => {
    // 256 inputs · 100 filters at 256 products a cycle.
    const layer = smallLayer({
      kind: "linear",
      filters: 100,
      channels: 256,
      inputHeight: 1,
      inputWidth: 1,
      outputHeight: 1,
      outputWidth: 1,
    });
    const weights = new Float32Array(25_600).fill(1);
    const cyclesOf = (own: LayerShape, values = weights, changes: Configuration = {}): number =>
      run(own, values, changes).traced.cycles;
    expect(cyclesOf(layer)).toBe(100);
    expect(run(layer, weights).traced.split.ideal).toBe(25);
    expect(run(layer, weights).analytical).toEqual({ cycles: 100, busyCycles: 6400 });
    expect(cyclesOf(layer, weights, { batch: 3 })).toBe(300);
    expect(cyclesOf({ ...layer, inputHeight: 5, outputHeight: 5 })).toBe(500);
    // A 1 × 1 kernel over one position is the same; every other convolution has a plane.
    expect(cyclesOf({ ...layer, kind: "convolution" })).toBe(100);
    expect(cyclesOf({ ...layer, kind: "convolution", inputHeight: 5, outputHeight: 5 })).toBe(256 * 25);
    // Each of 4 heads: 64 · 25 products a vector, 6.25 cycles.
    const heads = { ...layer, kind: "matmul" as const, groups: 4 };
    expect(cyclesOf(heads, weights.subarray(0, 6400))).toBe(4 * 7);
    expect(cyclesOf(heads, weights.subarray(0, 6400), { batch: 2 })).toBe(2 * 4 * 7);
    const half = weights.map((_, index) => index % 2);
    expect(cyclesOf(layer, half)).toBe(50);
    // A third of the inputs is zero, and what they would multiply is left out, whole channels at a time.
    const inputs = { activationZeros: 0.3, seed: 3, stream: 5 };
    const mark = new Uint8Array(1);
    let products = 0;
    for (let channel = 0; channel < 256; channel++) {
      markNonZero(mark, inputs, channel);
      products += 100 * mark[0];
    }
    expect(cyclesOf(layer, weights, { activationZeros: 0.3 })).toBe(Math.ceil(products / 256));
  });

  it("has the dense twin in closed form", () => {
    // 28 × 28, tiles of 4 × 4 outputs: 16 · 96 filters · 9 · ⌈40 / 16⌉.
    const layer = square(28, 3, 40, 96);
    const { traced, analytical, activePes } = run(layer, weightsOf(layer, 0.1), { zeroSkipping: "off" });
    expect(traced.cycles).toBe(16 * 96 * 9 * 3);
    expect(analytical).toEqual({ cycles: traced.cycles, busyCycles: traced.busyCycles });
    expect(activePes).toBe(49);
    expect(traced.busyCycles).toBe(28 * 28 * 96 * 9 * 3);
    const linear = smallLayer({
      kind: "linear",
      filters: 100,
      channels: 40,
      inputWidth: 1,
      outputWidth: 1,
    });
    // 2 vectors, 100 filters on 64 elements, 3 steps.
    const dense = run(linear, weightsOf(linear, 1), { zeroSkipping: "off", batch: 2 });
    expect(dense.traced.cycles).toBe(2 * 2 * 2 * 3);
    expect(dense.analytical).toEqual({ cycles: 24, busyCycles: dense.traced.busyCycles });
    expect(dense.statistics.work.every((value) => value === 0)).toBe(true);
  });

  it("finds the columns of zeros on the left", () => {
    const leftOf = (layer: LayerShape): number => tiledPlane(layer, published).horizontal.before;
    // 7 × 7 with stride 2 and 3 zeros all around reads 2 of the 3 columns on the right.
    expect(leftOf(square(224, 7, 3, 64, { strideHeight: 2 }))).toBe(3);
    // The same kernel over a plane of another width.
    const wide = { ...square(48, 3, 3, 8, { strideHeight: 2 }), inputWidth: 320, outputWidth: 160 };
    expect(leftOf(wide)).toBe(1);
    // 1 × 7 with 3 zeros on either side, none on top.
    const flat = { ...square(17, 7, 3, 8), kernelHeight: 1, paddingTop: 0 };
    expect(leftOf(flat)).toBe(3);
    // 2 columns with stride 3, whose padding the 3 rows with a zero on top say nothing of.
    const other = { ...square(8, 3, 3, 8), kernelWidth: 2, strideWidth: 3, outputWidth: 3 };
    expect(leftOf(other)).toBe(0);
    // 2 × 2 with a zero on the right and at the bottom only.
    expect(leftOf({ ...square(8, 2, 3, 8, { paddingTop: 0 }), outputHeight: 8, outputWidth: 8 })).toBe(0);
  });

  it("refuses volumes", () => {
    const depth = { input: 4, output: 4, kernel: 1, stride: 1, dilation: 1, before: 0 };
    const volume = { ...square(8, 3, 1, 1), depth };
    for (const zeroSkipping of ["on", "off"]) {
      expect(() => run(volume, new Float32Array(9), { zeroSkipping })).toThrow(
        new ModelError(
          "depth",
          "layer small: found a convolution with a depth; SCNN's tiles are of a plane, expected two axes",
        ),
      );
    }
  });
});

const layers = fc
  .record({
    height: fc.integer({ min: 1, max: 13 }),
    width: fc.integer({ min: 1, max: 13 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: 0, max: 2 }),
    groups: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 26 }),
  })
  .filter(({ height, width, kernel, dilation, padding }) => {
    const reach = dilation * (kernel - 1) + 1;
    return Math.min(height, width) + 2 * padding >= reach;
  })
  .map(({ height, width, kernel, stride, dilation, padding, groups, channels, filters }): LayerShape => {
    const output = (input: number): number =>
      Math.floor((input + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
    return smallLayer({
      groups,
      channels: channels * groups,
      filters: filters * groups,
      inputHeight: height,
      inputWidth: width,
      outputHeight: output(height),
      outputWidth: output(width),
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: stride,
      strideWidth: stride,
      dilationHeight: dilation,
      dilationWidth: dilation,
      paddingTop: padding,
    });
  });
const densities = fc.constantFrom(0, 0.1, 0.5, 0.9, 1);
const arrays = fc.record({ height: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 1, max: 4 }) });

describe("the walk over all products", () => {
  it("finds what every product by itself comes to", () => {
    fc.assert(
      fc.property(
        layers,
        densities,
        fc.constantFrom(0, 0.3, 0.8),
        arrays,
        fc.constantFrom(1, 3, 8, 13),
        fc.nat(99),
        (layer, density, activationZeros, array, kcMax, seed) => {
          const codes = Int32Array.from(weightsOf(layer, density, seed));
          const inputs = { activationZeros, seed, stream: 2 };
          const plane = tiledPlane(layer, array);
          const groupFilters = filtersOfGroup(layer, plane, kcMax);
          const { standardError, ...work } = wholeWork({ layer, plane, codes, inputs, groupFilters });
          expect(work).toEqual(plainWork(layer, codes, inputs, groupFilters, array));
          expect(standardError === 0).toBe(activationZeros === 0);
        },
      ),
      { numRuns: 120 },
    );
  });

  it("counts up to 16 hits of one bank", () => {
    // Columns 0, 4, 8, 12 of a row have one bank, and so have filters 3, 11, 19, 27; filters 3 to 27 are one group.
    const layer = smallLayer({
      filters: 28,
      channels: 1,
      inputHeight: 1,
      inputWidth: 13,
      outputHeight: 1,
      outputWidth: 13,
    });
    const plane = tiledPlane(layer, { height: 1, width: 1 });
    const places = inputPlaces(plane);
    const queues = emptyQueues(places);
    const vectors = emptyVectors(1, 25);
    for (let inputs = 1; inputs <= 4; inputs++) {
      for (let weights = 1; weights <= 4; weights++) {
        const marks = Uint8Array.from({ length: 13 }, (_, x) => Number(x % 4 === 0 && x < 4 * inputs));
        const codes = Int32Array.from({ length: 28 }, (_, k) => Number(k % 8 === 3 && k < 8 * weights));
        fillQueues(places, marks, queues);
        fillVectors(codes, tapsOfPhases(plane), 1, 0, 3, 25, vectors);
        const tally = { products: 0 };
        expect(productCycles(queues, 0, vectors, 0, 13, 1, tally)).toBe(inputs * weights);
        expect(tally.products).toBe(inputs * weights);
      }
    }
  });

  it("keeps its bounds and parts in order, and busy cycles below all cycles, for both barriers and a batch", () => {
    fc.assert(
      fc.property(
        layers,
        densities,
        fc.constantFrom(0, 0.5),
        fc.constantFrom("group", "channel"),
        fc.constantFrom("on", "off"),
        (layer, density, activationZeros, barrier, zeroSkipping) => {
          const changes = { activationZeros, barrier, zeroSkipping, batch: 3, arrayHeight: 3, arrayWidth: 2 };
          const { traced, analytical, activePes, statistics } = run(
            layer,
            weightsOf(layer, density),
            changes,
          );
          const { cycles, busyCycles, split, optimisticCycles, pessimisticCycles } = traced;
          const { independent, groupBarrier, channelBarrier } = workOf(statistics);
          if (zeroSkipping === "on") {
            const barriers = [
              independent,
              barrier === "group" ? groupBarrier : channelBarrier,
              channelBarrier,
            ];
            expect([optimisticCycles, cycles, pessimisticCycles]).toEqual(
              barriers.map((own) => 3 * (own + split.frontEnd / 3)),
            );
          }
          expect(optimisticCycles).toBeLessThanOrEqual(cycles);
          expect(cycles).toBeLessThanOrEqual(pessimisticCycles);
          expect(busyCycles).toBeLessThanOrEqual(activePes * optimisticCycles * (1 + 1e-12));
          expect(analytical.busyCycles).toBeLessThanOrEqual(activePes * analytical.cycles * (1 + 1e-9));
          const parts = Object.values(split);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(cycles, 6);
          for (const part of parts) expect(part).toBeGreaterThanOrEqual(-1e-9 * cycles);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("meets the exact cycles with a sample, within its standard error", () => {
    const layer = square(14, 3, 48, 40);
    const plane = tiledPlane(layer, published);
    const codes = Int32Array.from(weightsOf(layer, 0.6));
    const walk = {
      layer,
      plane,
      codes,
      inputs: { activationZeros: 0.4, seed: 1, stream: 1 },
      groupFilters: filtersOfGroup(layer, plane, 8),
    };
    const exact = wholeWork(walk);
    const sample = convolutionWork(walk, exact.vectorPairs / 4);
    expect(sample.vectorPairs).toBe(exact.vectorPairs);
    const error = Math.sqrt(sample.standardError ** 2 - exact.standardError ** 2);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.02);
    for (const part of ["independent", "groupBarrier", "channelBarrier", "busy", "products"] as const) {
      expect(Math.abs(sample[part] / exact[part] - 1)).toBeLessThan(3 * error);
    }
    expect(sample.independent).toBeLessThanOrEqual(sample.groupBarrier);
    expect(sample.groupBarrier).toBeLessThanOrEqual(sample.channelBarrier);
    // The least sample, and one of a layer without weights.
    expect(Math.abs(convolutionWork(walk, 1).busy / exact.busy - 1)).toBeLessThan(0.1);
    const nothing = convolutionWork({ ...walk, codes: codes.map(() => 0) }, 1);
    expect([nothing.groupBarrier, nothing.busy, nothing.products]).toEqual([0, 0, 0]);
  });

  it("samples evenly, as many items as it is told", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (items, number) => {
        const take = 1 + (number % items);
        const taken = evenSample(items, take);
        expect(taken.reduce((sum, own) => sum + own, 0)).toBe(take);
      }),
    );
  });
});

describe("drawn zeros", () => {
  it("are a function of seed, stream and channel, at their share", () => {
    const marks = new Uint8Array(20_000);
    const again = new Uint8Array(20_000);
    const draw = (into: Uint8Array, activationZeros: number, seed = 1, stream = 1, channel = 0): void =>
      markNonZero(into, { activationZeros, seed, stream }, channel);
    draw(marks, 0.3);
    expect(marks.reduce((sum, mark) => sum + mark, 0) / marks.length).toBeCloseTo(0.7, 1);
    draw(again, 0.3);
    expect(again).toEqual(marks);
    for (const [seed, stream, channel] of [
      [2, 1, 0],
      [1, 2, 0],
      [1, 1, 1],
    ]) {
      draw(again, 0.3, seed, stream, channel);
      expect(again).not.toEqual(marks);
    }
    draw(again, 0);
    expect(again.every((mark) => mark === 1)).toBe(true);
  });

  it("leave the standard error that other seeds show", () => {
    const layer = square(48, 1, 8, 8);
    const plane = tiledPlane(layer, published);
    const codes = Int32Array.from(weightsOf(layer, 1));
    const cycles = Array.from(
      { length: 80 },
      (_, seed) =>
        wholeWork({
          layer,
          plane,
          codes,
          inputs: { activationZeros: 0.5, seed, stream: 1 },
          groupFilters: 8,
        }).groupBarrier,
    );
    const mean = cycles.reduce((sum, own) => sum + own, 0) / cycles.length;
    const variance = cycles.reduce((sum, own) => sum + (own - mean) ** 2, 0) / (cycles.length - 1);
    const said = drawError(0.5, 36 * 8, 64);
    // Conflicts add to what inputs vary, and vectors of 4 hide some of it.
    expect(Math.sqrt(variance) / mean / said).toBeGreaterThan(0.5);
    expect(Math.sqrt(variance) / mean / said).toBeLessThan(1.7);
    expect(drawError(0, 10, 64)).toBe(0);
  });
});

describe("the model from densities", () => {
  it("knows the moments of vectors and maxima", () => {
    // 5 entries at ½: ⌈X/4⌉ is 0 with 1/32, 2 with 1/32, else 1.
    const { mean, variance } = expectedVectors(5, 0.5);
    expect(mean).toBeCloseTo(1, 12);
    expect(variance).toBeCloseTo(2 / 32, 12);
    expect(expectedVectors(9, 1)).toEqual({ mean: 3, variance: 0 });
    expect(expectedVectors(9, 0)).toEqual({ mean: 0, variance: 0 });
    // Where the exact sum ends, the approximation goes on.
    expect(expectedVectors(161, 0.5).mean - expectedVectors(160, 0.5).mean).toBeCloseTo(1 / 8, 3);
    expect(expectedVectors(161, 0.5).variance / expectedVectors(160, 0.5).variance).toBeCloseTo(1, 1);
    // Largest of 2 standard normal numbers: 1/√π, variance 1 − 1/π.
    expect(normalMaximum(2).mean).toBeCloseTo(1 / Math.sqrt(Math.PI), 4);
    expect(normalMaximum(2).deviation).toBeCloseTo(Math.sqrt(1 - 1 / Math.PI), 3);
    const alike = { tiles: 2, mean: 10, deviation: 3 };
    expect(expectedSlowest([alike])).toBeCloseTo(10 + 3 / Math.sqrt(Math.PI), 2);
    expect(expectedSlowest([alike, { tiles: 5, mean: 100, deviation: 0 }])).toBeCloseTo(100, 0);
    expect(expectedSlowest([{ tiles: 5, mean: 7, deviation: 0 }])).toBe(7);
  });

  it("expects the conflicts that the walk finds", () => {
    for (const [layer, density, zeros] of [
      [square(28, 3, 12, 16), 1, 0],
      [square(28, 3, 12, 16), 0.5, 0.5],
      [square(28, 1, 120, 16), 0.4, 0.2],
      [square(14, 5, 12, 16), 0.7, 0.6],
      [square(112, 7, 1, 4, { strideHeight: 2 }), 1, 0.5],
      [square(40, 3, 150, 150, { groups: 150 }), 0.6, 0.5],
    ] as const) {
      const plane = tiledPlane(layer, published);
      const groupFilters = filtersOfGroup(layer, plane, 8);
      const codes = Int32Array.from(weightsOf(layer, density));
      const inputs = { activationZeros: zeros, seed: 4, stream: 4 };
      const { busy, vectorPairs } = wholeWork({ layer, plane, codes, inputs, groupFilters });
      const expected = expectedPairCycles(plane, groupFilters, { weights: density, inputs: 1 - zeros });
      expect(Math.abs((expected * vectorPairs) / busy - 1)).toBeLessThan(0.04);
    }
  });

  it("is near the walk on random operands", () => {
    const errors: Record<string, number> = { group: 0, channel: 0 };
    for (const barrier of ["group", "channel"]) {
      for (const [size, kernel, channels, filters, stride, groups] of [
        [56, 3, 8, 8, 1, 1],
        [28, 3, 16, 24, 1, 1],
        [14, 1, 64, 32, 1, 1],
        [14, 5, 16, 16, 1, 1],
        [7, 3, 32, 16, 1, 1],
        [64, 7, 3, 8, 2, 1],
        [56, 3, 8, 8, 1, 8],
      ]) {
        const layer = square(size, kernel, channels, filters, { strideHeight: stride, groups });
        for (const [density, activationZeros] of [
          [1, 0],
          [1, 0.5],
          [0.5, 0.5],
        ]) {
          const weights = weightsOf(layer, density);
          const { traced, analytical } = run(layer, weights, { barrier, activationZeros });
          errors[barrier] = Math.max(errors[barrier], Math.abs(analytical.cycles / traced.cycles - 1));
          expect(Math.abs(analytical.busyCycles / traced.busyCycles - 1)).toBeLessThan(0.08);
        }
      }
    }

    expect(errors.group).toBeLessThan(0.1);
    expect(errors.channel).toBeLessThan(0.25);
  });

  it("knows nothing of the weights where it is blind", () => {
    const layer = square(28, 3, 8, 8);
    const { configuration, statistics, analytical } = run(layer, weightsOf(layer, 0.2), {
      activationZeros: 0.5,
    });
    const dense = run(layer, weightsOf(layer, 1), { activationZeros: 0.5 });
    const blind = scnn.dataBlind?.(statistics) ?? statistics;
    expect(scnn.analyticalCycles(configuration, layer, blind)).toEqual(dense.analytical);
    expect(analytical.cycles).toBeLessThan(dense.analytical.cycles / 2);
  });
});

describe("the machine", () => {
  it("computes dot products exactly", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -32767, max: 32767 }), fc.integer({ min: -32767, max: 32767 }))),
        (pairs) => {
          const weights = Int32Array.from(pairs, ([weight]) => weight);
          const activations = Int32Array.from(pairs, ([, activation]) => activation);
          const exact = pairs.reduce((sum, [a, b]) => sum + a * b, 0);
          // Adding 0 makes a negative zero positive.
          expect(scnn.dotProduct(configurationWith(), weights, activations) + 0).toBe(exact + 0);
        },
      ),
    );
  });

  it("moves weights once for an input, and non-zero activations once for every group of filters", () => {
    // 28 × 28, 16 channels, 20 filters in groups of 8, fixed16.
    const layer = square(28, 3, 16, 20);
    const traffic = (changes: Configuration) => scnn.bufferTraffic(configurationWith(changes), layer);
    expect(traffic({})).toEqual({
      weightReads: 20 * 9 * 16 * 2,
      weightRereads: 20 * 9 * 16 * 2,
      activationReads: 3 * 16 * 28 * 28 * 2,
      partialSumReads: 0,
      partialSumWrites: 0,
      outputWrites: 20 * 28 * 28 * 2,
    });
    expect(traffic({ activationZeros: 0.5 }).activationReads).toBe(1.5 * 16 * 28 * 28 * 2);
    expect(traffic({ batch: 2, kcMax: 20 }).activationReads).toBe(2 * 16 * 28 * 28 * 2);
    expect(traffic({ batch: 2 }).weightReads).toBe(2 * 20 * 9 * 16 * 2);
    expect(traffic({ batch: 2 }).weightRereads).toBe(0);
    const linear = smallLayer({ kind: "linear", inputWidth: 1, outputWidth: 1 });
    // 2 vectors of 20 inputs, 3 filters: every weight for each vector.
    const { weightReads, weightRereads, activationReads } = scnn.bufferTraffic(configurationWith(), linear);
    expect([weightReads, weightRereads, activationReads]).toEqual([2 * 60 * 2, 0, 2 * 20 * 2]);
    // A channel of 8 filters, 3 rows of 28 inputs, a row of 32-bit partial sums of 8 filters; twice.
    expect(scnn.leastBuffers(configurationWith(), layer)).toEqual({
      weight: 2 * 8 * 2,
      activation: 2 * 3 * 28 * 2,
      output: 2 * 8 * 28 * 4,
    });
  });

  it("asks no operands for its dense twin", () => {
    const request = scnn.statistics(configurationWith({ zeroSkipping: "off", activationZeros: 0.5 }), 1, 2);
    expect(request).toEqual({ format: "fixed16", quantization: "per-tensor" });
    expect(scnn.statisticsRule.activationsOf(request)).toBeUndefined();
    expect(scnn.statisticsRule.activationsOf(scnn.statistics(configurationWith(), 1, 2))).toBe(
      "distribution",
    );
  });

  it("keeps its statistics in memory", () => {
    const layer = square(8, 3, 2, 4);
    const { statistics } = run(layer, weightsOf(layer, 0.5), { activationZeros: 0.5 });
    const { statisticsRule } = scnn;
    const memory = new ArrayBuffer(statisticsRule.bytes(null));
    statisticsRule.write(memory, 0, null, statistics);
    expect(statisticsRule.read(memory, 0, null)).toEqual(statistics);
  });
});
