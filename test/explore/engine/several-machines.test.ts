import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { machines } from "../../../core/machines/registry.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { evaluateChunk } from "../../../explore/engine/evaluate-chunk.ts";
import { createEvaluator } from "../../../explore/engine/evaluator.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import { writePlots } from "../../../explore/report/write-plots.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { runText, temporaryFolder, writeSweep } from "./fixture.ts";

const text = (machine: string, parameters: string, objectives = ""): string => `version: 1
name: several
seed: 3
networks: [tiny]
machine: ${machine}
parameters: ${parameters}
objectives: ${objectives || "[{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]"}
fidelity: cycle
`;

describe("a sweep of several machines", () => {
  it("evaluates every machine the same in ranges as design by design", async () => {
    const folder = temporaryFolder();
    writeSweep(folder);
    const network = await loadNetwork("tiny", { baseDirectory: folder, inputs: {} });
    const names = Object.keys(machines).filter((name) => {
      const source = machines[name].parameters.find((parameter) => parameter.name === "costSource");
      return source?.kind === "choice" && source.choices.includes("gates");
    });
    const sweep = parseSweep(
      text(
        `[${names.join(", ")}]`,
        "{ precision: fixed8, costSource: gates, clock: { choice: [0.2, 0.4] }, batch: { choice: [1, 2] } }",
        "[{ maximize: throughput_ips }, { minimize: latency_s }]",
      ),
      { file: "several.yaml" },
    );
    const { plan, slab, statistics } = prepare(sweep, [network], await loadTechnology(), "");
    statistics.forEach(computeStatistic);
    const kernel = createEvaluator(plan, slab);
    const twin = createEvaluator(plan, slab);
    const { total } = kernel.space;
    const found = kernel.rangeRows(0, total, "cycle");
    const expected = evaluateChunk(
      twin,
      "cycle",
      Array.from({ length: total }, (_, index) => index),
    );
    expect(found.columns[0].length).toBe(names.length * 4);
    found.columns.forEach((column, position) => {
      expect(Array.from(column)).toEqual(Array.from(expected.columns[position]));
    });
    expect(new Map(found.errors)).toEqual(new Map(expected.errors));
  });

  it("draws what a machine without a published power has, and says what it has not", async () => {
    const folder = temporaryFolder();
    const objectives = "[{ maximize: throughput_ips }, { minimize: area_mm2 }]";
    const run = await runText(folder, text("scnn", "{ arrayWidth: { choice: [2, 4] } }", objectives));
    expect(run.failed).toBe(0);
    expect(run.fronts[0].rows).not.toHaveLength(0);
    const { written, undrawn } = await writePlots(run);
    expect(written.map((path) => basename(path))).toEqual(["throughput-area.png"]);
    expect(undrawn).toEqual([expect.stringContaining("throughput-energy is not drawn")]);
  });

  it("keeps designs without a published energy off a front that asks for it, with the reason", async () => {
    const folder = temporaryFolder();
    const run = await runText(
      folder,
      text(
        "[bitlet, bit-serial, mac-array]",
        "{ precision: fixed8, costSource: gates, activationBuffer: 1024, weightBuffer: 1024, outputBuffer: 1024, bufferBandwidth: 512 }",
      ),
      { publish: true },
    );
    expect(run.failed).toBe(1);
    expect(Object.keys(run.errors)).toEqual([expect.stringContaining("unpublished: energy_J of bit-serial")]);
    const csv = readFileSync(join(run.directory, "front.csv"), "utf8").split("\n");
    const column = csv[0].split(",").indexOf("machine");
    const onFront = csv.slice(1, -1).map((line) => line.split(",")[column]);
    expect(new Set(onFront)).toEqual(
      new Set(run.fronts[0].rows.map(([index]) => run.evaluator.space.machineAt(index))),
    );
    expect(onFront).not.toContain("bit-serial");
  });
});
