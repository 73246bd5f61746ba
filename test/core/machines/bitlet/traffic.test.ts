import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import type { LayerShape } from "../../../../core/workloads/layer.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";

describe("bufferTraffic of Bitlet", () => {
  // 10 filters over 100 products (2 groups of 64), 3 × 5 = 15 positions, on 4 processing elements: rounds of 4, 4, 2.
  const layer = smallLayer({ filters: 10, channels: 100, outputHeight: 3, outputWidth: 5 });

  it("reads weights once and moves partial sums, weight-stationary", () => {
    const configuration = configurationWith({ pes: 4, precision: "fixed8", dataflow: "weight-stationary" });
    expect(bitlet.bufferTraffic(configuration, layer)).toEqual({
      weightReads: 10 * 2 * 64,
      weightRereads: 10 * 2 * 64,
      activationReads: 3 * 2 * 15 * 64, // rounds · K · X · N
      partialSumReads: 10 * 15 * 4, // M · X · 4 B · (K − 1)
      partialSumWrites: 10 * 15 * 4,
      outputWrites: 10 * 15,
    });
  });

  it("reads weights for every position step and keeps partial sums, output-stationary", () => {
    const configuration = configurationWith({ pes: 4, precision: "fixed16", dataflow: "output-stationary" });
    expect(bitlet.bufferTraffic(configuration, layer)).toEqual({
      // Rounds of 4 filters take 15 position steps, the last one has 2 filters in 2 position sets: 8 steps.
      weightReads: (4 * 15 + 4 * 15 + 2 * 8) * 2 * 64 * 2,
      weightRereads: 0,
      activationReads: 3 * 2 * 15 * 64 * 2,
      partialSumReads: 0,
      partialSumWrites: 0,
      outputWrites: 10 * 15 * 2,
    });
    expect(
      bitlet.bufferTraffic({ ...configuration, spread: "filters" }, layer).weightReads,
      "every round takes 15 steps",
    ).toBe(10 * 15 * 2 * 64 * 2);
  });

  it("reads weights once for a batch, but the operand of a matmul for every input", () => {
    const configuration = configurationWith({ pes: 16, precision: "fixed8", batch: 3 });
    const shape = { filters: 4, channels: 128, groups: 2, outputHeight: 2, outputWidth: 1 };
    // 2 convolution groups of 2 filters over 64 products: one group each, 1 round each, 2 · 3 positions.
    expect(bitlet.bufferTraffic(configuration, smallLayer(shape))).toEqual({
      weightReads: 2 * 2 * 64,
      weightRereads: 2 * 2 * 64,
      activationReads: 2 * 6 * 64,
      partialSumReads: 0,
      partialSumWrites: 0,
      outputWrites: 4 * 6,
    });
    expect(bitlet.bufferTraffic(configuration, smallLayer({ ...shape, kind: "matmul" }))).toEqual({
      weightReads: 3 * 2 * 2 * 64,
      weightRereads: 3 * 2 * 2 * 64,
      activationReads: 3 * 2 * 2 * 64,
      partialSumReads: 0,
      partialSumWrites: 0,
      outputWrites: 4 * 6,
    });
  });

  it("broadcasts activations less often where filters are packed", () => {
    const configuration = configurationWith({ pes: 4, precision: "fixed8", packing: 2 });
    // 8 filters at once: rounds of 8 and 2 instead of 4, 4 and 2.
    expect(bitlet.bufferTraffic(configuration, layer)).toMatchObject({
      weightReads: 10 * 2 * 64,
      activationReads: 2 * 2 * 15 * 64,
    });
  });

  it("needs 144 B a cycle for output-stationary float32 on 32 processing elements", () => {
    const wide = smallLayer({ filters: 32, channels: 64, outputHeight: 10, outputWidth: 10 });
    const traffic = bitlet.bufferTraffic(configurationWith({ dataflow: "output-stationary" }), wide);
    // A step hands 32 · 64 weights and 64 activations of 4 B to the array: 8192 + 256 B in a group's interval.
    const bytesPerStep = (traffic.weightReads + traffic.activationReads) / 100;
    expect(bytesPerStep).toBe(8448);
    // 4 beats + 15 + a mean scan of 38.8 (float32, 64 lanes, measured): 57.8 cycles.
    const bytesPerCycle = bytesPerStep / (4 + 15 + 38.8);
    expect(Math.abs(bytesPerCycle / 144 - 1)).toBeLessThan(0.02);
    expect(bytesPerCycle, "25.6 GB/s at 1 GHz").toBeGreaterThan(25.6);
  });

  it("equals a count of every read and write, step by step", () => {
    fc.assert(
      fc.property(
        fc.record({
          filtersOfGroup: fc.integer({ min: 1, max: 9 }),
          channelsOfGroup: fc.integer({ min: 1, max: 40 }),
          groups: fc.integer({ min: 1, max: 3 }),
          outputHeight: fc.integer({ min: 1, max: 4 }),
          outputWidth: fc.integer({ min: 1, max: 4 }),
        }),
        fc.record({
          pes: fc.integer({ min: 1, max: 12 }),
          laneWidth: fc.constantFrom(8, 10, 16),
          precision: fc.constantFrom("float32", "bfloat16", "fixed8", "fixed5", "fixed1"),
          spread: fc.constantFrom("filters", "filters+positions"),
          dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
          batch: fc.integer({ min: 1, max: 2 }),
          packing: fc.integer({ min: 1, max: 3 }),
        }),
        ({ filtersOfGroup, channelsOfGroup, ...shape }, changes) => {
          const small = smallLayer({
            ...shape,
            filters: filtersOfGroup * shape.groups,
            channels: channelsOfGroup * shape.groups,
          });
          const packing = changes.precision.startsWith("fixed") ? changes.packing : 1;
          const configuration = configurationWith({ ...changes, packing });
          const counted = count(configuration, small);
          const traffic = bitlet.bufferTraffic(configuration, small);
          for (const key of Object.keys(counted) as (keyof typeof counted)[]) {
            expect(traffic[key], key).toBeCloseTo(counted[key], 6);
          }
        },
      ),
    );
  });
});

/** The loops of a layer written out, counting bytes as they pass. */
const count = (configuration: Configuration, layer: LayerShape) => {
  const pes = Number(configuration.pes);
  const lanes = Number(configuration.laneWidth);
  const bytes = { float32: 4, bfloat16: 2, fixed8: 1, fixed5: 5 / 8, fixed1: 1 / 8 }[
    String(configuration.precision)
  ] as number;
  const filters = layer.filters / layer.groups;
  const groups = Math.ceil(layer.channels / layer.groups / lanes);
  const positions = layer.outputHeight * layer.outputWidth * Number(configuration.batch);
  const total = {
    weightReads: 0,
    weightRereads: 0,
    activationReads: 0,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: 0,
  };
  const stationary = configuration.dataflow === "weight-stationary";
  const packing = Number(configuration.packing);
  const f = Math.min(pes * packing, filters);
  for (let g = 0; g < layer.groups; g++) {
    for (let first = 0; first < filters; first += f) {
      const members = Math.min(f, filters - first);
      const sets = configuration.spread === "filters" ? 1 : Math.floor(pes / Math.ceil(members / packing));
      const steps = Math.ceil(positions / sets);
      for (let group = 0; group < groups; group++) {
        for (let step = 0; step < steps; step++) {
          // One copy of a filter's weights serves all position sets of the step.
          if (!stationary || step === 0) total.weightReads += members * lanes * bytes;
          for (let position = step * sets; position < Math.min(positions, (step + 1) * sets); position++) {
            total.activationReads += lanes * bytes;
            if (group === groups - 1) total.outputWrites += members * bytes;
            if (!stationary) continue;
            if (group > 0) total.partialSumReads += members * 4;
            if (group < groups - 1) total.partialSumWrites += members * 4;
          }
        }
      }
    }
  }
  return { ...total, weightRereads: stationary ? total.weightReads : 0 };
};

describe("operandWidths of Bitlet", () => {
  it.each([
    ["float32", 32],
    ["float16", 16],
    ["bfloat16", 16],
    ["fixed24", 24],
    ["fixed1", 1],
  ])("%s takes %d bits in memory, weights and activations alike", (precision, bits) => {
    expect(bitlet.operandWidths(configurationWith({ precision }))).toEqual({
      weight: bits,
      activation: bits,
    });
  });
});

describe("leastBuffers of Bitlet", () => {
  it("holds a group a filter, the rows under one output row and a row of partial sums, twice each", () => {
    const layer = smallLayer({
      filters: 48,
      channels: 96,
      kernelHeight: 3,
      kernelWidth: 3,
      dilationHeight: 2,
      inputWidth: 30,
      outputWidth: 28,
    });
    expect(bitlet.leastBuffers(configurationWith({ precision: "fixed16" }), layer)).toEqual({
      weight: 2 * 32 * 64 * 2,
      activation: 2 * (2 * 2 + 1) * 30 * 64 * 2,
      output: 2 * 32 * 28 * 4,
    });
  });

  it("holds every packed filter", () => {
    const layer = smallLayer({ filters: 48, channels: 96, inputWidth: 30, outputWidth: 28 });
    const least = (packing: number) =>
      bitlet.leastBuffers(configurationWith({ pes: 8, precision: "fixed8", packing }), layer);
    expect(least(3)).toEqual({ weight: 2 * 24 * 64, activation: 2 * 30 * 64, output: 2 * 24 * 28 * 4 });
    expect(least(1).weight).toBe(2 * 8 * 64);
  });

  it("needs no more filters or channels than a convolution group has", () => {
    const layer = smallLayer({ filters: 6, channels: 15, groups: 3, inputWidth: 4, outputWidth: 4 });
    expect(bitlet.leastBuffers(configurationWith({ precision: "fixed8" }), layer)).toEqual({
      weight: 2 * 2 * 64,
      activation: 2 * 4 * 5,
      output: 2 * 2 * 4 * 4,
    });
  });
});
