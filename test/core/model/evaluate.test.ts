import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { cycleCauses, layerCycles, networkCycles } from "../../../core/model/cycle-breakdown.ts";
import { evaluateNetwork, metricsOf } from "../../../core/model/evaluate.ts";
import { metrics } from "../../../core/model/metrics.ts";
import { configurationWith } from "../machines/configurations.ts";
import { smallLayer } from "../machines/small-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { exampleTechnology } from "../technology/example-technology.ts";
import { normalWeights, termsOf } from "./example-run.ts";
import { configurations, evaluate, layers, possible, terms, views, weights, workload } from "./mixture.ts";

describe("evaluateNetwork", () => {
  it("orders its views: optimistic ≤ cycle ≤ pessimistic in every metric that time moves", () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        fc.pre(possible(configuration));
        const [low, mid, high] = (["optimistic", "cycle", "pessimistic"] as const).map((view) =>
          metricsOf(evaluate(configuration, view)),
        );
        for (const [metric, { name, withTime }] of metrics.entries()) {
          const slack = Number.isFinite(mid[metric]) ? Math.abs(mid[metric]) * 1e-9 : 0;
          if (withTime === "constant") {
            expect([low[metric], high[metric]], name).toEqual([mid[metric], mid[metric]]);
          } else if (withTime !== "either") {
            const [least, most] = withTime === "rises" ? [low, high] : [high, low];
            expect(least[metric], name).toBeLessThanOrEqual(mid[metric] + slack);
            expect(most[metric], name).toBeGreaterThanOrEqual(mid[metric] - slack);
          }
        }
      }),
    );
  });

  it("bounds power by energy and time only: a longer run may raise it, where the layer that is longer idles more", () => {
    const column = (name: string): number => metrics.findIndex((metric) => metric.name === name);
    const [energy, time, power] = [column("energy_J"), column("latency_s"), column("power_W")];
    let raised = 0;
    fc.assert(
      fc.property(configurations, (configuration) => {
        fc.pre(possible(configuration));
        const [low, mid, high] = (["optimistic", "cycle", "pessimistic"] as const).map((view) =>
          metricsOf(evaluate(configuration, view)),
        );
        const batch = Number(configuration.batch);
        expect(mid[power]).toBeLessThanOrEqual(((batch * high[energy]) / low[time]) * (1 + 1e-9));
        expect(mid[power]).toBeGreaterThanOrEqual(((batch * low[energy]) / high[time]) * (1 - 1e-9));
        if (mid[power] > low[power] * (1 + 1e-9)) raised++;
      }),
      { numRuns: 150, seed: 5 },
    );
    expect(raised).toBeGreaterThan(0);
  });

  it("accounts for every cycle of every processing element, none negative", () => {
    fc.assert(
      fc.property(configurations, fc.constantFrom(...views), (configuration, view) => {
        fc.pre(possible(configuration));
        const { activity, seconds, utilization, layers: results } = evaluate(configuration, view);
        const { busyCycles, idleCycles } = activity;
        const clock = Number(configuration.clock) * 1e9;
        const { activePes } = terms.compute(0, configuration);
        const withWork = results.reduce((sum, layer, index) => sum + activePes[index] * layer.seconds, 0);
        expect((busyCycles + idleCycles) / (withWork * clock)).toBeCloseTo(1, 9);
        expect(withWork).toBeLessThanOrEqual(Number(configuration.pes) * seconds * (1 + 1e-12));
        for (const cycles of [busyCycles, idleCycles]) expect(cycles).toBeGreaterThanOrEqual(0);
        expect(utilization).toBeGreaterThan(0);
        expect(utilization).toBeLessThanOrEqual(1 + 1e-12);
      }),
      {
        numRuns: 150,
        // A single busy element, where rounding alone decides the sign of what it waits.
        examples: [
          [
            configurationWith({
              pes: 1,
              pipeline: "published",
              clock: 0.2,
              precision: "fixed8",
              laneWidth: 32,
            }),
            "analytical",
          ],
        ],
      },
    );
  });

  it("splits every layer's time by cause, none negative", () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        fc.pre(possible(configuration));
        const clock = Number(configuration.clock) * 1e9;
        const result = evaluate(configuration, "cycle");
        const { splits } = terms.compute(0, configuration);
        result.layers.forEach((layer, index) => {
          const cycles = layerCycles(layer, splits[index], clock);
          const sum = cycleCauses.reduce((total, cause) => total + cycles[cause], 0);
          expect(sum / (layer.seconds * clock)).toBeCloseTo(1, 9);
          for (const cause of cycleCauses) {
            expect(cycles[cause], cause).toBeGreaterThanOrEqual(-1e-9 * layer.seconds * clock);
          }
        });
        const all = networkCycles(result, splits, clock);
        const sum = cycleCauses.reduce((total, cause) => total + all[cause], 0);
        expect(sum / (result.seconds * clock)).toBeCloseTo(1, 9);
      }),
      { numRuns: 150 },
    );
  });

  it("scales compute time with the clock alone, and dynamic energy with the square of the voltage that it needs", () => {
    const fast = evaluate(configurationWith({ clock: 1 }));
    const slow = evaluate(configurationWith({ clock: 0.25 }));
    fast.layers.forEach(({ demand }, layer) => {
      expect(slow.layers[layer].demand).toEqual({ ...demand, compute: demand.compute * 4 });
    });
    // A quarter of the clock is below what the least voltage reaches: 0.65 of the nominal one.
    expect([fast.voltage, slow.voltage]).toEqual([1, 0.65]);
    expect(slow.energy.busy_J / fast.energy.busy_J).toBeCloseTo(0.65 ** 2, 12);
    expect(slow.energy.leakage_J / slow.seconds).toBeCloseTo(
      (0.65 * fast.energy.leakage_J) / fast.seconds,
      12,
    );
    expect(slow.energy.dram_J).toBe(fast.energy.dram_J);
  });

  it("doubles the work and traffic of a batch of two, but reads weights of trained layers once", () => {
    const roomy = { precision: "fixed8", activationBuffer: 256 };
    const [one, two] = [1, 2].map((batch) => evaluate(configurationWith({ ...roomy, batch })));
    const names = ["busyCycles", "activationBufferWrites", "activationBufferReads", "dramMovements"] as const;
    for (const name of names) expect(two.activity[name] / one.activity[name], name).toBeCloseTo(2, 12);
    // Weights: 8 · 9 + 40 · 8 + 10 · 300 trained bytes; 12 · 16 of the attention product for each input.
    expect(one.activity.weightBufferWrites).toBe(72 + 320 + 3000 + 192);
    expect(two.activity.weightBufferWrites).toBe(72 + 320 + 3000 + 2 * 192);
    // In bursts of 64 B: 9 B for each of 8 groups, 320, 3000 B, and 96 B for each of two heads and input.
    expect(one.activity.dramWeights).toBe(8 * 64 + 320 + 3008 + 2 * 128);
    expect(two.activity.dramWeights).toBe(8 * 64 + 320 + 3008 + 4 * 128);
    expect(metricsOf(two)[0]).toBeCloseTo(2 / two.seconds, 6);
    expect(metricsOf(two)[5]).toBeCloseTo(
      (two.activity.dramWeights + two.activity.dramActivations + two.activity.dramOutputs + 2 * 5000) / 2,
      6,
    );
  });

  it("counts an element without position or filter neither as busy nor as idle", () => {
    const only = { ...workload, layers: [layers[3]], movedElements: 0 };
    const configuration = configurationWith({ pes: 32, precision: "fixed8" });
    const { activity, seconds } = evaluateNetwork(
      termsOf(only, [weights[3]], configuredTechnology),
      [only],
      0,
      configuration,
      "cycle",
    );
    // Ten filters and one position keep 10 of 32 elements busy, at 1 GHz.
    expect((activity.busyCycles + activity.idleCycles) / (10 * seconds * 1e9)).toBeCloseTo(1, 9);
  });

  it("gives float32 the noise of its alignment, and 200 dB where nothing is lost", () => {
    const aligned = evaluate(configurationWith({ precision: "float32" })).sqnr_dB;
    expect(aligned).toBeGreaterThan(90);
    expect(aligned).toBeLessThan(150);
    const ones = weights.map((values) => values.map(() => 1));
    const terms = termsOf(workload, ones, configuredTechnology);
    const lossless = configurationWith({ precision: "float32", activationExponents: "ignore" });
    expect(evaluateNetwork(terms, [workload], 0, lossless, "cycle").sqnr_dB).toBe(200);
  });

  it("takes the SQNR over all trained layers together", () => {
    let signal = 0;
    let noise = 0;
    for (const layer of [0, 1, 3]) {
      const values = weights[layer];
      const scale = Math.max(...values.map(Math.abs)) / 127;
      for (const value of values) {
        signal += value ** 2;
        noise += (value - Math.round(value / scale) * scale) ** 2;
      }
    }
    expect(evaluate(configurationWith({ precision: "fixed8" })).sqnr_dB).toBeCloseTo(
      10 * Math.log10(signal / noise),
      6,
    );
  });

  it("loads and stores partial sums that spill, over DRAM and through the output buffer", () => {
    /*
     * 8 filters over 5 channels, 3 × 3, on 2 inputs with 1 × 2 outputs: 32 outputs, 128 B of partial sums in 18 B. Two
     * channel tiles and the weights once: 128 B are stored between them and loaded again.
     */
    const layer = smallLayer({
      filters: 8,
      channels: 5,
      kernelHeight: 3,
      kernelWidth: 3,
      outputHeight: 1,
      inputHeight: 3,
      inputWidth: 1,
    });
    const only = { name: "spilling", weight: 1, layers: [layer], movedElements: 0 };
    const configuration = configurationWith({
      pes: 1,
      laneWidth: 8,
      precision: "fixed8",
      batch: 2,
      bufferBandwidth: 8,
      weightBuffer: 83 / 1024,
      activationBuffer: 50 / 1024,
      outputBuffer: 18 / 1024,
      clock: 2,
    });
    const {
      activity,
      layers: [{ demand }],
    } = evaluateNetwork(
      termsOf(only, [normalWeights(layer, 1)], exampleTechnology),
      [only],
      0,
      configuration,
      "cycle",
    );
    expect(activity).toMatchObject({
      // Bursts of 4 B: 16 tiles of 22½ B, 4 of 7½ B, 16 of 2 B; spills are 16 of 8 B.
      dramWeights: 16 * 24,
      dramActivations: 4 * 8,
      dramOutputs: 16 * 4,
      dramPartialSums: 2 * 128,
      // ⌈45/8⌉ = 6 groups: 5 times 128 B to and from the elements; 128 B spilled; 32 outputs of 1 B.
      outputBufferReads: 5 * 128 + 128 + 32,
      outputBufferWrites: 5 * 128 + 128 + 32,
    });
    expect(demand.activationLoads * 0.4e9).toBeCloseTo(32 + 128, 6);
    expect(demand.stores * 0.4e9).toBeCloseTo(64 + 128, 6);
    expect(
      metricsOf(
        evaluateNetwork(
          termsOf(only, [normalWeights(layer, 1)], exampleTechnology),
          [only],
          0,
          configuration,
          "cycle",
        ),
      )[5],
    ).toBe((384 + 32 + 64 + 256) / 2);
  });

  it("reads weights from their buffer once for every pass of the tiling over them, weight-stationary, by hand", () => {
    /*
     * 4 filters of 8 weights, 32 B in a buffer of 24: tiles of 12 B at most, so of 8 weights; 4 rows in tiles of 2 by the
     * given tiling, outside of the filters: two passes. A group of 8 lanes a filter: 32 B read a pass.
     */
    const layer = smallLayer({
      filters: 4,
      channels: 8,
      outputHeight: 4,
      outputWidth: 2,
      inputHeight: 4,
      inputWidth: 2,
    });
    const only = { name: "passing", weight: 1, layers: [layer], movedElements: 0 };
    const run = (changes: Configuration) =>
      evaluateNetwork(
        termsOf(only, [normalWeights(layer, 1)], exampleTechnology),
        [only],
        0,
        configurationWith({
          pes: 1,
          laneWidth: 8,
          precision: "fixed8",
          bufferBandwidth: 8,
          weightBuffer: 24 / 1024,
          tileRows: 2,
          loopOrder: "pmc",
          ...changes,
        }),
        "cycle",
      );
    const twice = run({});
    expect(twice.activity.weightBufferWrites).toBe(2 * 32);
    expect(twice.activity.weightBufferReads).toBe(2 * 32);
    const once = run({ loopOrder: "mpc" });
    expect(once.activity.weightBufferReads).toBe(32);
    // 32 B more on the path to the elements, at 8 GB/s: 4 ns.
    expect((twice.layers[0].demand.buffers - once.layers[0].demand.buffers) * 1e9).toBeCloseTo(4, 9);
    // Output-stationary elements read for each of 8 positions in any case.
    expect(run({ dataflow: "output-stationary" }).activity.weightBufferReads).toBe(8 * 32);
  });

  it("never reads fewer weights from the buffer than it loads, weight-stationary", () => {
    fc.assert(
      fc.property(configurations, (configuration) => {
        const stationary = { ...configuration, dataflow: "weight-stationary" };
        fc.pre(possible(stationary));
        const { weightBufferReads, weightBufferWrites } = evaluate(stationary).activity;
        expect(weightBufferReads).toBeGreaterThanOrEqual(weightBufferWrites * (1 - 1e-12));
      }),
    );
  });

  it("refuses a network without any work instead of dividing by zero", () => {
    const empty = { name: "empty", weight: 1, layers: [], movedElements: 0 };
    const run = () =>
      evaluateNetwork(termsOf(empty, [], configuredTechnology), [empty], 0, configurationWith(), "cycle");
    expect(run).toThrow(ModelError);
    expect(run).toThrow("network empty");
  });
});
