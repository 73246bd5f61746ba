import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dadiannao } from "../../../core/machines/dadiannao.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { stripes } from "../../../core/machines/stripes.ts";
import { batched } from "../../../core/workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { smallLayer } from "./small-layer.ts";

/** No operand decides anything. */
const statistics = { signalPower: 1, noisePower: 0, standardError: 0 };

const run = (changes: Configuration, layer: LayerShape) => {
  const configuration = configurationOf(stripes.parameters, changes);
  return {
    traced: stripes.tracedCycles(configuration, layer, statistics),
    analytical: stripes.analyticalCycles(configuration, layer, statistics),
    activePes: stripes.activePes(configuration, layer),
  };
};

/** 3 filters of 20 channels at 4 positions, on 2 filters, 3 windows and 8 lanes. */
const small = { tiles: 1, filtersPerTile: 2, windows: 3, laneWidth: 8 };

const layers = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    filters: fc.integer({ min: 1, max: 9 }),
    channels: fc.integer({ min: 1, max: 20 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 4 }),
    depth: fc.option(fc.integer({ min: 1, max: 2 })),
    matmul: fc.boolean(),
  })
  .map(({ groups, filters, channels, kernel, stride, height, width, depth, matmul }) =>
    smallLayer({
      kind: matmul ? "matmul" : "convolution",
      groups,
      filters: filters * groups,
      channels: channels * groups,
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: stride,
      strideWidth: stride,
      outputHeight: height,
      outputWidth: width,
      ...(depth !== null && {
        depth: { input: 2 * depth, output: depth, kernel: depth, stride: 1, dilation: 1, before: 0 },
      }),
    }),
  );
const single = layers.map(
  ({ depth: _, ...layer }): LayerShape => ({ ...layer, outputHeight: 1, outputWidth: 1 }),
);

const arrays = fc.record({
  tiles: fc.integer({ min: 1, max: 2 }),
  filtersPerTile: fc.integer({ min: 1, max: 4 }),
  windows: fc.integer({ min: 1, max: 20 }),
  laneWidth: fc.integer({ min: 8, max: 10 }),
  batch: fc.integer({ min: 1, max: 3 }),
  activationBits: fc.integer({ min: 1, max: 16 }),
});

type ArrayChanges = typeof arrays extends fc.Arbitrary<infer T> ? T : never;

/** Steps of the lanes for one window: runs of a kernel position's channels; of a folded layer, of a block of pixels. */
const stepsOfWindow = (layer: LayerShape, lanes: number): number =>
  Math.min(...[false, true].map((folded) => stepsWhere(layer, lanes, folded)));

const stepsWhere = (layer: LayerShape, lanes: number, asked: boolean): number => {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, depth } = layer;
  const channels = layer.channels / layer.groups;
  const folded = asked && layer.groups === 1 && depth === undefined && channels < lanes && strideHeight > 1;
  const blocks = new Map<string, number>();
  for (let time = 0; time < (depth?.kernel ?? 1); time++) {
    for (let row = 0; row < kernelHeight; row++) {
      for (let column = 0; column < kernelWidth; column++) {
        const block = folded
          ? `${Math.floor(row / strideHeight)} ${Math.floor(column / strideWidth)}`
          : `${time} ${row} ${column}`;
        blocks.set(block, folded ? channels * strideHeight * strideWidth : channels);
      }
    }
  }
  return [...blocks.values()].reduce((sum, count) => sum + Math.ceil(count / lanes), 0);
};

/** The array cycle by cycle: which bit every column takes, and when it is free for the next step. */
const simulated = (layer: LayerShape, changes: ArrayChanges) => {
  const { tiles, filtersPerTile, windows, laneWidth, batch, activationBits } = changes;
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  let cycles = 0;
  let busy = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    /** Filters of the steps that wait for a column, in order. */
    const waiting: number[] = [];
    for (let group = 0; group < layer.groups; group++) {
      for (let left = filters; left > 0; left -= tiles * filtersPerTile) {
        const here = Math.min(left, tiles * filtersPerTile);
        for (let step = stepsOfWindow(layer, laneWidth); step > 0; step--) {
          if (positions === 1) waiting.push(here);
          else {
            for (let first = 0; first < positions; first += windows) {
              for (let bit = 0; bit < activationBits; bit++) {
                cycles++;
                busy += here * Math.min(windows, positions - first);
              }
            }
          }
        }
      }
    }
    // Bits left and filters of the step that each column holds.
    const columns = Array.from({ length: windows }, () => ({ bits: 0, filters: 0 }));
    let turn = 0;
    while (waiting.length > 0 || columns.some(({ bits }) => bits > 0)) {
      if (waiting.length > 0 && columns[turn].bits === 0) {
        columns[turn] = { bits: activationBits, filters: waiting.shift() as number };
        turn = (turn + 1) % windows;
      }
      cycles++;
      for (const column of columns) {
        if (column.bits === 0) continue;
        column.bits--;
        busy += column.filters;
      }
    }
  }
  return { cycles, busy };
};

describe("cycles of Stripes", () => {
  it("takes the bits of the activations for each step: 2 passes · 3 steps · 2 sets of windows · 5 bits", () => {
    // Filters 0, 1 and then 2; channels 0…7, 8…15, 16…19; positions 0…2 and then 3.
    const { traced, analytical, activePes } = run({ ...small, precision: "fixed5" }, smallLayer());
    expect(traced.cycles).toBe(60);
    // 3 filters · 4 positions · 3 steps · 5 bits
    expect(traced.busyCycles).toBe(180);
    expect(analytical).toEqual({ cycles: 60, busyCycles: 180 });
    expect(activePes).toBe(6);
    // 3 · 4 · 20 products of 5 bits on 2 · 3 · 8 lanes.
    expect(traced.split).toEqual({ ideal: 25, imbalance: 0, window: 0, padding: 35, frontEnd: 0 });
  });

  it.each([
    // Steps enter at 0 … 5, the last one stays five cycles.
    [16, 5, 10],
    [16, 16, 21],
    // Four columns: steps 0 … 3 enter at 0 … 3, 4 at 16, 5 at 17, which ends at 33.
    [4, 16, 33],
    // One column: 6 · 16.
    [1, 16, 96],
  ])(
    "staggers a layer with one position over %d columns: 6 steps of %d bits take %d",
    (windows, bits, cycles) => {
      const layer = smallLayer({ outputHeight: 1, outputWidth: 1 });
      const { traced, analytical } = run({ ...small, windows, activationBits: bits }, layer);
      expect(traced.cycles).toBe(cycles);
      expect(analytical.cycles).toBe(cycles);
      // 3 filters · 3 steps
      expect(traced.busyCycles).toBe(9 * bits);
    },
  );

  it("runs a batch of such a layer in windows: 6 steps of 16 bits for 3 inputs together", () => {
    const layer = smallLayer({ outputHeight: 1, outputWidth: 1 });
    expect(run({ ...small, batch: 3 }, layer).traced.cycles).toBe(96);
  });

  it("is what the array takes cycle by cycle, both ways of counting", () => {
    fc.assert(
      fc.property(fc.oneof(layers, single), arrays, (layer, changes) => {
        const { traced, analytical, activePes } = run(changes, layer);
        const { cycles, busy } = simulated(layer, changes);
        expect(traced.cycles).toBe(cycles);
        expect(analytical.cycles).toBe(cycles);
        expect(traced.busyCycles).toBe(busy);
        expect(analytical.busyCycles).toBe(busy);
        expect(busy).toBeLessThanOrEqual(activePes * cycles);
        const { ideal, padding, imbalance } = traced.split;
        expect(ideal + padding + imbalance).toBeCloseTo(cycles, 9);
        expect(imbalance).toBeCloseTo(0, 9);
        expect(padding).toBeGreaterThanOrEqual(-1e-9);
        const { tiles, filtersPerTile, windows, laneWidth, batch, activationBits } = changes;
        const products =
          batch *
          layer.filters *
          reductionLength(layer) *
          layer.outputHeight *
          layer.outputWidth *
          (layer.depth?.output ?? 1);
        expect(ideal).toBeCloseTo(
          (products * activationBits) / (tiles * filtersPerTile * windows * laneWidth),
          9,
        );
      }),
    );
  });

  it("is 16 / bits of the bit-parallel machine exactly where windows are full, and less elsewhere", () => {
    fc.assert(
      fc.property(layers, fc.integer({ min: 1, max: 16 }), (layer, activationBits) => {
        const positions = layer.outputHeight * layer.outputWidth * (layer.depth?.output ?? 1);
        fc.pre(positions > 1);
        const { cycles } = run({ activationBits }, layer).traced;
        const parallel = dadiannao.tracedCycles(
          configurationOf(dadiannao.parameters),
          layer,
          statistics,
        ).cycles;
        if (positions % 16 === 0) expect(parallel * activationBits).toBe(16 * cycles);
        else expect(parallel * activationBits).toBeLessThan(16 * cycles);
      }),
    );
  });

  it("gains nothing on a fully connected layer, whatever the bits: VGG-16's first takes 25,088 steps and bits − 1", () => {
    const layer = smallLayer({
      kind: "linear",
      filters: 4096,
      channels: 25088,
      outputHeight: 1,
      outputWidth: 1,
    });
    const parallel = dadiannao.tracedCycles(configurationOf(dadiannao.parameters), layer, statistics).cycles;
    expect(parallel).toBe(25088);
    for (const activationBits of [1, 8, 16]) {
      expect(run({ activationBits }, layer).traced.cycles).toBe(25088 + activationBits - 1);
    }
  });
});

describe("operands of Stripes", () => {
  it("takes the width of activations from the precision, unless it is given", () => {
    const layer = smallLayer();
    expect(run({ precision: "fixed7" }, layer)).toEqual(
      run({ precision: "fixed16", activationBits: 7 }, layer),
    );
    const widths = (changes: Configuration) =>
      stripes.operandWidths(configurationOf(stripes.parameters, changes));
    expect(widths({ precision: "fixed7" })).toEqual({ weight: 7, activation: 7 });
    expect(widths({ precision: "fixed12", activationBits: 7 })).toEqual({ weight: 12, activation: 7 });
  });

  it("reads and holds narrower activations, and weights as before", () => {
    const traffic = (activationBits: number) =>
      stripes.bufferTraffic(configurationOf(stripes.parameters, { ...small, activationBits }), smallLayer());
    const least = (activationBits: number) =>
      stripes.leastBuffers(configurationOf(stripes.parameters, { ...small, activationBits }), smallLayer());
    // 3 steps of 8 lanes: weights of 3 filters and 2 sets of windows in 16 bits; 4 windows in 2 passes in 4.
    expect(traffic(4)).toMatchObject({
      weightReads: 3 * 8 * 3 * 2 * 2,
      activationReads: 3 * 8 * 4 * 2 * 0.5,
      outputWrites: 3 * 4 * 0.5,
    });
    expect(traffic(0).activationReads).toBe(4 * traffic(4).activationReads);
    expect(traffic(0).weightReads).toBe(traffic(4).weightReads);
    expect(least(0).activation).toBe(4 * least(4).activation);
    expect(least(0).weight).toBe(least(4).weight);
  });

  it("multiplies bit by bit to the exact sum, the sign bit among them", () => {
    const configuration = configurationOf(stripes.parameters, { laneWidth: 8, activationBits: 6 });
    // −32 = 100000: the sign bit alone; 5 = 000101.
    expect(stripes.dotProduct(configuration, Int32Array.of(7, -3), Int32Array.of(-32, 5))).toBe(-239);
    const code = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(code(16), code(6)), { maxLength: 40 }), (pairs) => {
        const weights = Int32Array.from(pairs, ([weight]) => weight);
        const activations = Int32Array.from(pairs, ([, activation]) => activation);
        const sum = pairs.reduce(
          (total, [weight, activation]) => total + BigInt(weight) * BigInt(activation),
          0n,
        );
        expect(BigInt(stripes.dotProduct(configuration, weights, activations))).toBe(sum);
      }),
    );
  });

  it("refuses an activation that does not fit its bits", () => {
    const configuration = configurationOf(stripes.parameters, { activationBits: 6 });
    expect(() => stripes.dotProduct(configuration, Int32Array.of(1), Int32Array.of(32))).toThrow(
      "code 32: expected -32 … 31 for 6 bits",
    );
  });
});

describe("the array of Stripes", () => {
  it("has 4096 serial inner-product units of 16 lanes as published", () => {
    const configuration = configurationOf(stripes.parameters);
    expect(stripes.processingElements(configuration)).toBe(4096);
    expect(stripes.lanes(configuration)).toBe(65_536);
  });

  it("asks for no more than its default bandwidth where a step enters each cycle", () => {
    const configuration = configurationOf(stripes.parameters);
    const layer = smallLayer({
      kind: "linear",
      filters: 256,
      channels: 16_000,
      outputHeight: 1,
      outputWidth: 1,
    });
    const { weightReads, activationReads } = stripes.bufferTraffic(configuration, layer);
    // 256 · 16 weights and 16 activations of 2 bytes a cycle.
    const bytes = (weightReads + activationReads) / 1000;
    expect(bytes).toBe(8224);
    expect(bytes * Number(configuration.clock)).toBeLessThanOrEqual(Number(configuration.bufferBandwidth));
  });

  it("covers 122.1 mm² at 65 nm with what was published, and has no energy there", () => {
    const configuration = configurationOf(stripes.parameters, { costSource: "published", node: 65 });
    const [part] = stripes.components(configuration, configuredTechnology);
    expect(part.area_mm2 * 4096).toBeCloseTo(122.1, 9);
    expect(part.dynamicCycle_J).toBeNaN();
  });

  it("costs 5829 gates an element in 16 bits, and as many in 9", () => {
    const area = (precision: string) =>
      stripes.components(configurationOf(stripes.parameters, { precision }), configuredTechnology)[0]
        .area_mm2;
    expect(area("fixed16") / configuredTechnology.gates.area.value / 1e-6).toBeCloseTo(5829, 6);
    expect(area("fixed9")).toBe(area("fixed16"));
    expect(area("fixed8") / area("fixed16")).toBeCloseTo(3000 / 5829, 12);
  });
});
