import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { evaluateNetwork } from "../../../core/model/evaluate.ts";
import { configurationWith } from "../machines/configurations.ts";
import { smallLayer } from "../machines/small-layer.ts";
import { exampleTechnology } from "../technology/example-technology.ts";
import { normalWeights, termsOf } from "./example-run.ts";
import { evaluate } from "./mixture.ts";

describe("createTerms", () => {
  it("keeps apart what differs: terms shared by many designs equal those of each design alone", () => {
    const layer = smallLayer({ filters: 5, channels: 40, outputHeight: 4, inputHeight: 4 });
    const mixed = {
      name: "mixed",
      weight: 1,
      layers: [layer, { ...layer, kind: "matmul" as const }],
      movedElements: 9,
    };
    const tensors = mixed.layers.map(normalWeights);
    const shared = termsOf(mixed, tensors, exampleTechnology);
    const run = (termsHere: typeof shared, configuration: Configuration) => {
      try {
        return {
          // Also where the memory system hides it.
          compute: termsHere.compute(0, configuration),
          result: evaluateNetwork(termsHere, [mixed], 0, configuration, "cycle"),
        };
      } catch (error) {
        return error;
      }
    };
    const values: Record<string, (string | number)[]> = {
      pes: [2, 4],
      laneWidth: [16, 32],
      precision: ["float32", "bfloat16", "fixed8", "fixed12"],
      quantization: ["per-tensor", "per-channel"],
      activationExponents: ["ignore", "distribution"],
      activationVectors: [2, 3],
      activationZeros: [0, 0.5],
      activePlanes: [3, 24],
      distillation: ["on", "off"],
      pipeline: ["published", "rtl", "overlapped"],
      inputPorts: [4, 8],
      window: [0, 4, 8],
      sync: ["lockstep", "independent", "fifo"],
      fifoDepth: [1, 4],
      order: ["index", "load"],
      packing: [1, 2],
      spread: ["filters", "filters+positions"],
      dataflow: ["weight-stationary", "output-stationary"],
      batch: [1, 2],
      clock: [0.5, 1],
      weightBuffer: [1, 4],
      activationBuffer: [0.5, 1],
      outputBuffer: [0.5, 1],
      bufferBandwidth: [1, 9],
      bufferPort: [64, 128],
      sram: ["lop", "hp"],
      dram: ["ddr3", "hbm2", "custom"],
      dramBandwidth: [0.3, 5],
      dramEnergy: [1, 9],
      dramBackground: [0, 0.1],
      residency: ["dram", "chained"],
      tileFilters: [0, 2],
      tileChannels: [0, 8],
      tileRows: [0, 1],
      loopOrder: ["best", "cmp"],
      node: [28, 45, 65],
      costSource: ["micro21", "gates", "fig8", "tables6-7", "bbs28"],
      layout: ["netlist", "post-layout"],
      idleShare: [0.2, 0.9],
    };
    expect(Object.keys(values).sort()).toEqual(Object.keys(configurationWith()).sort());
    // From a random design, every parameter is changed by itself.
    const base = fc.record(
      Object.fromEntries(
        Object.entries(values).map(([name, choices]) => [name, fc.constantFrom(...choices)]),
      ),
    );
    fc.assert(
      fc.property(base, (configuration) => {
        run(shared, configuration);
        for (const [name, choices] of Object.entries(values)) {
          for (const choice of choices) {
            const changed = { ...configuration, [name]: choice };
            expect(run(shared, changed), name).toEqual(
              run(termsOf(mixed, tensors, exampleTechnology), changed),
            );
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it("keeps FIFOs of every depth and loop order apart", () => {
    // Filter 0 has all its essential bits in the first group of 16, filter 1 in the second.
    const layer = smallLayer({ filters: 2, channels: 32, outputHeight: 5, outputWidth: 8 });
    const halves = { name: "halves", weight: 1, layers: [layer], movedElements: 0 };
    const weights = [Float32Array.from({ length: 64 }, (_, lane) => (lane < 16 || lane >= 48 ? 127 : 0))];
    const shared = termsOf(halves, weights, exampleTechnology);
    const found = new Set<number>();
    for (const fifoDepth of [1, 4, 64]) {
      for (const dataflow of ["weight-stationary", "output-stationary"]) {
        const configuration = configurationWith({
          pes: 2,
          laneWidth: 16,
          precision: "fixed8",
          pipeline: "overlapped",
          sync: "fifo",
          fifoDepth,
          dataflow,
        });
        const { tracedCycles } = shared.compute(0, configuration);
        const alone = termsOf(halves, weights, exampleTechnology).compute(0, configuration);
        expect(tracedCycles).toEqual(alone.tracedCycles);
        found.add(tracedCycles[0]);
      }
    }
    // Output-stationary, one group is deep enough; weight-stationary, as many as there are positions: three results.
    expect(found.size).toBe(3);
  });

  it("names the buffer, the layer and the least size where a layer does not fit", () => {
    const run = (changes: Configuration) => () =>
      evaluate(configurationWith({ precision: "fixed16", bufferBandwidth: 8, ...changes }));
    // Strided: 2 · 32 filters · 64 lanes · 2 B = 8 KiB of weights; scores need less.
    expect(run({ weightBuffer: 7.9 })).toThrow(ModelError);
    expect(run({ weightBuffer: 7.9 })).toThrow(
      "weightBuffer of 7.9 KiB: layer strided of mixture needs at least 8 KiB",
    );
    expect(run({ weightBuffer: 8 })).not.toThrow();
    // 2 · 32 · 5 columns · 4 B = 1.25 KiB of partial sums, rounded up to a tenth.
    expect(run({ outputBuffer: 1 })).toThrow(
      "outputBuffer of 1 KiB: layer strided of mixture needs at least 1.3 KiB",
    );
    expect(run({ outputBuffer: 1.25 })).not.toThrow();
  });
});
