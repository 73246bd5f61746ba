import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metricsOf } from "../../../core/model/evaluate.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { configurations, evaluate, possible, terms, views } from "./mixture.ts";

describe("energy", () => {
  it("spends what its own counts cost, along a second path", () => {
    fc.assert(
      fc.property(configurations, fc.constantFrom(...views), (configuration, view) => {
        fc.pre(possible(configuration));
        const { activity, energy, seconds } = evaluate(configuration, view);
        const costs = terms.costs(configuration);
        // Module by module, buffer by buffer, bit by bit.
        const busyEquivalents =
          activity.busyCycles +
          Number(configuration.idleShare) * activity.idleCycles +
          configuredTechnology.leakShare.value * activity.unusedCycles;
        let total = 0;
        for (const component of costs.components) total += component.busyCycle_J * busyEquivalents;
        const accesses = [
          [activity.weightBufferReads, activity.weightBufferWrites],
          [activity.activationBufferReads, activity.activationBufferWrites],
          [activity.outputBufferReads, activity.outputBufferWrites],
        ];
        [costs.weightBuffer, costs.activationBuffer, costs.outputBuffer].forEach((buffer, index) => {
          total += accesses[index][0] * buffer.read_JPerByte + accesses[index][1] * buffer.write_JPerByte;
          total += buffer.leakage_W * seconds;
        });
        const { dramWeights, dramActivations, dramOutputs, dramPartialSums, dramMovements } = activity;
        const bits = 8 * (dramWeights + dramActivations + dramOutputs + dramPartialSums + dramMovements);
        total += bits * costs.dram.energy_pJPerBit * 1e-12;
        expect(energy.total_J / total).toBeCloseTo(1, 9);
        const { total_J, ...parts } = energy;
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0) / total_J).toBeCloseTo(1, 12);
        expect(metricsOf(evaluate(configuration, view))[2] * Number(configuration.batch)).toBeCloseTo(
          total_J,
          15,
        );
      }),
    );
  });
});
