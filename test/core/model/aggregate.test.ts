import { describe, expect, it } from "vitest";
import { type Aggregate, aggregateMetrics } from "../../../core/model/aggregate.ts";
import { metrics } from "../../../core/model/metrics.ts";

/** Two networks on one design: 4 and 1 inferences a second, batch 1. */
const first = {
  throughput_ips: 4,
  latency_s: 0.25,
  energy_J: 2,
  area_mm2: 3,
  power_W: 8,
  dram_bytes: 100,
  utilization: 0.8,
  sqnr_dB: 40,
  accuracy: 75,
  energyLow_J: 1,
  energyHigh_J: 4,
  areaLow_mm2: 2,
  areaHigh_mm2: 5,
};
const second = {
  throughput_ips: 1,
  latency_s: 1,
  energy_J: 32,
  area_mm2: 3,
  power_W: 32,
  dram_bytes: 400,
  utilization: 0.2,
  sqnr_dB: 20,
  accuracy: 30,
  energyLow_J: 16,
  energyHigh_J: 64,
  areaLow_mm2: 2,
  areaHigh_mm2: 5,
};

const join = (
  networks: Record<string, number>[],
  weights: number[],
  aggregate: Aggregate,
): Record<string, number> => {
  const vectors = networks.map((network) => Float64Array.from(metrics, ({ name }) => network[name]));
  const joined = aggregateMetrics(vectors, weights, aggregate);
  return Object.fromEntries(metrics.map(({ name }, index) => [name, Number(joined[index].toFixed(9))]));
};

describe("aggregateMetrics", () => {
  it("takes geometric means, weighted", () => {
    expect(join([first, second], [1, 1], "geomean")).toEqual({
      throughput_ips: 2, // √(4 · 1)
      latency_s: 0.5,
      energy_J: 8, // √64
      area_mm2: 3,
      power_W: 16,
      dram_bytes: 200,
      utilization: 0.4,
      sqnr_dB: 20, // the lowest
      accuracy: 30,
      energyLow_J: 4,
      energyHigh_J: 16,
      areaLow_mm2: 2,
      areaHigh_mm2: 5,
    });
    // Weights 3 and 1: fourth roots of 4³ · 1 and 2³ · 32.
    const weighted = join([first, second], [3, 1], "geomean");
    expect(weighted.throughput_ips).toBeCloseTo(64 ** 0.25, 8);
    expect(weighted.energy_J).toBe(4);
    expect(join([first, second], [6, 2], "geomean")).toEqual(weighted);
  });

  it("runs the networks one after another, each as often as its weight", () => {
    // Three times ¼ s and once 1 s: 1.75 s, 3 · 2 + 32 = 38 J.
    expect(join([first, second], [3, 1], "sum")).toEqual({
      throughput_ips: Number((1 / 1.75).toFixed(9)),
      latency_s: 1.75,
      energy_J: 38,
      area_mm2: 3,
      power_W: Number((38 / 1.75).toFixed(9)),
      dram_bytes: 700,
      utilization: Number(((0.75 * 0.8 + 1 * 0.2) / 1.75).toFixed(9)),
      sqnr_dB: 20,
      accuracy: 30,
      energyLow_J: 19,
      energyHigh_J: 76,
      areaLow_mm2: 2,
      areaHigh_mm2: 5,
    });
  });

  it("takes the least favourable value of each metric, whatever the weights", () => {
    const worst = {
      throughput_ips: 1,
      latency_s: 1,
      energy_J: 32,
      area_mm2: 3,
      power_W: 32,
      dram_bytes: 400,
      utilization: 0.2,
      sqnr_dB: 20,
      accuracy: 30,
      energyLow_J: 16,
      energyHigh_J: 64,
      areaLow_mm2: 2,
      areaHigh_mm2: 5,
    };
    expect(join([first, second], [9, 1], "worst")).toEqual(worst);
    expect(join([second, first], [1, 1], "worst")).toEqual(worst);
  });

  it("leaves a single network as it is, and shows the first where each has its own front", () => {
    for (const aggregate of ["geomean", "sum", "worst", "each"] as const) {
      expect(join([first], [1], aggregate), aggregate).toEqual(first);
    }
    expect(join([first, second], [1, 1], "each")).toEqual(first);
  });

  it("keeps an infinite SQNR, and the finite one of two", () => {
    const lossless = { ...first, sqnr_dB: Number.POSITIVE_INFINITY };
    expect(join([lossless, lossless], [1, 1], "geomean").sqnr_dB).toBe(Number.POSITIVE_INFINITY);
    expect(join([lossless, second], [1, 1], "sum").sqnr_dB).toBe(20);
  });
});
