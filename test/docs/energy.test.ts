import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { machines } from "../../core/machines/registry.ts";
import { designCosts } from "../../core/model/costs.ts";
import { cycleCauses } from "../../core/model/cycle-breakdown.ts";
import { metrics } from "../../core/model/metrics.ts";
import { marks } from "../../core/technology/component.ts";
import { voltageShare } from "../../core/technology/supply.ts";
import * as energyTables from "../../docs/energy-tables.ts";
import * as fig9Tables from "../../docs/fig9-tables.ts";
import * as memoryTables from "../../docs/memory-tables.ts";
import { readFig9 } from "../../docs/micro21-fig9.ts";
import { packageRoot } from "../../explore/catalog/package-root.ts";
import { configurationWith } from "../core/machines/configurations.ts";
import { configuredTechnology } from "../core/technology/configured-technology.ts";
import { energyPage as page, energyPath as path } from "./energy-page.ts";

const { bitlet } = machines;
/** What stands between the markers of a name, cell by cell. */
const cellsOf = (name: string): string[][] =>
  page
    .split(`<!-- begin ${name} -->`)[1]
    .split(`<!-- end ${name} -->`)[0]
    .trim()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("docs/energy.md", () => {
  it("links to what exists", () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    const targets = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target.replaceAll(/\s/g, ""));
    expect(targets.length).toBeGreaterThan(12);
    for (const target of targets) {
      if (target.startsWith("#")) expect(headings).toContain(target.slice(1));
      else expect(existsSync(join(dirname(path), target)), target).toBe(true);
    }
    for (const [, file] of page.matchAll(/`((?:core|test)\/[^`]+\.ts)`/g)) {
      expect(existsSync(join(packageRoot(), file)), file).toBe(true);
    }
  });

  it("holds what is generated from the tables that the model reads", async () => {
    const parts = {
      totals: energyTables.totalsTable(configuredTechnology),
      planes: energyTables.planesTable(configuredTechnology),
      fits: energyTables.fitsTable(configuredTechnology),
      sources: energyTables.sourcesTable(configuredTechnology),
      clock: energyTables.clockTable(configuredTechnology),
      sram: memoryTables.sramTable(configuredTechnology),
      dram: memoryTables.dramTable(configuredTechnology),
      scaling: memoryTables.scalingTable(configuredTechnology),
      ranges: memoryTables.rangesTable(configuredTechnology),
      identity: fig9Tables.identityTable(readFig9(), configuredTechnology),
    };
    for (const [name, part] of Object.entries(parts)) {
      expect(page, name).toContain(`<!-- begin ${name} -->\n\n${part}\n\n<!-- end ${name} -->`);
    }
  });

  it("names every cause of cycles, every mark, and the metrics of both ends", () => {
    for (const cause of cycleCauses) expect(page).toContain(`\`${cause}\``);
    for (const mark of marks) expect(page).toContain(`| ${mark} |`);
    for (const { name } of metrics.filter(({ name }) => /Low|High/.test(name))) {
      expect(page).toContain(`\`${name}\``);
    }
  });

  it("predicts the fixed-point rows from float32 by planes with the errors that are known", () => {
    const errors = cellsOf("planes").map(([node, module, , , sixteen, , , eight]) => [
      node,
      module,
      sixteen,
      eight,
    ]);
    expect(errors.slice(0, 3)).toEqual([
      ["28nm", "wire orchestrator", "5.7 %", "3.1 %"],
      ["28nm", "check windows", "-10.0 %", "-9.9 %"],
      ["28nm", "adder tree", "0.0 %", "0.0 %"],
    ]);
    // With 41.28 for 40.28: 3.1 %, and the printed total of 432.08.
    expect(((63.857 * 16) / 24 / 41.28 - 1) * 100).toBeCloseTo(3.1, 1);
    expect(296.598 + 41.28 + 20.28 + 71.616 + 2.304).toBeCloseTo(432.08, 2);
  });

  it("says in words what the tables hold", () => {
    const number = (name: string, row: number, column: number): number => Number(cellsOf(name)[row][column]);
    // Sources in fixed16 and fixed8: micro21, gates, fig8, tables6-7, bbs28.
    expect(number("sources", 0, 5) / number("sources", 3, 5)).toBeCloseTo(1.8, 1);
    expect(number("sources", 0, 4) / number("sources", 3, 4)).toBeCloseTo(2.1, 1);
    expect(number("sources", 4, 5) / number("sources", 0, 5)).toBeCloseTo(0.1, 1);
    const highest = [64, 128].map((lanes) => energyTables.highestClock(configuredTechnology, lanes));
    expect(highest[0]).toBeCloseTo(1.11, 2);
    expect(highest[1]).toBeCloseTo(1.075, 3);
    // "beyond 1.11 GHz at 64 lanes and 1.07 GHz at 128": what is just beyond is refused, and what is just below is not.
    for (const [at, laneWidth] of [64, 128].entries()) {
      const nominal = bitlet.nominalClock_GHz(configurationWith({ laneWidth }), configuredTechnology);
      const share = (clock: number): number => voltageShare(configuredTechnology.supply, clock, nominal);
      expect(share(highest[at] - 1e-6)).toBeCloseTo(1.1, 4);
      expect(() => share(highest[at] + 1e-6)).toThrow(/expected at most/);
    }
    // 1 MiB leaks 82 mW, three of them as much as two thirds of the elements' 365 mW.
    const mebibyte = designCosts(bitlet, configurationWith({ weightBuffer: 1024 }), configuredTechnology)
      .rates.nominal.weightBuffer;
    expect(mebibyte.leakage_W).toBeCloseTo(0.082, 3);
    expect((3 * mebibyte.leakage_W) / 0.365).toBeCloseTo(2 / 3, 2);
    // Leakage at 7 nm.
    expect(Math.round(number("scaling", 4, 6))).toBe(7);
    // 128 lanes at 1 GHz: dynamic energy is the square of the voltage over that at the nominal one.
    const [voltage] = cellsOf("clock")
      .find(([clock]) => clock === "1")!
      .slice(4);
    expect(Number(voltage) ** 2).toBeCloseTo(1.06, 2);
    // Background power beside everything else, and at its low end beside the processing elements alone.
    for (const [, , elements, sram, bits, background] of cellsOf("shares")) {
      expect(Number(background)).toBeGreaterThan(Number(elements) + Number(sram) + Number(bits));
      const low = (0.3 * Number(background)) / Number(elements);
      expect(low).toBeGreaterThan(0.55);
      expect(low).toBeLessThan(1);
    }
  });
});
