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
        return evaluateNetwork(termsHere, [mixed], 0, configuration, "cycle");
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
      sync: ["lockstep", "independent"],
      spread: ["filters", "filters+positions"],
      dataflow: ["weight-stationary", "output-stationary"],
      batch: [1, 2],
      clock: [0.5, 1],
      weightBuffer: [0.25, 1],
      activationBuffer: [0.25, 1],
      outputBuffer: [0.0625, 1],
      bufferBandwidth: [1, 9],
      dram: ["ddr3", "hbm2"],
      node: ["28nm", "65nm"],
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

  it("names the buffer, the layer and the least size where a layer does not fit", () => {
    const run = (changes: Configuration) => () =>
      evaluate(configurationWith({ precision: "fixed16", ...changes }));
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
