import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { formats, parseFormat } from "../../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { countBits } from "../../../core/workloads/bit-counts.ts";
import { summarizeCounted, summarizeGroups } from "../../../core/workloads/group-summary.ts";
import { matrixStatistics } from "../../../core/workloads/matrix-statistics.ts";

const request: GroupRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 3,
  activationZeros: 0,
  seed: 3,
  stream: 5,
};

/** A matrix in memory that notes what is read of it. */
const sourceOf = (weights: Float32Array, filters: number) => {
  const reads: [first: number, count: number][] = [];
  const distilled: number[] = [];
  const source = {
    filters,
    reductionLength: weights.length / filters,
    read: (first: number, count: number) => {
      reads.push([first, count]);
      return weights.slice(first, first + count);
    },
    distilled: (count: number) => {
      distilled.push(count);
    },
  };
  return { source, reads, distilled };
};

/** Weights of many sizes, zeros among them. */
const drawn = (count: number, seed: number): Float32Array => {
  const uniform = uniformStream(seed, 1);
  return Float32Array.from({ length: count }, () =>
    uniform() < 0.1 ? 0 : normal(uniform) * 2 ** Math.floor(-14 * uniform()),
  );
};

const matrices = fc.record({
  filters: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 70 })),
  reductionLength: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 200 })),
  seed: fc.nat(),
  mostValues: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 101, max: 3000 })),
});

const requests: fc.Arbitrary<GroupRequest> = fc.record({
  format: fc.constantFrom(
    "float32",
    "float16",
    "bfloat16",
    ...formats.filter(({ kind }) => kind === "fixed").map(({ name }) => name),
  ),
  quantization: fc.constantFrom("per-tensor", "per-channel"),
  laneWidth: fc.constantFrom(1, 7, 16, 64),
  window: fc.constantFrom(0, 5, 8),
  activePlanes: fc.integer({ min: 1, max: 24 }),
  activationExponents: fc.constantFrom("ignore", "distribution"),
  activationVectors: fc.integer({ min: 1, max: 4 }),
  activationZeros: fc.constantFrom(0, 0.5),
  seed: fc.nat({ max: 9 }),
  stream: fc.nat({ max: 9 }),
});

describe("matrixStatistics", () => {
  it("equals the counts and the summary of the whole to the last bit, however the matrix is cut", () => {
    let inBlocks = 0;
    fc.assert(
      fc.property(matrices, requests, ({ filters, reductionLength, seed, mostValues }, asked) => {
        const weights = drawn(filters * reductionLength, seed);
        const { source, distilled } = sourceOf(weights, filters);
        const { bits, groups } = matrixStatistics(source, asked, mostValues);
        expect(bits).toEqual(countBits(weights, filters, parseFormat(asked.format), asked.quantization));
        const whole = groupStatistics(weights, filters, asked);
        expect(summarizeCounted([groups])).toEqual(summarizeGroups([whole]));
        const { groups: _, cycles, planeVariance, ...totals } = whole;
        const { histogram, ...found } = groups;
        expect(found).toEqual(totals);
        cycles.forEach((count) => {
          histogram[count]--;
        });
        expect(histogram.every((left) => left === 0)).toBe(true);
        expect(distilled.reduce((sum, count) => sum + count, 0)).toBe(weights.length);
        if (reductionLength > mostValues) inBlocks++;
      }),
      { numRuns: 250 },
    );
    expect(inBlocks).toBeGreaterThan(30);
  });

  it("reads whole filters in their order, once", () => {
    const { source, reads } = sourceOf(drawn(10 * 30, 1), 10);
    matrixStatistics(source, request, 100);
    expect(reads).toEqual([
      [0, 90],
      [90, 90],
      [180, 90],
      [270, 30],
    ]);
  });

  it("reads twice where a scale is that of more than a part, and once where each filter has its own", () => {
    const weights = drawn(4 * 30, 1);
    const fixed8 = { ...request, format: "fixed8" };
    const perTensor = sourceOf(weights, 4);
    matrixStatistics(perTensor.source, fixed8, 60);
    expect(perTensor.reads).toEqual([
      [0, 60],
      [60, 60],
      [0, 60],
      [60, 60],
    ]);
    const perChannel = sourceOf(weights, 4);
    matrixStatistics(perChannel.source, { ...fixed8, quantization: "per-channel" }, 60);
    expect(perChannel.reads).toEqual([
      [0, 60],
      [60, 60],
    ]);
    const inOnePart = sourceOf(weights, 4);
    matrixStatistics(inOnePart.source, fixed8, 120);
    expect(inOnePart.reads).toEqual([[0, 120]]);
  });

  it("reads a filter that is longer than a part in whole groups, then a block of all filters after the other", () => {
    const { source, reads, distilled } = sourceOf(drawn(2 * 50, 1), 2);
    matrixStatistics(source, request, 40);
    expect(reads).toEqual([
      [0, 32],
      [32, 18],
      [50, 32],
      [82, 18],
      [0, 32],
      [50, 32],
      [32, 18],
      [82, 18],
    ]);
    expect(distilled).toEqual([32, 32, 18, 18]);
  });

  it("takes a filter of a few weights for the 24 planes that are counted of it", () => {
    const { source, reads } = sourceOf(drawn(10, 1), 10);
    matrixStatistics(source, request, 100);
    expect(reads.map(([, count]) => count)).toEqual([4, 4, 2]);
  });

  it("refuses captured activations, and what group statistics refuse", () => {
    const { source } = sourceOf(drawn(20, 1), 2);
    expect(() => matrixStatistics(source, { ...request, activationExponents: "captured" }, 10)).toThrow(
      /a tensor in parts has no captured activations/,
    );
    expect(() => matrixStatistics(source, { ...request, laneWidth: 0 }, 10)).toThrow(/laneWidth 0/);
    expect(() => matrixStatistics(sourceOf(new Float32Array(0), 2).source, request, 10)).toThrow(
      "weights 0: expected a positive multiple of 2 filters",
    );
  });
});
