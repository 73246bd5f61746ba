import { describe, expect, it } from "vitest";
import { dramBytes } from "../../core/model/activity.ts";
import { bufferSizes_KiB, shareResults, trafficShare } from "../../docs/dram-share.ts";
import { sharePlot, shareSentence } from "../../docs/fig9-tables.ts";
import { readFig9 } from "../../docs/micro21-fig9.ts";
import { renderPlot } from "../../explore/plots/render.ts";
import { configuredTechnology } from "../core/technology/configured-technology.ts";

const fixed8 = await shareResults("esrgan-slim", "fixed8", bufferSizes_KiB, configuredTechnology);

describe("the share of DRAM over buffer capacity", () => {
  it("has no point where the buffers cannot hold the network, and falls", () => {
    // The last layer needs 3 rows of 512 pixels and 48 channels, twice: 144 KiB.
    expect(fixed8.map(({ buffer_KiB }) => buffer_KiB)).toEqual(bufferSizes_KiB.filter((size) => size >= 192));
    const shares = fixed8.map(({ result }) => trafficShare(result));
    expect(shares).toEqual(shares.toSorted((one, other) => other - one));
  });

  it("is by hand 3.2 % for esrgan-slim in fixed8 with 4 MiB a buffer, where everything is moved once", () => {
    const { result } = fixed8.find(({ buffer_KiB }) => buffer_KiB === 4096)!;
    // Inputs and outputs of the layers at 128 x 128: channels read and written, a byte each.
    const read = 3 + 64 + 64 + 68 + 64 + 68 + 128 + 64 + 64 + 64 + 32;
    const written = 64 + 64 + 4 + 64 + 4 + 64 + 64 + 64 + 64 + 32 + 48;
    // The last layer at 512 x 512: 48 channels read, 3 written. Three additions: two operands of 64 channels read, one written.
    const bytes = (read + written) * 128 ** 2 + (48 + 3) * 512 ** 2 + 3 * 3 * 64 * 128 ** 2 + 232_912;
    expect(bytes).toBe(43_011_536);
    // Whole bursts add some.
    expect(dramBytes(result.activity) - bytes).toBeGreaterThanOrEqual(0);
    expect(dramBytes(result.activity) - bytes).toBeLessThan(12 * 3 * 64);
    const dram_mJ = bytes * 8 * 15.6e-9;
    expect(dram_mJ).toBeCloseTo(5.37, 2);

    // Groups of 64 at 128 x 128 positions: filters · ⌈reduction / 64⌉, the last layer at 16 times the positions.
    const groups =
      (64 + 576 + 36 + 128 + 36 + 128 + 128 + 576 + 64 * 25 + 32 * 9 + 48 * 5 + 16 * 21) * 128 ** 2;
    // A group takes its scan and 16 cycles; the mean scan of 64 Gaussian 8-bit weights is 35, here 34.
    const busyCycles = groups * (34 + 16);
    expect(Math.abs(result.activity.busyCycles / busyCycles - 1)).toBeLessThan(0.01);
    // 95 % of 11.42 pJ are dynamic. Twelve banks of 1 MiB leak 81.6 mW each over 0.12 s, beside 5 % of 365 mW.
    const elements_mJ = busyCycles * 0.95 * 11.42e-9 + result.seconds * 0.05 * 365;
    const sram_mJ = result.seconds * 12 * 81.6;
    const share = (100 * dram_mJ) / (elements_mJ + sram_mJ + dram_mJ);
    expect(Math.abs(share - trafficShare(result))).toBeLessThan(0.1);
    expect(trafficShare(result)).toBeCloseTo(3.2, 1);
  });

  it("counts every bit at the price of DDR3, and no background", () => {
    for (const { result } of fixed8) {
      expect(result.energy.dram_J).toBeCloseTo(dramBytes(result.activity) * 8 * 15.6e-12, 12);
      expect(result.energy.background_J).toBeGreaterThan(result.energy.dram_J);
    }
  });

  it("is drawn without a warning, with the published values beside the identity", async () => {
    const fig9 = readFig9();
    const spec = sharePlot(fixed8, fig9, configuredTechnology);
    const { svg } = await renderPlot(spec);
    for (const text of [
      "ResNet-50, fixed8: 81.4 %, published 81.7 %",
      "DenseNet-161, fixed16: 78.7 %, published 79.3 %",
      "CartoonGAN, float32: 73.7 %, published 74.3 %",
    ]) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toContain("Transformer");
    expect(shareSentence(fixed8, fig9, configuredTechnology)).toContain("beside 0.365, 0.431 or 0.570 W");
  });
});
