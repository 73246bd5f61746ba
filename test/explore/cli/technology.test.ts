import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepText, temporaryFolder, writeSweep } from "../engine/fixture.ts";
import { bitfront } from "./command.ts";

const folder = temporaryFolder();
const sweep = (name: string, extra: string): string => {
  writeSweep(folder);
  writeFileSync(join(folder, `${name}.yaml`), sweepText(extra).replace("name: small", `name: ${name}`));
  return `${name}.yaml`;
};
const explained = async (file: string, ...flags: string[]) =>
  JSON.parse((await bitfront(folder, "explain", "baseline", file, "--json", ...flags)).stdout);

interface Item {
  readonly item: string;
  readonly energy_J: number;
  readonly mark: string;
  readonly source: string;
}

describe("a sweep's own cost tables", () => {
  it("count, and are named as the source", async () => {
    writeFileSync(
      join(folder, "my-28nm.yaml"),
      `version: 1
node: { unit: nm, value: 28 }
sram:
  lop:
    source: our memory compiler
    mark: stated
    cycle: { unit: ns, value: 1 }
    leakage: { unit: mW, values: [0.1, 4] }
    area: { unit: mm2, values: [0.002, 0.1] }
    ports:
      - port: { unit: bit, value: 64 }
        size: { unit: KiB, values: [2, 64], validity: [1, 128] }
        read: { unit: pJ, values: [1, 4] }
        write: { unit: pJ, values: [1, 4] }
`,
    );
    const { area } = await explained(sweep("tables", "technology: ./my-28nm.yaml"));
    expect(area.at(-1)).toMatchObject({
      item: "output buffer, banks",
      count: 4,
      mark: "stated",
      source: "our memory compiler",
    });
    // 16 KiB a bank: area a power of the capacity through the two points.
    const exponent = Math.log(0.1 / 0.002) / Math.log(32);
    expect(area.at(-1).area_mm2).toBeCloseTo(4 * 0.002 * 8 ** exponent, 12);
  });

  it("may be single numbers, whose range shows in low and high", async () => {
    const file = sweep(
      "single",
      "components: { dram.ddr3.energy: { value: 10, unit: pJ/bit, source: our board, mark: measured, range: [5, 20] } }",
    );
    const { networks } = await explained(file);
    const dram = networks[0].energy.filter(({ source }: Item) => source === "our board");
    expect(dram).toHaveLength(5);
    const moved = dram.reduce((sum: number, { energy_J }: Item) => sum + energy_J, 0);
    const plain = (await explained(sweep("plain", ""))).networks[0].energySpread_J;
    const { low, nominal, high } = networks[0].energySpread_J;
    // Bits at 10 pJ, from 5 to 20, instead of 15.6.
    expect(nominal).toBeCloseTo(plain.nominal - 0.56 * moved, 12);
    expect(low).toBeCloseTo(plain.low - 1.56 * moved + 0.5 * moved, 12);
    expect(high).toBeCloseTo(plain.high - 1.56 * moved + 2 * moved, 12);
  });

  it("are refused with the place in the sweep, status 2 and nothing on standard output", async () => {
    const file = sweep(
      "wrong",
      "components:\n  dram.ddr3.enrgy: { value: 10, unit: pJ/bit, source: ours, mark: measured }",
    );
    const wrong = await bitfront(folder, "check", file, "--json");
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toMatch(
      /wrong\.yaml:17:3: components\.dram\.ddr3\.enrgy.*is no component of the cost tables.*did you mean dram\.ddr3\.energy\?/,
    );
    const absent = await bitfront(folder, "run", sweep("absent", "technology: [./none.yaml]"));
    expect([absent.status, absent.stdout]).toEqual([2, ""]);
    expect(absent.stderr).toContain("none.yaml: there is no such file");
  });
});

describe("bitfront explain --layers", () => {
  it("shows cycles by cause, the loop nest and the accesses of every layer, which add up", async () => {
    const file = sweep("nests", "");
    const { networks } = await explained(file, "--layers");
    const { layers, cycles, metrics } = networks[0];
    expect(layers.map(({ name }: { name: string }) => name)).toEqual([
      "first",
      "depthwise",
      "last",
      "operations without MACs",
    ]);
    let dram = 0;
    for (const layer of layers.slice(0, 3)) {
      const sum = Object.values<number>(layer.cycles).reduce((total, count) => total + count, 0);
      expect(sum / (layer.seconds * 1e9)).toBeCloseTo(1, 9);
      const { tile, tiles, accesses } = layer.nest;
      expect([tile.filters, tile.channels, tile.rows, tiles].every((count) => count >= 1)).toBe(true);
      for (const access of accesses) {
        if (access.level === "DRAM") dram += access.readBytes + access.writtenBytes;
      }
    }
    expect(dram + layers[3].dram_bytes).toBe(metrics.dram_bytes);
    const all = Object.values<number>(cycles).reduce((total, count) => total + count, 0);
    expect(all / (metrics.latency_s * 1e9)).toBeCloseTo(1, 9);
    // Without the flag, JSON leaves the nests out.
    const brief = await explained(file);
    expect(brief.networks[0].layers[0]).not.toHaveProperty("nest");
    const { stdout } = await bitfront(folder, "explain", "baseline", file, "--layers");
    expect(stdout).toContain("Loops over tiles, outermost first");
    expect(stdout).toMatch(/first +activation buffer +activations/);
    expect(stdout).toContain("between ");
  });

  it("takes a tiling that is given, and names what a tile needs that does not fit", async () => {
    const given = sweep(
      "given",
      "points: [{ tileFilters: 4, tileRows: 2, loopOrder: pmc, activationBuffer: 32 }]",
    );
    const { stdout } = await bitfront(folder, "check", given, "--json");
    const index = JSON.parse(stdout).designs - 1;
    const { networks } = JSON.parse(
      (await bitfront(folder, "explain", String(index), given, "--layers", "--json")).stdout,
    );
    expect(networks[0].layers[0].nest).toMatchObject({
      tile: { filters: 4, rows: 2 },
      loops: "p 8, m 3",
      tiles: 24,
    });
    const large = sweep("large", "").replace(".yaml", "");
    const text = sweepText("")
      .replace("name: small", "name: large")
      .replace("baseline: { ", "baseline: { tileFilters: 65536, tileRows: 65536, outputBuffer: 4, ");
    writeFileSync(join(folder, `${large}.yaml`), text);
    const refused = await bitfront(folder, "explain", "baseline", `${large}.yaml`);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /a tile of 12 filters, 1 channel, 16 output rows does not fit.*24576 B for outputs/,
    );
  });
});
