import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { loopOrders } from "../../../core/machines/system-parameters.ts";
import { type Buffers, type TiledWidths, type Tiling, tileLayer } from "../../../core/model/tiling.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import { smallLayer } from "../machines/small-layer.ts";
import { allTilings, walkTiles } from "./tiling-walk.ts";

/** Bytes from and to DRAM. */
const dramBytes = (tiling: Tiling): number =>
  tiling.weightBytes + tiling.activationBytes + tiling.outputBytes + 2 * tiling.spilledBytes;

/** Small layers with stride, dilation, padding, groups and batch; the input reaches at least to the last kernel row. */
const layers = fc
  .record({
    kind: fc.constantFrom("convolution" as const, "convolution" as const, "matmul" as const),
    filtersOfGroup: fc.integer({ min: 1, max: 6 }),
    channelsOfGroup: fc.integer({ min: 1, max: 5 }),
    groups: fc.integer({ min: 1, max: 2 }),
    outputHeight: fc.integer({ min: 1, max: 6 }),
    outputWidth: fc.integer({ min: 1, max: 3 }),
    kernelHeight: fc.integer({ min: 1, max: 3 }),
    kernelWidth: fc.integer({ min: 1, max: 2 }),
    strideHeight: fc.integer({ min: 1, max: 3 }),
    dilationHeight: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: 0, max: 2 }),
    paddingBottom: fc.integer({ min: 0, max: 2 }),
    unusedRows: fc.integer({ min: 0, max: 1 }),
    inputWidth: fc.integer({ min: 1, max: 4 }),
    depth: fc.option(
      fc.record({
        input: fc.integer({ min: 1, max: 3 }),
        output: fc.integer({ min: 1, max: 3 }),
        kernel: fc.integer({ min: 1, max: 2 }),
        stride: fc.constant(1),
        dilation: fc.constant(1),
        before: fc.constant(0),
      }),
      { nil: undefined },
    ),
  })
  .map(({ filtersOfGroup, channelsOfGroup, padding, paddingBottom, unusedRows, depth, ...shape }) => {
    const kernelRows = shape.dilationHeight * (shape.kernelHeight - 1) + 1;
    const paddingTop = Math.min(padding, kernelRows - 1);
    const bottom = Math.min(paddingBottom, kernelRows - 1);
    const reach = (shape.outputHeight - 1) * shape.strideHeight + kernelRows;
    return smallLayer({
      ...shape,
      filters: filtersOfGroup * shape.groups,
      channels: channelsOfGroup * shape.groups,
      paddingTop,
      inputHeight: Math.max(1, reach - paddingTop - bottom + unusedRows),
      ...(depth === undefined ? {} : { depth }),
    });
  });

/** Buffers as shares of what they would hold at most, so that each of fitting whole, by half and hardly is common. */
const share = fc.double({ min: 0.02, max: 1.3, noNaN: true });
const shares = fc.record({ weight: share, activation: share, output: share });
const buffersOf = (
  layer: LayerShape,
  batch: number,
  widths: { weight: number; activation: number },
  of: Buffers,
): Buffers => {
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  const { input: slices, output: outputSlices, kernel } = layer.depth ?? { input: 1, output: 1, kernel: 1 };
  const weights = (filters * channels * kernel * layer.kernelHeight * layer.kernelWidth * widths.weight) / 8;
  const input = (batch * slices * layer.inputHeight * layer.inputWidth * channels * widths.activation) / 8;
  const sums = batch * filters * outputSlices * layer.outputHeight * layer.outputWidth * 4;
  const bytes = (part: number, whole: number): number => Math.max(2, Math.round(part * whole));
  return {
    weight: bytes(of.weight, weights),
    activation: bytes(of.activation, input),
    output: bytes(of.output, sums),
  };
};
const batches = fc.integer({ min: 1, max: 2 });
const operandWidths = fc.constantFrom(
  { weight: 8, activation: 8, output: 8 },
  { weight: 16, activation: 16, output: 16 },
  { weight: 3, activation: 5, output: 4 },
);

const every = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);
const ceilings = (length: number): number[] => [
  ...new Set(every(length).map((parts) => Math.ceil(length / parts))),
];

const tiled = (...layer: Parameters<typeof tileLayer>): Tiling | undefined => {
  try {
    return tileLayer(...layer);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code: "buffer-too-small" });
    return undefined;
  }
};

/** Weights, touched input rows and outputs, once each. */
const compulsoryBytes = (layer: LayerShape, batch: number, widths: TiledWidths): number => {
  const rows = new Set<number>();
  for (let output = 0; output < layer.outputHeight; output++) {
    for (let row = 0; row <= layer.dilationHeight * (layer.kernelHeight - 1); row++) {
      const input = output * layer.strideHeight - layer.paddingTop + row;
      if (input >= 0 && input < layer.inputHeight) rows.add(input);
    }
  }
  const depth = layer.depth ?? { input: 1, output: 1, kernel: 1 };
  const kernel = depth.kernel * layer.kernelHeight * layer.kernelWidth;
  const weights = (layer.filters * layer.channels * kernel) / layer.groups;
  const inputs = rows.size * depth.input * layer.inputWidth * layer.channels * batch;
  const outputs = layer.filters * depth.output * layer.outputHeight * layer.outputWidth * batch;
  const matrices = layer.kind === "matmul" ? batch : 1;
  return (weights * matrices * widths.weight + inputs * widths.activation + outputs * widths.output) / 8;
};

describe("tileLayer against a walk through every tile", () => {
  it("finds the least DRAM traffic over all ⌈n/i⌉ tiles and orders, with the stated ties, and describes it", () => {
    fc.assert(
      fc.property(layers, batches, operandWidths, shares, (layer, batch, widths, of) => {
        const sizes = buffersOf(layer, batch, widths, of);
        const tiling = tiled(layer, batch, widths, sizes);
        const all = allTilings(layer, batch, widths, sizes, ceilings);
        if (tiling === undefined) {
          expect(all).toEqual([]);
          return;
        }
        const least = Math.min(...all.map(({ walk }) => walk.movedBytes));
        expect(dramBytes(tiling)).toBeCloseTo(least, 6);
        const best = all.filter(({ walk }) => walk.movedBytes <= least + 1e-6);
        const fewest = Math.min(...best.map(({ walk }) => walk.tiles));
        expect(tiling.tiles).toBe(fewest);
        const widest = best.filter(({ walk }) => walk.tiles === fewest).map(({ tile }) => tile.filters);
        expect(tiling.tileFilters).toBe(Math.max(...widest));
        // The tile and order it names move what it says they move.
        const tile = { filters: tiling.tileFilters, channels: tiling.tileChannels, rows: tiling.tileRows };
        const walk = walkTiles(layer, batch, widths, sizes, tile, tiling.order);
        for (const key of [
          "weightBytes",
          "activationBytes",
          "outputBytes",
          "spilledBytes",
          "tiles",
        ] as const) {
          expect(walk?.[key], key).toBeCloseTo(tiling[key], 6);
        }
      }),
      { numRuns: 800 },
    );
  });

  it("takes what is given, at most the layer's size, and finds the best of the rest", () => {
    const given = fc.record({
      filters: fc.integer({ min: 0, max: 7 }),
      channels: fc.integer({ min: 0, max: 6 }),
      rows: fc.integer({ min: 0, max: 7 }),
      order: fc.constantFrom("best" as const, ...loopOrders),
    });
    const roomy = fc.double({ min: 0.4, max: 2, noNaN: true });
    const roomyShares = fc.record({ weight: roomy, activation: roomy, output: roomy });
    let found = 0;
    fc.assert(
      fc.property(layers, batches, operandWidths, roomyShares, given, (layer, batch, widths, of, wanted) => {
        const sizes = buffersOf(layer, batch, widths, of);
        const tiling = tiled(layer, batch, widths, sizes, wanted);
        const only = (size: number, most: number) => (length: number) =>
          size === 0 ? ceilings(length) : [Math.min(size, most)];
        const all = allTilings(layer, batch, widths, sizes, ceilings, {
          filters: only(wanted.filters, layer.filters / layer.groups),
          channels: only(wanted.channels, layer.channels / layer.groups),
          rows: only(wanted.rows, layer.outputHeight),
          orders: wanted.order === "best" ? undefined : [wanted.order],
        });
        if (tiling === undefined) {
          expect(all).toEqual([]);
          return;
        }
        found++;
        if (wanted.filters > 0)
          expect(tiling.tileFilters).toBe(Math.min(wanted.filters, layer.filters / layer.groups));
        if (wanted.channels > 0)
          expect(tiling.tileChannels).toBe(Math.min(wanted.channels, layer.channels / layer.groups));
        if (wanted.rows > 0) expect(tiling.tileRows).toBe(Math.min(wanted.rows, layer.outputHeight));
        if (wanted.order !== "best") expect(tiling.order.join("")).toBe(wanted.order);
        expect(dramBytes(tiling)).toBeCloseTo(Math.min(...all.map(({ walk }) => walk.movedBytes)), 6);
      }),
      { numRuns: 600 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it("counts how often a tile of each operand is moved", () => {
    fc.assert(
      fc.property(layers, batches, operandWidths, shares, (layer, batch, widths, of) => {
        const sizes = buffersOf(layer, batch, widths, of);
        const tiling = tiled(layer, batch, widths, sizes);
        if (tiling === undefined) return;
        const tile = { filters: tiling.tileFilters, channels: tiling.tileChannels, rows: tiling.tileRows };
        const walk = walkTiles(layer, batch, widths, sizes, tile, tiling.order)!;
        expect(tiling.transfers).toEqual(walk.transfers);
      }),
      { numRuns: 800 },
    );
  });

  it("never moves less than every operand once", () => {
    fc.assert(
      fc.property(layers, batches, operandWidths, shares, (layer, batch, widths, of) => {
        const sizes = buffersOf(layer, batch, widths, of);
        const tiling = tiled(layer, batch, widths, sizes);
        if (tiling === undefined) return;
        expect(dramBytes(tiling)).toBeGreaterThanOrEqual(compulsoryBytes(layer, batch, widths) - 1e-6);
      }),
      { numRuns: 1000 },
    );
  });

  it("moves exactly that where everything fits", () => {
    fc.assert(
      fc.property(layers, batches, operandWidths, (layer, batch, widths) => {
        const ample = { weight: 1e6, activation: 1e6, output: 1e6 };
        expect(dramBytes(tileLayer(layer, batch, widths, ample))).toBeCloseTo(
          compulsoryBytes(layer, batch, widths),
          6,
        );
      }),
    );
  });

  it("never moves more with a larger buffer, and still fits", () => {
    fc.assert(
      fc.property(
        layers,
        batches,
        operandWidths,
        shares,
        fc.constantFrom("weight" as const, "activation" as const, "output" as const),
        fc.integer({ min: 1, max: 400 }),
        (layer, batch, widths, of, buffer, more) => {
          const sizes = buffersOf(layer, batch, widths, of);
          const small = tiled(layer, batch, widths, sizes);
          if (small === undefined) return;
          const large = tiled(layer, batch, widths, { ...sizes, [buffer]: sizes[buffer] + more });
          expect(large).toBeDefined();
          if (large) expect(dramBytes(large)).toBeLessThanOrEqual(dramBytes(small) + 1e-6);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("takes fewer filters at once where that keeps the partial sums of all rows, and reads the weights once", () => {
    /*
     * Partial sums: 8 filters · 2 images · 2 columns · 4 B, 16 B a filter, at most 60 B live: 3 filters. Weights (128 B
     * in 100) would be read for both images if channels were innermost; filters, channels, images reads them once and
     * the input, 32 B, for each of 3 filter tiles.
     */
    const layer = smallLayer({
      filters: 8,
      channels: 4,
      outputHeight: 1,
      kernelHeight: 2,
      kernelWidth: 2,
    });
    const sizes = { weight: 100, activation: 16, output: 120 };
    expect(tileLayer(layer, 2, { weight: 8, activation: 8, output: 8 }, sizes)).toMatchObject({
      tileFilters: 3,
      order: ["m", "c", "p"],
      weightBytes: 128,
      activationBytes: 96,
      outputBytes: 32,
      spilledBytes: 0,
    });
  });

  it("says what the least tile needs where not even that fits", () => {
    // One filter and channel: 9 B of weights; 3 rows of 4 B; 2 columns of 4 B. Twice each.
    const layer = smallLayer({
      name: "stem",
      kernelHeight: 3,
      kernelWidth: 3,
      inputHeight: 4,
      inputWidth: 4,
    });
    const least = { weight: 18, activation: 24, output: 16 };
    const run = (sizes: Buffers) => () => tileLayer(layer, 1, { weight: 8, activation: 8, output: 8 }, sizes);
    expect(run(least)).not.toThrow();
    for (const buffer of ["weight", "activation", "output"] as const) {
      expect(run({ ...least, [buffer]: least[buffer] - 1 })).toThrow(
        "layer stem: a tile of 1 filter, 1 channel, 1 output row does not fit the buffers; it needs 18 B for weights, " +
          "24 B for activations, 16 B for outputs",
      );
    }
  });
});
