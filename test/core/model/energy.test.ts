import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { energyParts } from "../../../core/model/energy.ts";
import { metricsOf } from "../../../core/model/evaluate.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { configurations, evaluate, possible, terms, views } from "./mixture.ts";

describe("energy", () => {
  it("spends what its own counts cost, along a second path", () => {
    fc.assert(
      fc.property(configurations, fc.constantFrom(...views), (configuration, view) => {
        fc.pre(possible(configuration));
        const result = evaluate(configuration, view);
        const { activity, energy, seconds } = result;
        const [{ costs }] = terms.formatCosts(configuration);
        const { shares } = configuredTechnology;
        // Module by module, buffer by buffer, bit by bit. A waiting cycle takes idleShare of a busy one, leakage included,
        // which leaks on its own beside it here.
        const square = result.voltage ** 2;
        const waiting =
          (Number(configuration.idleShare) - shares.leakShare.value) / (1 - shares.leakShare.value);
        let total = 0;
        for (const component of costs.components) {
          total += square * component.dynamicCycle_J * activity.busyCycles;
          total += square * component.dynamicCycle_J * waiting * activity.idleCycles;
          total += result.voltage * component.leakage_W * Number(configuration.pes) * seconds;
        }
        const accesses = [
          [activity.weightBufferReads, activity.weightBufferWrites],
          [activity.activationBufferReads, activity.activationBufferWrites],
          [activity.outputBufferReads, activity.outputBufferWrites],
        ];
        const { weightBuffer, activationBuffer, outputBuffer } = costs.rates.nominal;
        [weightBuffer, activationBuffer, outputBuffer].forEach((buffer, index) => {
          total += accesses[index][0] * buffer.read_JPerByte + accesses[index][1] * buffer.write_JPerByte;
          total += buffer.leakage_W * seconds;
        });
        const { dramWeights, dramActivations, dramOutputs, dramPartialSums, dramMovements } = activity;
        const bits = 8 * (dramWeights + dramActivations + dramOutputs + dramPartialSums + dramMovements);
        total += bits * costs.dram.energy.value * 1e-12;
        total += 2 * costs.dram.background.value * seconds;
        expect(energy.total_J / total).toBeCloseTo(1, 9);
        const { total_J, ...parts } = energy;
        expect(Object.keys(parts)).toEqual([...energyParts]);
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0) / total_J).toBeCloseTo(1, 12);
        expect(metricsOf(evaluate(configuration, view))[2] * Number(configuration.batch)).toBeCloseTo(
          total_J,
          15,
        );
        // Uncertain numbers only ever add to one side.
        expect(result.energyLow.total_J).toBeLessThanOrEqual(total_J);
        expect(result.energyHigh.total_J).toBeGreaterThanOrEqual(total_J);
        expect(result.areaLow_mm2).toBeLessThanOrEqual(result.area_mm2);
        expect(result.areaHigh_mm2).toBeGreaterThanOrEqual(result.area_mm2);
      }),
    );
  });
});
