import { describe, expect, it } from "vitest";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import { bitletX } from "../../../../core/machines/bitlet/bitlet-x.ts";
import { type Configuration, configurationOf } from "../../../../core/machines/parameter.ts";
import { loadTechnology } from "../../../../explore/catalog/technology.ts";
import { smallLayer } from "../small-layer.ts";

const technology = await loadTechnology();
const published = (changes: Configuration = {}) => configurationOf(bitletX.parameters, changes);

/** Power of 32 busy processing elements at 1 GHz, in mW. */
const power_mW = (configuration: Configuration): number =>
  32e3 *
  bitletX
    .components(configuration, technology)
    .reduce((sum, { dynamicCycle_J, leakage_W }) => sum + dynamicCycle_J * 1e9 + leakage_W, 0);

describe("Bitlet-X", () => {
  it("has the power that its authors' rows add up to", () => {
    // IEEE TCAD 43(5), Table X: float32 rows of pre- and postprocessing, 8-bit rows of what depends on planes:
    // 356.8 + 20.651 + 10.128 + 35.808 + 14.88 = 438.267 mW.
    expect(power_mW(published())).toBeCloseTo(438.267, 6);
    // With all planes it is Bitlet: 356.8 + 63.857 + 27.37 + 107.424 + 14.88.
    expect(power_mW(published({ activePlanes: 24 }))).toBeCloseTo(570.331, 6);
    const area = bitletX.components(published(), technology).reduce((sum, { area_mm2 }) => sum + area_mm2, 0);
    expect(32 * area).toBeCloseTo(1.542, 9);
  });

  it("stores the bits of a weight that can reach a kept plane", () => {
    // 1 sign, 8 exponent, 7 fraction bits below the hidden 1.
    expect(bitletX.operandWidths(published())).toEqual({ weight: 16, activation: 32 });
    expect(bitletX.operandWidths(published({ precision: "fixed16" }))).toEqual({ weight: 9, activation: 16 });
    expect(bitletX.operandWidths(published({ precision: "fixed8" }))).toEqual({ weight: 8, activation: 8 });
    expect(bitletX.operandWidths(published({ activePlanes: 24 }))).toEqual({ weight: 32, activation: 32 });
    const layer = smallLayer();
    const [narrow, whole] = [bitletX, bitlet].map((machine) => machine.bufferTraffic(published(), layer));
    expect(narrow.weightReads).toBe(whole.weightReads / 2);
    expect(narrow.activationReads).toBe(whole.activationReads);
    expect(bitletX.leastBuffers(published(), layer).weight).toBe(
      bitlet.leastBuffers(published(), layer).weight / 2,
    );
  });

  it("asks for the same statistics as Bitlet with its planes, and runs no gradients", () => {
    const configuration = published();
    expect(bitletX.statistics(configuration, 1, 2)).toEqual(bitlet.statistics(configuration, 1, 2));
    expect(bitletX.statistics(configuration, 1, 2).activePlanes).toBe(8);
    expect(bitletX.products).toEqual(["forward"]);
  });
});
