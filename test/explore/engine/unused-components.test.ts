import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { Inputs } from "../../../explore/engine/inputs.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { temporaryFolder } from "./fixture.ts";

const folder = temporaryFolder();

/** What loading the cost tables of a sweep with this component and these parameters says; empty where it is well. */
const problemOf = async (name: string, unit: string, value: number, parameters: string): Promise<string> => {
  const text = `
version: 1
name: components
networks: [tiny]
machine: bitlet
components:
  ${name}: { value: ${value}, unit: "${unit}", source: ours, mark: measured }
parameters: ${parameters}
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
`;
  const file = join(folder, "components.yaml");
  writeFileSync(file, text);
  const loaded = Effect.gen(function* () {
    const inputs = yield* Inputs;
    return yield* inputs.technology(parseSweep(text, { file }));
  });
  return Effect.runPromise(Effect.provide(loaded, catalogInputs(file))).then(
    () => "",
    (error: Error) => error.message,
  );
};

describe("a component of a sweep's own", () => {
  it.each([
    ["dram.hbm2.energy", "pJ/bit", 9, "{ pes: 4 }"],
    ["bbs28.power", "mW", 9, "{ costSource: gates }"],
    ["65nm.bitlet.area.checkWindow", "mm2", 9, "{ node: 28 }"],
    ["layout.power", "1", 1.6, "{ layout: netlist }"],
    ["28nm.bitlet.power.fixed8.adderTree", "mW", 9, "{ precision: { choice: [float32, fixed16] } }"],
    ["supply.exponent", "1", 1.2, "{ laneWidth: 64 }"],
    ["28nm.sram.hp.cycle", "ns", 2, "{ sram: lop }"],
  ])("%s is refused with its place where no design takes it", async (name, unit, value, parameters) => {
    const problem = await problemOf(name, unit, value, parameters);
    expect(problem).toContain(`components.yaml:7:3: components.${name}`);
    expect(problem).toContain("has no effect: no cost of any design of the sweep depends on it");
  });

  it.each([
    ["dram.hbm2.energy", "pJ/bit", 9, "{ dram: { choice: [ddr3, hbm2] } }"],
    ["bbs28.power", "mW", 9, "{ costSource: bbs28, precision: fixed8, laneWidth: 32 }"],
    ["65nm.bitlet.area.checkWindow", "mm2", 9, "{ node: { choice: [28, 65] } }"],
    ["layout.power", "1", 1.6, "{ layout: post-layout }"],
    ["28nm.bitlet.power.fixed8.adderTree", "mW", 9, "{ precision: { choice: [float32, fixed8] } }"],
    ["28nm.bitlet.power.fixed16.adderTree", "mW", 9, "{ precision: fixed12 }"],
    ["supply.exponent", "1", 1.2, "{ clock: { choice: [1, 0.9] } }"],
    ["supply.pathLevels", "1", 20, "{ laneWidth: { choice: [64, 128] } }"],
    ["28nm.sram.lop.cycle", "ns", 2, "{ pes: { pow2: [1, 256] }, weightBuffer: { pow2: [64, 1024] } }"],
    ["dram.ddr3.burst", "B", 32, "{ pes: 4 }"],
  ])("%s is taken where one does", async (name, unit, value, parameters) => {
    expect(await problemOf(name, unit, value, parameters)).toBe("");
  });
});
