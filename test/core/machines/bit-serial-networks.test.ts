import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bitSerial } from "../../../core/machines/bit-serial/bit-serial.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { macs } from "../../../core/workloads/layer.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";
import { runLayers } from "../../../explore/published/run-layers.ts";

describe("bit-serial on trained weights, as docs/machines/bit-serial.md has it", () => {
  const page = readFileSync(new URL("../../../docs/machines/bit-serial.md", import.meta.url), "utf8");
  const networks = shippedPublished();

  it("has an operand wait in esrgan-slim", async () => {
    const { layers } = await networks.network("esrgan-slim");
    const products = layers.reduce((sum, layer) => sum + macs(layer), 0);
    const array = 16 * 16 * 16;
    for (const precision of ["fixed8", "fixed16"]) {
      const cyclesOf = (changes: Configuration) =>
        runLayers(bitSerial, { precision, tiles: 1, ...changes }, layers).reduce(
          (sum, { traced }) => ({
            cycles: sum.cycles + traced.cycles,
            ideal: sum.ideal + traced.split.ideal,
            worked: sum.worked + traced.split.ideal + traced.split.imbalance,
          }),
          { cycles: 0, ideal: 0, worked: 0 },
        );
      const every = cyclesOf({ zeroSkipping: "off" });
      for (const serial of ["weights", "activations"]) {
        const { cycles, ideal, worked } = cyclesOf({ serial });
        const numbers = [(ideal * array) / products, (worked * array) / products, cycles / every.cycles];
        expect(page).toContain(
          `| ${precision} | ${serial} | ${numbers.map((number) => number.toFixed(2)).join(" | ")} |`,
        );
      }
    }
  });

  it.each([
    ["esrgan-slim", 0.005],
    ["ocr-detection", 0.0125],
    // Small layers, the first of them a Fourier basis.
    ["vad-web", 0.07],
  ])("has a median error of the analytical model in %s of less than %d", async (name, most) => {
    const { layers } = await networks.network(name);
    for (const precision of ["fixed8", "fixed16"]) {
      const errors = runLayers(bitSerial, { precision }, layers)
        .map(({ traced, analytical }) => Math.abs(analytical.cycles / traced.cycles - 1))
        .sort((left, right) => left - right);
      expect(errors[errors.length >> 1]).toBeLessThan(most);
    }
  });
});
