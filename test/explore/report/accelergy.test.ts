import { describe, expect, it } from "vitest";
import { dramBytes } from "../../../core/model/activity.ts";
import { accelergyFiles } from "../../../explore/report/accelergy.ts";
import { areaItems } from "../../../explore/report/cost-items.ts";
import { version } from "../../../explore/version.ts";
import { type ExportedDesign, exportedDesign, readYaml } from "./exported-design.ts";

interface Node {
  readonly name: string;
  readonly class?: string;
  readonly attributes?: Readonly<Record<string, number | string>>;
  readonly local?: readonly Node[];
  readonly subtree?: readonly Node[];
}

interface EnergyTable {
  readonly ERT: {
    readonly version: number;
    readonly tables: readonly {
      readonly name: string;
      readonly actions: readonly {
        readonly name: string;
        readonly arguments: object;
        readonly energy: number;
      }[];
    }[];
  };
}

interface AreaTable {
  readonly ART: {
    readonly version: number;
    readonly tables: readonly { readonly name: string; readonly area: number }[];
  };
}

const read = ({ hierarchy }: ExportedDesign) => {
  const texts = accelergyFiles(hierarchy);
  return {
    texts,
    architecture: (
      readYaml(texts["architecture.yaml"]) as { readonly architecture: Node & { readonly version: number } }
    ).architecture,
    energies: (readYaml(texts["ERT.yaml"]) as EnergyTable).ERT,
    areas: (readYaml(texts["ART.yaml"]) as AreaTable).ART,
  };
};

/** Energies of a table's actions, in pJ. */
const actionsOf = ({ tables }: EnergyTable["ERT"], name: string): Record<string, number> => {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return Object.fromEntries(table.actions.map((action) => [action.name, action.energy]));
};

/** How many instances a name such as a.b[0..3].c stands for. */
const instances = (name: string): number =>
  [...name.matchAll(/\[(\d+)\.\.(\d+)\]/g)].reduce((product, [, from, to]) => product * (+to - +from + 1), 1);

/** Full names of the components below a node, as Accelergy puts them together. */
const leaves = (node: Node, path: readonly string[] = []): string[] => [
  ...(node.local ?? []).map(({ name }) => [...path, name].join(".")),
  ...(node.subtree ?? []).flatMap((below) => leaves(below, [...path, below.name])),
];

/** Designs that differ in every cost: tables, voltage, node, DRAM, port. */
const designs = [
  "",
  "clock: 0.5, precision: fixed8",
  "costSource: gates, laneWidth: 32, node: 65, precision: fixed16",
  "costSource: fig8, bufferPort: 128",
  "costSource: bbs28, laneWidth: 32, precision: fixed8, clock: 0.8, packing: 1",
  "dram: custom, dramBandwidth: 20, dramEnergy: 7, dramBackground: 0.3, idleShare: 0.3, layout: post-layout",
];

describe("an Accelergy export", () => {
  it("of the published machine: by hand", async () => {
    const { energies, areas } = read(await exportedDesign());
    // 15.6 pJ/bit times 64 bits; 0.5 W of a channel in a nanosecond.
    expect(actionsOf(energies, "system.DRAM[0..1]").read).toBeCloseTo(998.4, 9);
    expect(actionsOf(energies, "system.DRAM[0..1]").leak).toBeCloseTo(500, 9);
    // 25.6 GB/s of 8 B a nanosecond need 4 banks, of 32 KiB: 2.66 and 2.58 pJ, 2.41 mW and 0.047 mm2 each.
    const buffer = actionsOf(energies, "system.chip.weightBuffer");
    expect([buffer.read, buffer.write, buffer.update]).toEqual([2.66, 2.58, 2.58]);
    expect(buffer.leak).toBeCloseTo(9.64, 9);
    // 356.8 mW of 32 modules: 11.15 pJ a cycle, 5 % of it leakage; a waiting one half of that with its leakage.
    const front = actionsOf(energies, "system.chip.PE[0..31].preprocessing");
    expect(front.compute).toBeCloseTo(0.95 * 11.15, 9);
    expect(front.leak).toBeCloseTo(0.05 * 11.15, 9);
    expect(front.idle + front.leak).toBeCloseTo(0.5 * 11.15, 9);
    expect(areas.tables.map(({ name, area }) => [name, Number(area.toPrecision(12))])).toEqual([
      ["system.DRAM[0..1]", 0],
      ["system.chip.weightBuffer", 188_000],
      ["system.chip.activationBuffer", 188_000],
      ["system.chip.outputBuffer", 188_000],
      ["system.chip.PE[0..31].preprocessing", 553_000 / 32],
      ["system.chip.PE[0..31].wireOrchestrator", 570_000 / 32],
      ["system.chip.PE[0..31].checkWindow", 131_000 / 32],
      ["system.chip.PE[0..31].adderTree", 244_000 / 32],
      ["system.chip.PE[0..31].postprocessing", 44_000 / 32],
    ]);
  });

  it.each(designs)("adds up to the design's energy and area: %s", async (parameters) => {
    const design = await exportedDesign(parameters);
    const { energies, areas } = read(design);
    const { activity, energy, voltage } = design.result;
    const cycles = activity.seconds * design.clock_GHz * 1e9;
    const bytes = Number(design.hierarchy.configuration.bufferPort) / 8;
    let total = 0;
    const count = (name: string, counts: Readonly<Record<string, number>>): void => {
      const actions = actionsOf(energies, name);
      for (const [action, times] of Object.entries(counts)) total += times * actions[action];
    };
    const read64 = activity.dramWeights + activity.dramActivations + activity.dramPartialSums / 2;
    count("system.DRAM[0..1]", {
      read: read64 / 8,
      write: (dramBytes(activity) - read64) / 8,
      leak: 2 * cycles,
    });
    for (const operand of ["weight", "activation", "output"] as const) {
      count(`system.chip.${operand}Buffer`, {
        read: activity[`${operand}BufferReads`] / bytes,
        write: activity[`${operand}BufferWrites`] / bytes,
        leak: cycles,
      });
    }
    const parts = energies.tables.filter(({ name }) => name.includes("PE["));
    for (const { name } of parts) {
      const { busyCycles, idleCycles } = activity;
      count(name, { compute: busyCycles, idle: idleCycles, leak: instances(name) * cycles });
    }
    expect(total * 1e-12).toBeGreaterThan(0);
    expect(Math.abs((total * 1e-12) / energy.total_J - 1)).toBeLessThan(1e-9);
    expect(design.hierarchy.voltage).toBe(voltage);

    const area = areas.tables.reduce((sum, { name, area }) => sum + instances(name) * area, 0);
    const items = areaItems(design.costs).reduce((sum, { area_mm2 }) => sum + area_mm2, 0);
    expect(Math.abs((area * 1e-6) / items - 1)).toBeLessThan(1e-9);
    expect(Math.abs((area * 1e-6) / design.result.area_mm2 - 1)).toBeLessThan(1e-9);
  });

  it.each(designs)("has every component of the architecture in both tables: %s", async (parameters) => {
    const { architecture, energies, areas } = read(await exportedDesign(parameters));
    const names = leaves(architecture);
    expect(names).toHaveLength(/fig8|bbs28/.test(parameters) ? 5 : 9);
    expect(energies.tables.map(({ name }) => name)).toEqual(names);
    expect(areas.tables.map(({ name }) => name)).toEqual(names);
    expect([architecture.version, energies.version, areas.version]).toEqual([0.4, 0.4, 0.4]);
    for (const { actions } of energies.tables) {
      for (const action of actions) expect(action).toMatchObject({ arguments: {} });
    }
    // Brackets, points and spaces are Accelergy's own.
    for (const name of names) expect(name.replace(/\[\d+\.\.\d+\]/g, "")).toMatch(/^[A-Za-z0-9_.]+$/);
  });

  it("says what the components are", async () => {
    const { architecture } = read(await exportedDesign("clock: 0.5, precision: fixed8, laneWidth: 32"));
    const [system] = architecture.subtree!;
    expect(system.attributes).toEqual({ technology: "28nm", global_cycle_seconds: 2e-9 });
    expect(system.local?.[0]).toMatchObject({
      class: "DRAM",
      attributes: { type: "DDR3", width: 64, datawidth: 8 },
    });
    const [chip] = system.subtree!;
    expect(chip.local?.map((buffer) => buffer.attributes)).toEqual(
      [8, 8, 32].map((datawidth) => ({
        depth: (128 * 1024) / 8,
        width: 64,
        datawidth,
        n_banks: 4,
        capacity_KiB: 128,
        bandwidth_GBs: 25.6,
      })),
    );
    expect(chip.subtree?.[0]).toMatchObject({
      name: "PE[0..31]",
      attributes: { precision: "fixed8", laneWidth: 32 },
      local: [{ class: "bitlet_preprocessing" }, {}, {}, {}, {}],
    });
  });

  it("gives its origin, and a source and a mark for every number", async () => {
    const design = await exportedDesign("clock: 0.5");
    const { texts, energies } = read(design);
    for (const text of Object.values(texts)) {
      expect(text).toMatch(
        `# Made by bitfront ${version}: design ${design.hierarchy.key} of sweep exported.`,
      );
      expect(text).toContain("MICRO 2021, doi 10.1145/3466752.3480123");
      expect(text).toContain("pes 32, laneWidth 64, precision float32");
    }
    const comments = texts["ERT.yaml"].replaceAll(/\n *# /g, " ");
    expect(comments).toContain("read, write, update [stated]: simulator of the BBS authors");
    expect(comments).toContain(
      "idle [remembered]: assumption on the clock and data that still toggle; at 0.",
    );
    expect(comments.match(/leak \[/g)).toHaveLength(energies.tables.length);
    expect(texts["ART.yaml"].match(/# area \[/g)).toHaveLength(energies.tables.length);
    // Accelergy reads its files by way of Jinja.
    const odd = await exportedDesign();
    const { "ERT.yaml": text } = accelergyFiles({ ...odd.hierarchy, sweep: "a{{b}}{%c{#" });
    expect(text).not.toMatch(/\{[{%#]/);
  });
});
