import { describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { lockstepPes } from "../../../core/bit-interleaving/lockstep-sums.ts";
import { drawWeights, type WeightDistribution } from "../../../core/workloads/weight-distribution.ts";
import { smallShape } from "./small-shape.ts";

const distribution: WeightDistribution = {
  family: "generalized normal",
  spread: 0.8,
  shape: 1.5,
  filterSpread: 0.4,
  deadFilters: 0,
  deadChannels: 0,
  zeroShare: 0,
  peak: 8,
  peakGrowth: 0.1,
};

const layer = smallShape();
const he = Math.sqrt(2 / (8 * 9));
const root = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe("drawWeights", () => {
  it("is a function of the distribution, the seed and the stream", () => {
    const { values, ...tensor } = drawWeights(layer, distribution, 3, 5);
    expect(tensor).toEqual({ shape: [64, 3, 3, 8], stored: "float32", origin: "synthetic" });
    expect(drawWeights({ ...layer, name: "other" }, distribution, 3, 5).values).toEqual(values);
    expect(drawWeights(layer, distribution, 3, 6).values).not.toEqual(values);
    expect(drawWeights(layer, distribution, 4, 5).values).not.toEqual(values);
    // Another scale is another unit.
    const doubled = drawWeights(layer, { ...distribution, spread: 1.6 }, 3, 5).values;
    expect(doubled.map((value) => value / 2)).toEqual(values);
  });

  it("has the depth of a kernel behind the filters", () => {
    const depth = { input: 4, output: 3, kernel: 2, stride: 1, dilation: 1, before: 0 };
    const { shape, values } = drawWeights({ ...layer, depth }, distribution, 1, 1);
    expect(shape).toEqual([64, 2, 3, 3, 8]);
    expect(values).toHaveLength(64 * 2 * 9 * 8);
  });

  it("has one weight at the peak, which grows with the weights, and none above", () => {
    for (const filters of [64, 256]) {
      const peak = 0.8 * he * 8 * ((filters * 72) / 10_000) ** 0.1;
      const sizes = drawWeights({ ...layer, filters }, distribution, 1, 1).values.map(Math.abs);
      expect(sizes.reduce((largest, size) => Math.max(largest, size), 0)).toBe(Math.fround(peak));
    }
    // A peak below most draws: what is drawn instead is spread evenly.
    const low = drawWeights(layer, { ...distribution, filterSpread: 0, peak: 0.05, peakGrowth: 0 }, 1, 1);
    const peak = 0.05 * 0.8 * he;
    const lower = low.values.filter((value) => Math.abs(value) < peak / 2).length / low.values.length;
    expect(lower).toBeGreaterThan(0.48);
    expect(lower).toBeLessThan(0.54);
    expect(low.values.every((value) => Math.abs(value) <= Math.fround(peak))).toBe(true);
  });

  it("has scales of filters and channels, dead ones, and zeros, as stated", () => {
    const large = smallShape({ filters: 400, channels: 200, kernelHeight: 1, kernelWidth: 1 });
    const drawn = (change: Partial<WeightDistribution>) =>
      drawWeights(large, { ...distribution, peak: 1e3, ...change }, 9, 2).values;
    const filterRoots = (values: Float32Array) =>
      Array.from({ length: 400 }, (_, filter) => root(values.subarray(filter * 200, (filter + 1) * 200)));
    const logs = filterRoots(drawn({})).map(Math.log);
    const mean = logs.reduce((sum, log) => sum + log, 0) / 400;
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / 400);
    expect(deviation).toBeGreaterThan(0.34);
    expect(deviation).toBeLessThan(0.47);
    expect(Math.abs(mean - Math.log(0.8 * Math.sqrt(2 / 200)))).toBeLessThan(0.09);

    const dead = filterRoots(drawn({ deadFilters: 0.25 })).filter((value) => value < 1e-9).length;
    expect(dead).toBeGreaterThan(70);
    expect(dead).toBeLessThan(130);
    const channels = drawn({ deadChannels: 0.5 }).subarray(0, 200);
    const deadHere = [...channels].flatMap((value, channel) => (Math.abs(value) < 1e-9 ? [channel] : []));
    expect(deadHere.length).toBeGreaterThan(70);
    expect(deadHere.length).toBeLessThan(130);
    const last = drawn({ deadChannels: 0.5 }).subarray(399 * 200);
    for (const channel of deadHere) expect(Math.abs(last[channel])).toBeLessThan(1e-9);

    const zeros = drawn({ zeroShare: 0.3 }).filter((value) => value === 0).length / 80_000;
    expect(zeros).toBeGreaterThan(0.29);
    expect(zeros).toBeLessThan(0.31);
    expect(drawn({ zeroShare: 1 }).every((value) => value === 0)).toBe(true);
    expect(drawn({ spread: 0 }).every((value) => value === 0)).toBe(true);
  });

  it("gives a depthwise layer no dead channels", () => {
    const depthwise = smallShape({ filters: 64, channels: 64, groups: 64 });
    const plain = drawWeights(depthwise, distribution, 1, 1);
    const other = drawWeights(depthwise, { ...distribution, deadChannels: 1 }, 1, 1);
    expect(other.values).toEqual(plain.values);
  });
});

describe("a sample of the filters", () => {
  const rowsOf = (values: Float32Array, filters: number) =>
    Array.from({ length: filters }, (_, filter) =>
      values.subarray((filter * values.length) / filters, ((filter + 1) * values.length) / filters).join(),
    );

  it("is the first filters of a full draw, then each once in every run of as many", () => {
    const full = rowsOf(drawWeights(layer, distribution, 3, 5).values, 64);
    const { values, sampledFilters } = drawWeights(layer, distribution, 3, 5, 20);
    expect(sampledFilters).toBe(20);
    const rows = rowsOf(values, 64);
    // All but the filters that hold a weight at the peak.
    expect(rows.slice(0, 20).filter((row, filter) => row !== full[filter]).length).toBeLessThanOrEqual(2);
    const drawn = rows.slice(0, 20).toSorted();
    expect(new Set(drawn).size).toBe(20);
    expect(rows.slice(20, 40).toSorted()).toEqual(drawn);
    expect(rows.slice(40, 60).toSorted()).toEqual(drawn);
    expect(rows.slice(20, 40)).not.toEqual(rows.slice(40, 60));
  });

  it("has the cycles of all filters within its standard error, alone and in lockstep", () => {
    const large = smallShape({ filters: 1024, channels: 64, kernelHeight: 1, kernelWidth: 3 });
    const drawn = 256;
    const request: GroupRequest = {
      format: "fixed8",
      quantization: "per-tensor",
      laneWidth: 64,
      window: 8,
      activePlanes: 24,
      activationExponents: "ignore",
      activationVectors: 1,
      activationZeros: 0,
      seed: 1,
      stream: 0,
    };
    const measured = (filters: number) => {
      const { values } = drawWeights(large, distribution, 8, 1, filters);
      const { cycles, groups, lockstepCycles } = groupStatistics(values, 1024, request);
      const perFilter = Array.from({ length: 1024 }, (_, filter) =>
        cycles.subarray(filter * groups, (filter + 1) * groups).reduce((sum, length) => sum + length, 0),
      );
      // Steps of 32 filters in lockstep: the longest of each group, summed over the groups.
      const perSet = Array.from({ length: 32 }, (_, set) => {
        let sum = 0;
        for (let group = 0; group < groups; group++) {
          let longest = 0;
          for (let filter = 32 * set; filter < 32 * set + 32; filter++) {
            longest = Math.max(longest, cycles[filter * groups + group]);
          }
          sum += longest;
        }
        return sum;
      });
      expect(perSet.reduce((sum, steps) => sum + steps, 0)).toBe(lockstepCycles[lockstepPes.indexOf(32)]);
      return { perFilter, perSet };
    };
    const moments = (values: readonly number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      return { mean, deviation: Math.sqrt(variance) };
    };
    const [all, sample] = [measured(1024), measured(drawn)];
    for (const [own, full, count] of [
      [sample.perFilter, all.perFilter, drawn],
      [sample.perSet, all.perSet, drawn / 32],
    ] as const) {
      const error = moments(full).deviation / Math.sqrt(count);
      expect(error).toBeGreaterThan(0);
      expect(Math.abs(moments(own).mean - moments(full).mean)).toBeLessThan(3 * error);
    }
  });
});
