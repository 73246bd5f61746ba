import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Buffers, type GivenTiling, tileLayer } from "../../../core/model/tiling.ts";
import { networkTransfers } from "../../../core/model/transfers.ts";
import { smallLayer } from "../machines/small-layer.ts";

const widths = { weight: 8, activation: 8, output: 8 };
const ample: Buffers = { weight: 1e6, activation: 1e6, output: 1e6 };
const free: GivenTiling = { filters: 0, channels: 0, rows: 0, order: "best" };

/** Three layers of 4 × 4 positions: 8 → 8 → 8 → 3 channels, 1 × 1. */
const chain = [
  smallLayer({
    name: "first",
    channels: 8,
    filters: 8,
    outputHeight: 4,
    outputWidth: 4,
    inputHeight: 4,
    inputWidth: 4,
  }),
  smallLayer({
    name: "second",
    channels: 8,
    filters: 8,
    outputHeight: 4,
    outputWidth: 4,
    inputHeight: 4,
    inputWidth: 4,
  }),
  smallLayer({
    name: "third",
    channels: 8,
    filters: 3,
    outputHeight: 4,
    outputWidth: 4,
    inputHeight: 4,
    inputWidth: 4,
  }),
];
const tilings = (buffers: Buffers, given = free) =>
  chain.map((layer) => tileLayer(layer, 1, widths, buffers, given));

describe("networkTransfers", () => {
  it("rounds every piece of a tile up to whole bursts, by hand", () => {
    // One tile each: 64, 64 and 24 B of weights, 128 B of inputs, 128, 128 and 48 B of outputs.
    const moved = networkTransfers(chain, tilings(ample), 50, false, ample);
    expect(moved.map(({ weightBytes }) => weightBytes)).toEqual([100, 100, 50]);
    expect(moved.map(({ activationBytes }) => activationBytes)).toEqual([150, 150, 150]);
    expect(moved.map(({ outputBytes }) => outputBytes)).toEqual([150, 150, 50]);
    // In rows of one: 4 pieces of 32 B of inputs, of 32 or 12 B of outputs.
    const rows = networkTransfers(chain, tilings(ample, { ...free, rows: 1 }), 20, false, ample);
    expect(rows.map(({ activationBytes }) => activationBytes)).toEqual([160, 160, 160]);
    expect(rows.map(({ outputBytes }) => outputBytes)).toEqual([160, 160, 80]);
    expect(rows.map(({ weightBytes }) => weightBytes)).toEqual([80, 80, 40]);
  });

  it("never moves less than the tiling, and less than a burst more for each piece", () => {
    fc.assert(
      fc.property(
        fc.record({
          filters: fc.integer({ min: 1, max: 9 }),
          channels: fc.integer({ min: 1, max: 9 }),
          outputHeight: fc.integer({ min: 1, max: 6 }),
          outputWidth: fc.integer({ min: 1, max: 5 }),
          kernelHeight: fc.integer({ min: 1, max: 3 }),
        }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 4, 32, 64),
        fc.integer({ min: 20, max: 400 }),
        (shape, batch, burst, size) => {
          const layer = smallLayer({
            ...shape,
            inputHeight: shape.outputHeight + shape.kernelHeight - 1,
            inputWidth: shape.outputWidth,
          });
          const buffers = { weight: 4 * size, activation: 4 * size, output: 4 * size };
          const tiling = tileLayer(layer, batch, widths, buffers);
          const [moved] = networkTransfers([layer], [tiling], burst, false, buffers);
          const { transfers } = tiling;
          for (const [bytes, plain, count] of [
            [moved.weightBytes, tiling.weightBytes, transfers.weights],
            [moved.activationBytes, tiling.activationBytes, transfers.activations],
            [moved.outputBytes, tiling.outputBytes, transfers.outputs],
            [moved.spilledBytes, tiling.spilledBytes, transfers.spills],
          ]) {
            expect(bytes % burst).toBe(0);
            expect(bytes).toBeGreaterThanOrEqual(plain - 1e-6);
            expect(bytes).toBeLessThan(plain + Math.max(1, count) * burst);
            expect(count === 0).toBe(plain === 0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps on the chip what fits between two layers, and neither the first input nor the last output", () => {
    const kept = networkTransfers(chain, tilings(ample), 1, true, ample);
    expect(kept.map(({ activationBytes }) => activationBytes)).toEqual([128, 0, 0]);
    expect(kept.map(({ outputBytes }) => outputBytes)).toEqual([0, 0, 48]);
    expect(kept.map(({ weightBytes }) => weightBytes)).toEqual([64, 64, 24]);
    // The buffers are filled all the same.
    expect(kept.map(({ tiling }) => tiling.activationBytes)).toEqual([128, 128, 128]);
    // 128 B of outputs beside 512 B of partial sums.
    const [room, tight] = [640, 639].map((output) => {
      const here = { ...ample, output };
      return networkTransfers(chain, tilings(here), 1, true, here)[0].outputBytes;
    });
    expect([room, tight]).toEqual([0, 128]);
    // A layer that takes other inputs than the one before it puts out has them from elsewhere.
    const other = { ...chain[2], inputHeight: 5, outputHeight: 5 };
    const apart = [chain[0], other].map((layer) => tileLayer(layer, 1, widths, ample));
    expect(networkTransfers([chain[0], other], apart, 1, true, ample)[1].activationBytes).toBe(160);
    // All groups count: each of 8 channels alone would fit 16 B, all of them together take 128.
    const depthwise = { ...chain[1], groups: 8 };
    const narrow = { ...ample, activation: 100 };
    const layers = [chain[0], depthwise, chain[2]];
    const grouped = layers.map((layer) => tileLayer(layer, 1, widths, narrow));
    expect(grouped[1].inputBytes).toBe(128);
    const moved = networkTransfers(layers, grouped, 1, true, narrow);
    expect(moved.every(({ outputBytes }) => outputBytes > 0)).toBe(true);
    expect(moved.every(({ activationBytes }) => activationBytes > 0)).toBe(true);
    // 127 B of outputs at once, or inputs of 127 B, are too few.
    for (const buffer of ["activation", "output"] as const) {
      const small = { ...ample, [buffer]: 127 };
      const [chained, apart] = [true, false].map((on) =>
        networkTransfers(chain, tilings(small), 1, on, small),
      );
      expect(chained).toEqual(apart);
    }
  });
});
