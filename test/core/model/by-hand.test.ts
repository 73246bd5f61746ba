import { describe, expect, it } from "vitest";
import { groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import { networkCycles } from "../../../core/model/cycle-breakdown.ts";
import { evaluateNetwork, metricsOf, type View } from "../../../core/model/evaluate.ts";
import { metrics } from "../../../core/model/metrics.ts";
import { tileLayer } from "../../../core/model/tiling.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { configurationWith } from "../machines/configurations.ts";
import { smallLayer } from "../machines/small-layer.ts";
import { exampleTechnology } from "../technology/example-technology.ts";
import { termsOf } from "./example-run.ts";

/*
 * One design from weights to joules, every number worked out on paper: 3 filters over 20 channels, 2 × 2 outputs, on
 * two processing elements of 16 lanes and 8 ports in fixed8.
 */
const layer = smallLayer();
const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const weights = Float32Array.from([
  // Filter 0: lanes 0, 2, 3, 9, 12 of the first group, and the first two of the second, which has 4 lanes.
  ...[127, 0, 1, 0.5, 0, 0, 0, 0, 0, 1, 0, 0, 1.5, 0, 0, 0],
  ...[3, 3, 0, 0],
  // Filter 1: −1 everywhere, then 64.
  ...zeros(16).fill(-1),
  ...[64, 0, 0, 0],
  // Filter 2: nothing, then two ties and a 1.
  ...zeros(16),
  ...[2.5, -2.5, 1, 0],
]);
const configuration = configurationWith({
  pes: 2,
  laneWidth: 16,
  inputPorts: 8,
  window: 8,
  precision: "fixed8",
  clock: 0.8,
  weightBuffer: 64 / 1024,
  activationBuffer: 64 / 1024,
  outputBuffer: 32 / 1024,
  bufferBandwidth: 2,
});
const workload = {
  name: "paper",
  weight: 1,
  layers: [layer],
  movedElements: 20,
  accuracy: { fixed8: 71.3, float32: 72 },
};
const statistics = groupStatistics(weights, 3, bitlet.statistics(configuration, 7, 0));
const evaluate = (view: View) =>
  evaluateNetwork(termsOf(workload, [weights], exampleTechnology), [workload], 0, configuration, view);

describe("a design by hand", () => {
  it("quantizes at scale 1, ties to even", () => {
    const { codes, scales, signalPower, noisePower } = quantize(
      weights,
      3,
      parseFormat("fixed8"),
      "per-tensor",
    );
    expect([...scales]).toEqual([1]); // 127 / (2⁷ − 1)
    expect([...codes.slice(0, 20)]).toEqual([127, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 3, 3, 0, 0]);
    expect([...codes.slice(56, 60)]).toEqual([2, -2, 1, 0]);
    // 127² + 1 + ¼ + 1 + 2¼ + 9 + 9, 16 + 64², 6¼ + 6¼ + 1.
    expect(signalPower).toBe(16151.5 + 4112 + 13.5);
    expect(noisePower).toBe(1); // four ties lose ½ each
  });

  it("distils six groups", () => {
    expect(statistics.groups).toBe(2); // ⌈20/16⌉
    /*
     * Filter 0, group 0: plane 0 has ones at lanes 0, 2, 9: windows at 0 → 2 → 9 → 17, 3 cycles; plane 1 at 0 and 12:
     * 0 → 8 → 16, 2 cycles; planes 2 … 6 at 0: 2 cycles. Group 1: planes 0 and 1 at 0, 1: 0 → 1 → 9 → 17, 3 cycles.
     * Filter 1, group 0: plane 0 full, 16 cycles. Group 1: one bit of plane 6, 2 windows.
     * Filter 2, group 0: empty, 2 windows. Group 1: plane 1 at 0, 1, 3 cycles.
     */
    expect([...statistics.cycles]).toEqual([3, 3, 16, 2, 2, 3]);
    // Plane 0: 5, 16 and 1 ones of 60; plane 1: 4, 0, 2; planes 2 … 5: filter 0 alone; plane 6: 127 and 64.
    const expected = [22, 6, 1, 1, 1, 1, 2].map((ones) => ones / 60);
    for (let plane = 0; plane < 24; plane++) {
      expect(statistics.planeDensity[plane]).toBeCloseTo(expected[plane] ?? 0, 12);
    }
    // Plane 1: shares 0.2, 0, 0.1, mean 0.1.
    expect(statistics.planeVariance[1]).toBeCloseTo((0.01 + 0.01 + 0) / 3, 12);
  });

  it("runs them in 258 cycles", () => {
    /*
     * B = 2 beats: interval 2 + 12 + S: 17 17 | 30 16 | 16 17. Tail ⌈log2 8⌉ + 1 = 4.
     * Round 0: filters 0 and 1, 4 steps: 4 · (30 + 17) = 188. Round 1: filter 2, two positions at once, 2 steps:
     * 2 · (16 + 17) = 66. Lockstep 188 + 66 + 4 = 258.
     * Alone, element 0 works 4 · 34 + 2 · 33 = 202, element 1 4 · 46 + 2 · 33 = 250, so 254.
     * Every step as the slowest filter, 30 and 17: 4 · 47 + 2 · 47 + 4 = 286. Work 4 · (34 + 46 + 33) = 452.
     */
    const traced = bitlet.tracedCycles(configuration, layer, statistics);
    expect(traced).toMatchObject({
      cycles: 258,
      busyCycles: 452,
      optimisticCycles: 254,
      pessimisticCycles: 286,
    });
    expect(bitlet.activePes(configuration, layer)).toBe(2);
  });

  it("takes them for these reasons", () => {
    /*
     * 34 ones on 7 planes; the fullest planes have 3 + 2 + 16 + 1 + 0 + 2 = 24; the empty group visits 2 windows; each of
     * the three incomplete groups visits one more behind its weights: 29 cycles of scans. 14 cycles of front end a group.
     * Each group is worked on for 4 positions, by one of 2 elements: 2 cycles of the array for a cycle of a group. Both
     * elements have work in all 6 steps: nothing is unfilled. Waiting: 258 − 4 − 452 / 2 = 28.
     */
    expect(statistics.cycleParts.padding).toBe(3);
    const { split } = bitlet.tracedCycles(configuration, layer, statistics);
    const expected = {
      ideal: 2 * (34 / 7),
      window: 2 * 2,
      frontEnd: 2 * 6 * 14 + 4,
      padding: 2 * 3,
      imbalance: 2 * (24 - 34 / 7) + 28,
    };
    expect(Object.keys(split).sort()).toEqual(Object.keys(expected).sort());
    for (const [cause, cycles] of Object.entries(expected)) {
      expect(split[cause as keyof typeof split], cause).toBeCloseTo(cycles, 9);
    }
  });

  it("moves 448 bytes between buffers and processing elements", () => {
    expect(bitlet.bufferTraffic(configuration, layer)).toEqual({
      weightRereads: 96,
      weightReads: 96, // 3 filters · 2 groups · 16 lanes
      activationReads: 256, // 2 rounds · 2 groups · 4 positions · 16 lanes
      partialSumReads: 48, // 3 filters · 4 positions · 4 B, between the two groups
      partialSumWrites: 48,
      outputWrites: 12,
    });
    expect(bitlet.leastBuffers(configuration, layer)).toEqual({ weight: 64, activation: 64, output: 32 });
  });

  it("tiles into eight and moves 232 bytes to and from DRAM", () => {
    /*
     * Weights, 60 B, fit their 64 B whole. Input, 80 B, does not fit 64: a tile of 32 B holds one row (2 B a channel)
     * of up to 16 channels, so 10 of 20. Partial sums, 48 B, do not fit 32: a tile of 16 B holds one row (8 B a filter)
     * of 2 filters. With channels innermost the input is read for each of 2 filter tiles, 160 B, and nothing spills;
     * with channels outside, 48 B would be written and read again, 80 + 96 = 176 B. Single filters: 240 B.
     */
    const buffers = { weight: 64, activation: 64, output: 32 };
    const tiling = tileLayer(layer, 1, { weight: 8, activation: 8, output: 8 }, buffers);
    expect(tiling).toMatchObject({ tileFilters: 2, tileChannels: 10, tileRows: 1, tiles: 8 });
    expect(tiling.order[2]).toBe("c");
    expect(tiling).toMatchObject({ weightBytes: 60, activationBytes: 160, outputBytes: 12, spilledBytes: 0 });
  });

  it("moves 240 of them in bursts of 4 B", () => {
    const [moved] = termsOf(workload, [weights], exampleTechnology).transfers(0, configuration);
    // Four tiles of 15 B of weights; eight of 20 B of input; four of 3 B of outputs.
    expect(moved.tiling.transfers).toEqual({ weights: 4, activations: 8, outputs: 4, spills: 0 });
    expect(moved).toMatchObject({
      weightBytes: 4 * 16,
      activationBytes: 8 * 20,
      outputBytes: 4 * 4,
      spilledBytes: 0,
    });
  });

  it("takes 530.3125 ns", () => {
    const { layers, seconds, bound } = evaluate("cycle");
    const [{ demand }] = layers;
    expect(demand.compute * 1e9).toBeCloseTo(322.5, 9); // 258 cycles at 0.8 GHz
    expect(demand.buffers * 1e9).toBeCloseTo(224, 9); // 96 + 256 + 48 + 48 B at 2 GB/s
    expect(demand.weightLoads * 1e9).toBeCloseTo(160, 9); // 64 B at 0.4 GB/s
    expect(demand.activationLoads * 1e9).toBeCloseTo(400, 9); // 160 B
    expect(demand.stores * 1e9).toBeCloseTo(40, 9); // 16 B
    expect(demand.tiles).toBe(8);
    // An eighth each: fill 50, compute 40.3125, slowest stage (400 + 40) / 8 = 55, drain 5:
    // 50 + 40.3125 + 7 · 55 + 5 = 480.3125.
    expect(layers[0].seconds * 1e9).toBeCloseTo(480.3125, 9);
    // 20 elements of other operations, 20 B at 0.4 GB/s: 50 ns.
    expect(seconds * 1e9).toBeCloseTo(530.3125, 9);
    expect(layers[0].bound).toBe(3); // DRAM activations
    expect(bound).toBe(3);
    // Bounds: the shared channel alone, 440; and 286 / 0.8 + 160 + 400 + 40 = 957.5.
    expect(evaluate("optimistic").layers[0].seconds * 1e9).toBeCloseTo(440, 9);
    expect(evaluate("pessimistic").layers[0].seconds * 1e9).toBeCloseTo(957.5, 9);
  });

  it("spends 424.25 cycles like this", () => {
    const { splits } = termsOf(workload, [weights], exampleTechnology).compute(0, configuration);
    const cycles = networkCycles(evaluate("cycle"), splits, 0.8e9);
    // At 0.8 GHz: fill 50 ns, drain 5, movements 50; between them 40.3125 + 7 · 55 − 322.5 = 102.8125 ns wait for DRAM.
    expect(cycles.fill).toBeCloseTo(40, 9);
    expect(cycles.drain).toBeCloseTo(4, 9);
    expect(cycles.movements).toBeCloseTo(40, 9);
    expect(cycles.stallActivations).toBeCloseTo(82.25, 9);
    expect([cycles.stallBuffers, cycles.stallWeights]).toEqual([0, 0]);
    const { ideal, imbalance, window, padding, frontEnd } = cycles;
    expect(ideal + imbalance + window + padding + frontEnd).toBeCloseTo(258, 9);
    expect(Object.values(cycles).reduce((sum, count) => sum + count, 0)).toBeCloseTo(424.25, 9);
  });

  it("counts what happens", () => {
    const { activity } = evaluate("cycle");
    const expected = {
      busyCycles: 452,
      idleCycles: 2 * 384.25 - 452, // 480.3125 ns at 0.8 GHz = 384.25 cycles
      weightBufferReads: 96,
      weightBufferWrites: 60,
      activationBufferReads: 256,
      activationBufferWrites: 160,
      outputBufferReads: 48 + 12,
      outputBufferWrites: 48 + 12,
      dramWeights: 64,
      dramActivations: 160,
      dramOutputs: 16,
      dramPartialSums: 0,
      dramMovements: 20,
      seconds: 530.3125e-9,
    };
    expect(Object.keys(activity)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expect(activity[name as keyof typeof activity], name).toBeCloseTo(value, 9);
    }
  });

  it("costs 67.27301025 nJ, between 52.4 and 104.5, and 0.505 mm²", () => {
    /*
     * 53 pJ a busy cycle at 2 GHz and the nominal voltage, of which 5 % are leakage: 5.3 mW an element. 0.8 GHz need less
     * than the least voltage, 0.8 of the nominal one: dynamic energy × 0.64, leakage × 0.8.
     */
    const { energy, energyLow, energyHigh, areaLow_mm2, area_mm2, areaHigh_mm2, voltage } = evaluate("cycle");
    expect(voltage).toBe(0.8);
    const picojoules = Object.fromEntries(
      Object.entries(energy).map(([name, joules]) => [name, Number((joules * 1e12).toFixed(6))]),
    );
    expect(picojoules).toEqual({
      busy_J: 14565.248, // 452 · 0.95 · 53 pJ · 0.64
      idle_J: 4831.056, // 316.5 · (½ − 0.05) · 53 pJ · 0.64
      leakage_J: 4497.05, // 2 · 5.3 mW · 0.8 · 530.3125 ns
      weightBuffer_J: 382.0625, // 96 · 1 + 60 · 3 + 0.2 mW · 530.3125 ns
      activationBuffer_J: 842.0625, // 256 · 1 + 160 · 3 + 106.0625
      outputBuffer_J: 143.03125, // 60 · ½ + 60 · 1 + 0.1 mW · 530.3125 ns
      dram_J: 20800, // 260 B · 8 · 10 pJ
      background_J: 21212.5, // 2 · 20 mW · 530.3125 ns
      total_J: 67273.01025,
    });
    // Waiting at 0.1 and at 1 of a busy cycle, background power at 10 and 50 mW: nothing else has a range here.
    expect(energyLow.total_J * 1e12).toBeCloseTo(67273.01025 - 0.4 * 53 * 0.64 * 316.5 - 10606.25, 6);
    expect(energyHigh.total_J * 1e12).toBeCloseTo(67273.01025 + 0.5 * 53 * 0.64 * 316.5 + 31818.75, 6);
    expect([areaLow_mm2, areaHigh_mm2]).toEqual([area_mm2, area_mm2]);
    expect(area_mm2).toBeCloseTo(2 * 0.25 + 0.002 + 0.002 + 0.001, 12);
  });

  it("comes to these metrics", () => {
    const values = metricsOf(evaluate("cycle"));
    const expected: Record<string, number> = {
      throughput_ips: 1 / 530.3125e-9,
      latency_s: 530.3125e-9,
      energy_J: 67273.01025e-12,
      area_mm2: 0.505,
      power_W: 67273.01025e-12 / 530.3125e-9,
      dram_bytes: 260,
      utilization: 452 / (2 * 424.25),
      sqnr_dB: 10 * Math.log10(20277),
      accuracy: 71.3,
      energyLow_J: 52372.48825e-12,
      energyHigh_J: 104459.60025e-12,
      areaLow_mm2: 0.505,
      areaHigh_mm2: 0.505,
    };
    expect(metrics.map(({ name }) => name)).toEqual(Object.keys(expected));
    metrics.forEach(({ name }, index) => {
      expect(values[index] / expected[name], name).toBeCloseTo(1, 12);
    });
  });
});
