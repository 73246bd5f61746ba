import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  activeTileElements,
  laneIndices,
  type TileOrganisation,
  tileLeastBuffers,
  tileSchedule,
  tileTraffic,
} from "../../../core/machines/tile-organisation.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { arbitraryLayer } from "../../explore/report/arbitrary-layer.ts";
import { smallLayer } from "./small-layer.ts";

const sixteen: TileOrganisation = { tiles: 16, filtersPerTile: 16, laneWidth: 16, windows: 1, batch: 1 };

const arbitraryOrganisation: fc.Arbitrary<TileOrganisation> = fc.record({
  tiles: fc.integer({ min: 1, max: 3 }),
  filtersPerTile: fc.integer({ min: 1, max: 3 }),
  laneWidth: fc.integer({ min: 1, max: 20 }),
  windows: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 3 }),
});

/** AlexNet's first layer: 11 × 11, stride 4, 3 channels, 55 × 55 outputs. */
const first = smallLayer({
  filters: 64,
  channels: 3,
  kernelHeight: 11,
  kernelWidth: 11,
  strideHeight: 4,
  strideWidth: 4,
  outputHeight: 55,
  outputWidth: 55,
  inputHeight: 224,
  inputWidth: 224,
});

describe("schedule", () => {
  it("keeps lanes within a kernel position", () => {
    // 3 × 3 positions of 20 channels: 2 steps of 16 lanes each, 18 in all; 180 / 16 would be 12.
    const layer = smallLayer({ kernelHeight: 3, kernelWidth: 3, filters: 300 });
    expect(tileSchedule(layer, sixteen)).toMatchObject({
      kernelSteps: 18,
      filterPasses: 2,
      windowSets: 4,
      steps: 144,
    });
    expect(tileSchedule(layer, { ...sixteen, windows: 3 })).toMatchObject({ windowSets: 2, steps: 72 });
  });

  it("folds a first layer of few channels by its stride", () => {
    // ⌈11 / 4⌉² = 9 positions of 3 · 4 · 4 = 48 channels: 27 steps instead of 121.
    expect(tileSchedule(first, sixteen)).toMatchObject({ kernelSteps: 27, steps: 27 * 3025 });
    expect(tileSchedule({ ...first, strideHeight: 1, strideWidth: 1 }, sixteen).kernelSteps).toBe(121);
    expect(tileSchedule({ ...first, channels: 16 }, sixteen).kernelSteps).toBe(121);
    expect(tileSchedule({ ...first, groups: 3, filters: 63 }, sixteen).kernelSteps).toBe(121);
    // One stride alone folds as well: 11 rows of ⌈11 / 4⌉ columns, 12 channels.
    expect(tileSchedule({ ...first, strideHeight: 1 }, sixteen).kernelSteps).toBe(33);
  });

  it("does not fold where that would take more steps", () => {
    // 1 × 1 over 12 channels with stride 2: 48 folded channels would be 3 steps, half of their pixels under no weight.
    const narrow = smallLayer({ channels: 12, strideHeight: 2, strideWidth: 2 });
    expect(tileSchedule(narrow, sixteen).kernelSteps).toBe(1);
    expect(laneIndices(narrow, 16)).toHaveLength(16);
    // 3 × 3: 2 · 2 positions of 48 channels are 12 steps, 3 · 3 of 12 are 9.
    expect(tileSchedule({ ...narrow, kernelHeight: 3, kernelWidth: 3 }, sixteen).kernelSteps).toBe(9);
  });

  it("runs convolution groups and products of activations one after another", () => {
    const grouped = smallLayer({ filters: 6, channels: 40, groups: 2 });
    // 3 filters of 20 channels: 2 steps for each of 4 positions, twice.
    expect(tileSchedule(grouped, sixteen).steps).toBe(16);
    expect(tileSchedule(grouped, { ...sixteen, batch: 3 })).toMatchObject({
      repeats: 1,
      positions: 12,
      steps: 48,
    });
    const product = { ...grouped, kind: "matmul" } as const;
    expect(tileSchedule(product, { ...sixteen, batch: 3 })).toMatchObject({
      repeats: 3,
      positions: 4,
      steps: 48,
    });
    // Windows do not reach from one input's product to the next.
    expect(tileSchedule(product, { ...sixteen, batch: 3, windows: 16 }).steps).toBe(3 * 2 * 2);
    expect(tileSchedule(grouped, { ...sixteen, batch: 3, windows: 16 }).steps).toBe(2 * 2);
  });
});

describe("lanes", () => {
  it("hold the channels of a kernel position, or what is folded into it", () => {
    const layer = smallLayer({ channels: 5, kernelWidth: 2 });
    expect([...laneIndices(layer, 4)]).toEqual([0, 1, 2, 3, 4, -1, -1, -1, 5, 6, 7, 8, 9, -1, -1, -1]);
    // 3 × 2 kernel of one channel, stride 2 × 1, in rows: 0 1 / 2 3 / 4 5. Rows 0 and 1 are one position, 2 and none the next.
    const folded = smallLayer({ channels: 1, kernelHeight: 3, kernelWidth: 2, strideHeight: 2 });
    expect([...laneIndices(folded, 4)]).toEqual([
      ...[0, 2, -1, -1],
      ...[1, 3, -1, -1],
      ...[4, -1, -1, -1],
      ...[5, -1, -1, -1],
    ]);
  });

  it("take every weight of a filter once, in as many steps as the schedule has", () => {
    fc.assert(
      fc.property(arbitraryLayer(3), arbitraryOrganisation, (layer, organisation) => {
        const lanes = laneIndices(layer, organisation.laneWidth);
        expect(lanes.length).toBe(tileSchedule(layer, organisation).kernelSteps * organisation.laneWidth);
        const taken = [...lanes].filter((index) => index >= 0).sort((left, right) => left - right);
        expect(taken).toEqual(Array.from({ length: reductionLength(layer) }, (_, index) => index));
      }),
      { numRuns: 200 },
    );
  });
});

/** Step by step: filters and windows that work, and the words that are read. */
const simulate = (layer: LayerShape, organisation: TileOrganisation) => {
  const { tiles, filtersPerTile, laneWidth, windows, batch } = organisation;
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  const kernelSteps = laneIndices(layer, laneWidth).length / laneWidth;
  const result = { steps: 0, active: 0, weights: 0, activations: 0 };
  for (let run = 0; run < repeats * layer.groups; run++) {
    for (let filter = 0; filter < filters; filter += tiles * filtersPerTile) {
      for (let position = 0; position < positions; position += windows) {
        for (let step = 0; step < kernelSteps; step++) {
          const rows = Math.min(tiles * filtersPerTile, filters - filter);
          const columns = Math.min(windows, positions - position);
          result.steps++;
          result.active = Math.max(result.active, rows * columns);
          result.weights += rows * laneWidth;
          result.activations += columns * laneWidth;
        }
      }
    }
  }
  return result;
};

it("steps, elements with work and traffic are what a walk over the steps counts", () => {
  fc.assert(
    fc.property(arbitraryLayer(3), arbitraryOrganisation, (layer, organisation) => {
      fc.pre(reductionLength(layer) <= 500);
      const schedule = tileSchedule(layer, organisation);
      const { steps, active, weights, activations } = simulate(layer, organisation);
      expect(schedule.steps).toBe(steps);
      expect(activeTileElements(schedule, organisation)).toBe(active);
      const { positions, repeats } = batched(layer, organisation.batch);
      expect(tileTraffic(layer, organisation, { weight: 1, activation: 2 })).toEqual({
        weightReads: weights,
        weightRereads: 0,
        activationReads: 2 * activations,
        partialSumReads: 0,
        partialSumWrites: 0,
        outputWrites: 2 * repeats * layer.filters * positions,
      });
    }),
    { numRuns: 100 },
  );
});

it("needs a step's weights, its input rows and a row of sums, twice", () => {
  // 256 of 300 filters, 16 lanes; 11 rows of 224 columns, 3 channels; 55 outputs.
  expect(tileLeastBuffers({ ...first, filters: 300 }, sixteen, { weight: 1, activation: 2 })).toEqual({
    weight: 2 * 256 * 16,
    activation: 2 * 11 * 224 * 3 * 2,
    output: 2 * 256 * 55 * 4,
  });
});
