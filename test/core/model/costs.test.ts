import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { designCosts } from "../../../core/model/costs.ts";
import { configurationWith } from "../machines/configurations.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { exampleTechnology } from "../technology/example-technology.ts";

const costs = (changes: Configuration) =>
  designCosts(
    bitlet,
    configurationWith({
      laneWidth: 16,
      inputPorts: 8,
      weightBuffer: 1,
      activationBuffer: 4,
      outputBuffer: 16,
      bufferBandwidth: 8,
      precision: "fixed8",
      ...changes,
    }),
    exampleTechnology,
  );

describe("designCosts", () => {
  it("adds processing elements and the three buffers, each at its own capacity", () => {
    const { rates, ...design } = costs({ pes: 12 });
    const { nominal } = rates;
    expect(nominal.area_mm2).toBeCloseTo(12 * 0.25 + 0.01 + 0.04 + 0.16, 12);
    // 53 pJ a busy cycle, 5 % of it leakage: 5.3 mW at 2 GHz. Waiting takes half of 53 pJ with its leakage.
    expect(nominal.busyCycle_J).toBeCloseTo(0.95 * 53e-12, 20);
    expect(nominal.idleCycle_J).toBeCloseTo(0.45 * 53e-12, 20);
    expect(nominal.leakage_W).toBeCloseTo(12 * 5.3e-3, 12);
    expect(nominal.weightBuffer.read_JPerByte).toBeCloseTo(1e-12, 20);
    expect(nominal.activationBuffer.read_JPerByte).toBeCloseTo(2e-12, 20);
    expect(nominal.outputBuffer.read_JPerByte).toBeCloseTo(4e-12, 20);
    expect(nominal.dramByte_J).toBeCloseTo(80e-12, 20);
    expect(nominal.background_W).toBeCloseTo(2 * 0.02, 12);
    expect(design).toMatchObject({ pes: 12, activationBits: 8, chained: false, nominalClock_GHz: 2 });
    expect(design.dram).toBe(exampleTechnology.dram.ddr3);
  });

  it("takes SRAM and processing elements from the same node, and the DRAM type by name", () => {
    const { rates, dram } = costs({ pes: 12, node: 65, dram: "hbm2" });
    expect(rates.nominal.area_mm2).toBeCloseTo(3 * (12 * 0.25 + 0.01 + 0.04 + 0.16), 12);
    expect(rates.nominal.weightBuffer.leakage_W).toBeCloseTo(3 * 0.4e-3, 12);
    expect(dram).toBe(exampleTechnology.dram.hbm2);
  });

  it("gives a buffer as many banks as its bandwidth needs", () => {
    // 8 B a nanosecond and bank: 24 GB/s need three banks of 16/3 KiB, which 25 GB/s do not fit into.
    const banks = (bufferBandwidth: number): number[] => {
      const { weightBuffer, activationBuffer, outputBuffer } = costs({ bufferBandwidth, weightBuffer: 4 })
        .rates.nominal;
      return [weightBuffer.banks, activationBuffer.banks, outputBuffer.banks];
    };
    expect(banks(8)).toEqual([1, 1, 1]);
    expect(banks(24)).toEqual([3, 3, 3]);
    expect(banks(25)).toEqual([4, 4, 4]);
    // Four banks of 1 KiB for the weights: each access in one of them, leakage and area of all.
    const { weightBuffer } = costs({ bufferBandwidth: 32, weightBuffer: 4 }).rates.nominal;
    expect(weightBuffer.read_JPerByte).toBeCloseTo(1e-12, 20);
    expect(weightBuffer.leakage_W).toBeCloseTo(4 * 0.4e-3, 12);
    expect(weightBuffer.area_mm2).toBeCloseTo(4 * 0.01, 12);
    // A port of 128 bits has its own energy; its leakage and area, which are not known, are those of 64 bits.
    const wide = costs({ bufferBandwidth: 16, bufferPort: 128 }).rates.nominal.weightBuffer;
    expect(wide).toMatchObject({ banks: 1, mark: "our decision" });
    expect(wide.read_JPerByte).toBeCloseTo(10e-12 / 16, 20);
    expect(wide.area_mm2).toBeCloseTo(0.01, 12);
    expect(wide.source).toContain("leakage and area at 128 bits are not known");
  });

  it("spreads over the ranges of uncertain numbers, and of idleShare at its default alone", () => {
    const { low, nominal, high } = costs({}).rates;
    expect(low.idleCycle_J).toBeCloseTo(0.05 * 53e-12, 20);
    expect(high.idleCycle_J).toBeCloseTo(0.95 * 53e-12, 20);
    expect([low.background_W, high.background_W]).toEqual([0.02, 0.1]);
    expect([low.busyCycle_J, high.busyCycle_J]).toEqual([nominal.busyCycle_J, nominal.busyCycle_J]);
    const chosen = costs({ idleShare: 0.2 });
    expect(chosen.rates.low.idleCycle_J).toBe(chosen.rates.high.idleCycle_J);
    expect(chosen.rates.nominal.idleCycle_J).toBeCloseTo(0.15 * 53e-12, 20);
    // Layout: power × 2, from 1.5 to 3; area × 1.25, from 1 to 2.
    const laidOut = costs({ layout: "post-layout", pes: 12 }).rates;
    expect(laidOut.nominal.busyCycle_J).toBeCloseTo(2 * nominal.busyCycle_J, 20);
    expect(laidOut.low.busyCycle_J).toBeCloseTo(1.5 * nominal.busyCycle_J, 20);
    expect(laidOut.high.leakage_W).toBeCloseTo(3 * 12 * 5.3e-3, 12);
    expect(laidOut.low.area_mm2).toBeCloseTo(12 * 0.25 + 0.21, 12);
    expect(laidOut.high.area_mm2).toBeCloseTo(12 * 0.5 + 0.21, 12);
  });

  it("takes a memory type of the sweep's own as it is given", () => {
    const { dram, rates } = costs({ dram: "custom", dramBandwidth: 5, dramEnergy: 3, dramBackground: 0.25 });
    expect(dram.bandwidth).toMatchObject({ value: 5, mark: "our decision" });
    expect(rates.nominal.dramByte_J).toBeCloseTo(24e-12, 20);
    expect(rates.nominal.background_W).toBe(0.5);
  });

  it("carries the weakest mark of what entered", () => {
    expect(costs({}).mark).toBe("stated");
    expect(costs({ laneWidth: 32 }).mark).toBe("derived");
    expect(costs({ inputPorts: 4 }).mark).toBe("our decision");
    expect(costs({ node: 45 }).mark).toBe("remembered");
    expect(designCosts(bitlet, configurationWith(), configuredTechnology).mark).toBe("remembered");
  });

  it("refuses what the tables do not hold", () => {
    const refused: [Configuration, string][] = [
      [{ dram: "ddr9" }, "DRAM type ddr9: there are numbers for ddr3, hbm2"],
      [{ node: 5 }, "node 5 nm: costs can be scaled between 7 and 180 nm only"],
      [{ weightBuffer: 1024 }, "weightBuffer of 1024 KiB: SRAM capacity in KiB: 1024 lies beyond the reach"],
      [
        { weightBuffer: 2, bufferBandwidth: 2048 },
        "weightBuffer of 2 KiB in 256 banks, which 2048 GB/s need at 64 bits: capacity of a bank in KiB: 0.0078125 lies beyond",
      ],
      [{ bufferPort: 256 }, "bufferPort of 256 bits: the table of lop SRAM at 28 nm has 64, 128"],
    ];
    for (const [changes, message] of refused) {
      expect(() => costs(changes)).toThrow(ModelError);
      expect(() => costs(changes)).toThrow(message);
    }
  });

  it("never costs less with more of anything", () => {
    fc.assert(
      fc.property(
        fc.record({
          laneWidth: fc.constantFrom(16, 32, 64, 128),
          inputPorts: fc.constantFrom(4, 8, 16),
          window: fc.constantFrom(2, 8, 16),
          packing: fc.constantFrom(1, 2),
          precision: fc.constantFrom("fixed8", "fixed4"),
          costSource: fc.constantFrom("micro21", "gates"),
          pes: fc.constantFrom(1, 8),
        }),
        fc.constantFrom(
          ["laneWidth", 256] as const,
          ["inputPorts", 32] as const,
          ["window", 0] as const,
          ["pes", 64] as const,
        ),
        (configuration, [name, more]) => {
          const less = designCosts(bitlet, configurationWith(configuration), configuredTechnology);
          const larger = designCosts(
            bitlet,
            configurationWith({ ...configuration, [name]: more }),
            configuredTechnology,
          );
          for (const corner of ["low", "nominal", "high"] as const) {
            const [a, b] = [less.rates[corner], larger.rates[corner]];
            expect(b.area_mm2).toBeGreaterThanOrEqual(a.area_mm2 * (1 - 1e-12));
            expect(b.busyCycle_J).toBeGreaterThanOrEqual(a.busyCycle_J * (1 - 1e-12));
          }
        },
      ),
    );
  });
});
