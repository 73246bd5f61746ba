import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { designCosts } from "../../../core/model/costs.ts";
import { configurationWith } from "../machines/configurations.ts";
import { exampleTechnology } from "../technology/example-technology.ts";

const costs = (changes: Configuration) =>
  designCosts(
    bitlet,
    configurationWith({
      laneWidth: 16,
      weightBuffer: 1,
      activationBuffer: 4,
      outputBuffer: 16,
      precision: "fixed8",
      ...changes,
    }),
    exampleTechnology,
  );

describe("designCosts", () => {
  it("adds processing elements and the three buffers, each at its own capacity", () => {
    const design = costs({ pes: 12 });
    expect(design.area_mm2).toBeCloseTo(12 * 0.25 + 0.01 + 0.04 + 0.16, 12);
    expect(design.busyCycle_J).toBeCloseTo(53e-12, 20);
    expect(design.weightBuffer.read_JPerByte).toBeCloseTo(1e-12, 20);
    expect(design.activationBuffer.read_JPerByte).toBeCloseTo(2e-12, 20);
    expect(design.outputBuffer.read_JPerByte).toBeCloseTo(4e-12, 20);
    expect(design).toMatchObject({ pes: 12, idleShare: 0.5, leakShare: 0.05, activationBits: 8 });
    expect(design.dram).toBe(exampleTechnology.dram.ddr3);
  });

  it("takes SRAM and processing elements from the same node, and the DRAM type by name", () => {
    const design = costs({ pes: 12, node: "65nm", dram: "hbm2", idleShare: 0.2 });
    expect(design.area_mm2).toBeCloseTo(3 * (12 * 0.25 + 0.01 + 0.04 + 0.16), 12);
    expect(design.weightBuffer.leakage_W).toBeCloseTo(3 * 0.4e-3, 12);
    expect(design.dram).toBe(exampleTechnology.dram.hbm2);
    expect(design.idleShare).toBe(0.2);
  });

  it("refuses what the tables do not hold", () => {
    const refused: [Configuration, string][] = [
      [{ dram: "ddr9" }, "DRAM type ddr9: there are numbers for ddr3, hbm2"],
      [{ node: "7nm" }, "node 7nm: there are tables for 28nm, 65nm"],
      [{ weightBuffer: 1024 }, "SRAM capacity in KiB: 1024 lies beyond"],
    ];
    for (const [changes, message] of refused) {
      expect(() => costs(changes)).toThrow(ModelError);
      expect(() => costs(changes)).toThrow(message);
    }
  });
});
