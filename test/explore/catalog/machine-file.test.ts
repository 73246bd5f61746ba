import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configurationOf } from "../../../core/machines/parameter.ts";
import { machines } from "../../../core/machines/registry.ts";
import { technologyAt } from "../../../core/technology/corner.ts";
import type { MachineTables } from "../../../core/technology/machine-tables.ts";
import {
  loadMachine,
  loadMachineTables,
  machineNames,
  publishedConfiguration,
  readMachine,
} from "../../../explore/catalog/machine-file.ts";
import { componentNames, loadTechnology } from "../../../explore/catalog/technology.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const technology = await loadTechnology();
const [machine] = Object.keys(technology.machines);
const own = `machines.${machine}.`;

describe("configs/machines", () => {
  it("has a file for every machine", () => {
    expect(machineNames()).toEqual(expect.arrayContaining(Object.keys(machines)));
  });

  it.each(machineNames())("%s gives every value and number its evidence", async (name) => {
    const { machine, values, silicon } = await loadMachine(name);
    expect(machine).toBe(name);
    for (const [what, { source, mark }] of [...Object.entries(values), ...Object.entries(silicon)]) {
      expect(source.length > 0 && mark.length > 0, what).toBe(true);
    }
  });

  it.each(machineNames().filter((name) => name in machines))(
    "%s as published runs, with as many processing elements as its costs are of",
    async (name) => {
      const configuration = await publishedConfiguration(name);
      expect(Object.keys(configuration)).toEqual(machines[name].parameters.map(({ name }) => name));
      const elements = machines[name].processingElements(configuration);
      expect(elements).toBeGreaterThanOrEqual(1);
      const costs = technology.machines[name]?.published;
      // Totals may be those of a single element instead of the whole machine.
      if (costs) expect([1, elements]).toContain(costs.processingElements);
    },
  );

  it("has the published Bitlet at the defaults of its machine", async () => {
    const configuration = await publishedConfiguration("bitlet");
    expect(configuration).toEqual(configurationOf(machines.bitlet.parameters));
    expect(configuration).toMatchObject({ pes: 32, laneWidth: 64, window: 8, inputPorts: 16, clock: 1 });
    expect((await publishedConfiguration("bitlet-x")).activePlanes).toBe(8);
  });

  it("has no configuration of a machine that there is not", async () => {
    await expect(publishedConfiguration("bitlt")).rejects.toThrow("bitlt: there is no such machine");
  });
});

describe("costs of machines in the tables", () => {
  it("are those of the files that have some", async () => {
    expect(technology.machines).toEqual(await loadMachineTables());
    expect(technology.machines.bitlet).toBeUndefined();
    for (const tables of Object.values(technology.machines))
      expect(Object.keys(tables).length).toBeGreaterThan(0);
  });

  it("can be replaced one by one, and be uncertain", async () => {
    const [[name, known]] = [...componentNames(technology)].filter(([name]) => name.startsWith(own));
    const given = {
      value: 2 * known.value,
      unit: known.unit,
      source: "ours",
      mark: "measured",
      range: [known.value, 3 * known.value],
    } as const;
    const changed = await loadTechnology({ components: { [name]: given } });
    expect(componentNames(changed).get(name)).toEqual(given);
    expect(componentNames(technologyAt(changed, "high")).get(name)?.value).toBe(3 * known.value);
    await expect(loadTechnology({ components: { [`${name}s`]: given } })).rejects.toThrow(
      `did you mean ${name}?`,
    );
  });
});

describe("a machine file", () => {
  const folder = temporaryFolder();
  const read = (text: string, name = "dadiannao") => {
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, text);
    return readMachine(path);
  };
  const text = `version: 1
machine: dadiannao
published:
  source: our paper
  mark: stated
  values:
    tiles: 8
    weightBuffer: 2 MiB
    clock: { value: 500 MHz, source: our slides, mark: remembered }
costs:
  gates:
    source: our synthesis
    mark: measured
    lanes: 16
    counts: { unit: GE, values: { fixed8: 100, fixed16: { value: 300, mark: derived, range: [200, 400] } } }
  bbs28:
    source: their table
    mark: stated
    lanes: 8
    node: { unit: nm, value: 28 }
    clock: { unit: GHz, value: 0.8 }
    format: fixed8
    area: { unit: um2, value: 532.8 }
    power: { unit: mW, value: 0.37 }
    layoutPower: { unit: "1", value: 1.5, source: their simulator }
  published:
    source: our chip
    mark: stated
    lanes: 16
    node: { unit: nm, value: 65 }
    clock: { unit: GHz, value: 0.5 }
    processingElements: 128
    format: fixed16
    area: { unit: mm2, value: 12.5 }
silicon:
  sram: { unit: KiB, value: 36, source: our chip, mark: stated }
`;

  it("has values in the units of the parameters, and the tables of the model", async () => {
    const { values, tables, silicon } = await read(text);
    expect(values).toEqual({
      tiles: { value: 8, source: "our paper", mark: "stated" },
      weightBuffer: { value: 2048, source: "our paper", mark: "stated" },
      clock: { value: 0.5, source: "our slides", mark: "remembered" },
    });
    const theirs = { source: "their table", mark: "stated" } as const;
    const expected: MachineTables = {
      gates: {
        source: "our synthesis",
        mark: "measured",
        lanes: 16,
        gates: {
          fixed8: { unit: "GE", value: 100, source: "our synthesis", mark: "measured" },
          fixed16: { unit: "GE", value: 300, source: "our synthesis", mark: "derived", range: [200, 400] },
        },
      },
      bbs28: {
        lanes: 8,
        node_nm: 28,
        clock_GHz: 0.8,
        format: "fixed8",
        area: { unit: "um2", value: 532.8, ...theirs },
        power: { unit: "mW", value: 0.37, ...theirs },
        layoutPower: { unit: "1", value: 1.5, source: "their simulator", mark: "stated" },
      },
      published: {
        source: "our chip",
        mark: "stated",
        lanes: 16,
        node_nm: 65,
        clock_GHz: 0.5,
        processingElements: 128,
        format: "fixed16",
        netlist: false,
        area: { unit: "mm2", value: 12.5, source: "our chip", mark: "stated" },
        power: {},
      },
    };
    expect(tables).toEqual(expected);
    expect(silicon).toEqual({ sram: { unit: "KiB", value: 36, source: "our chip", mark: "stated" } });
  });

  it("may leave out costs, or have those of machines that are not registered", async () => {
    const [without] = text.split("costs:");
    expect(await read(without)).toMatchObject({ tables: {}, silicon: {} });
    const other = text.replace("machine: dadiannao", "machine: other").replace("tiles", "pipes");
    expect(Object.keys((await read(other, "other")).values)).toEqual(["pipes", "weightBuffer", "clock"]);
  });

  it.each([
    [
      "another name",
      "machine: dadiannao",
      "machine: other",
      "2:10: machine: other is not what the file is called; expected dadiannao",
    ],
    ["an unknown section", "silicon:", "silcon:", "silcon is not a key here"],
    [
      "an unknown key",
      "lanes: 8",
      "lanes: 8\n    width: 3",
      "20:5: costs.bbs28.width: width is not a key here",
    ],
    [
      "a misspelt parameter",
      "tiles: 8",
      "tile: 8",
      "7:5: published.values.tile: tile is no parameter of the machine",
    ],
    ["a parameter out of range", "tiles: 8", "tiles: 0", "7:12: published.values.tiles: 0 is out of range"],
    ["half a tile", "tiles: 8", "tiles: 8.5", "7:12: published.values.tiles: 8.5 is out of range"],
    [
      "a unit that it has not",
      "2 MiB",
      "2 GHz",
      "8:19: published.values.weightBuffer: 2 GHz has the unknown unit GHz",
    ],
    [
      "a wrong value with evidence",
      "value: 500 MHz",
      "value: 500",
      "9:21: published.values.clock.value: 500 is out of range",
    ],
    [
      "a choice that there is not",
      "tiles: 8",
      "precision: fixd8",
      "7:16: published.values.precision: fixd8 is not a choice of precision",
    ],
    ["several values", "tiles: 8", "tiles: { pow2: [1, 8] }", "7:"],
    [
      "a value without effect",
      "tiles: 8",
      "dramEnergy: 8",
      "7:5: published.values.dramEnergy: dramEnergy has no effect in this configuration; expected it left out, or dram custom",
    ],
    ["no source", "source: our synthesis\n    ", "", "costs.gates.source is missing"],
    ["an unknown mark", "mark: measured", "mark: guessed", "13:11: costs.gates.mark: guessed is not valid"],
    ["a wrong unit", "unit: um2", "unit: mm2", "costs.bbs28.area.unit: mm2 is not valid"],
    ["no unit", "unit: GE, ", "", "costs.gates.counts.unit is missing"],
    [
      "a zero",
      "value: 532.8",
      "value: 0",
      "costs.bbs28.area.value: 0 is not valid; expected a number above 0",
    ],
    ["a row of no format", "fixed8: 100", "fixd8: 100", "has a row of no format"],
    ["a format that the table has not", "format: fixed8", "format: fixed4", "costs.bbs28.format: fixed4"],
    [
      "a range without its value",
      "range: [200, 400]",
      "range: [350, 400]",
      "has a range without its value; expected [least, most] with the value between them",
    ],
    [
      "a figure without evidence",
      ", source: our chip, mark: stated }",
      " }",
      "silicon.sram.source is missing",
    ],
    ["a key given twice", "    tiles: 8", "    tiles: 8\n    tiles: 9", "is given twice"],
  ])("is refused for %s, with the place", async (_, found, replacement, message) => {
    const changed = text.replace(found, replacement);
    expect(changed).not.toBe(text);
    const error: Error = await read(changed).then(
      () => new Error("accepted"),
      (error) => error,
    );
    expect(error.message).toMatch(/^\S*dadiannao\.yaml:\d+:\d+: /);
    expect(error.message).toContain(message);
  });

  it("says everything that is wrong", async () => {
    const wrong = text.replace("tiles: 8", "tiles: 0").replace("2 MiB", "none");
    await expect(read(wrong)).rejects.toThrow(
      /tiles: 0 is out of range.*\n.*weightBuffer: none is not a number/,
    );
    await expect(readMachine(join(folder, "absent.yaml"))).rejects.toThrow("there is no such file");
  });
});
