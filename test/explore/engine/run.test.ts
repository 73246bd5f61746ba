import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runText as answerText } from "../../../explore/report/run-text.ts";
import { writeFrontCsv } from "../../../explore/report/write-front.ts";
import { compiledPool, runText, sweepText, temporaryFolder } from "./fixture.ts";

const frontCsv = async (folder: string, text: string, workers: number): Promise<string> => {
  const run = await runText(folder, text, { pool: compiledPool(workers) });
  await writeFrontCsv(run);
  return readFileSync(join(run.directory, "front.csv"), "utf8");
};

describe("runSweep", () => {
  it("gives the same front.csv, byte for byte, with 1, 2 and 5 workers and when repeated", async () => {
    const folder = temporaryFolder();
    const first = await frontCsv(folder, sweepText(), 1);
    expect(first.split("\n").length).toBeGreaterThan(5);
    const again = await runText(folder, sweepText());
    expect(again.evaluated).toBe(0);
    expect(again.stored).toBe(again.points);
    await writeFrontCsv(again);
    expect(readFileSync(join(again.directory, "front.csv"), "utf8")).toBe(first);
    for (const workers of [2, 5]) expect(await frontCsv(temporaryFolder(), sweepText(), workers)).toBe(first);
  });

  it("staged, with a front for each network: they are those of the cycle model over all designs", async () => {
    const staged = await runText(temporaryFolder(), sweepText("aggregate: each\nfidelity: staged"));
    const full = await runText(temporaryFolder(), sweepText("aggregate: each\nfidelity: cycle"));
    expect(staged.traced).toBeLessThan(full.traced);
    expect(staged.fronts.map(({ rows }) => rows)).toEqual(full.fronts.map(({ rows }) => rows));
  });

  it("takes the SQNR as an objective and as a requirement, float32 too", async () => {
    const objectives = "objectives: [{ maximize: throughput_ips }, { maximize: sqnr_dB }]";
    const text = (extra: string): string =>
      sweepText(extra)
        .replace(/objectives: .*/, objectives)
        .replace("[float32, fixed8]", "[float32, fixed16, fixed8, fixed4]");
    const staged = await runText(temporaryFolder(), text("require: ['sqnr_dB >= 30']\nfidelity: staged"));
    const full = await runText(temporaryFolder(), text("require: ['sqnr_dB >= 30']\nfidelity: cycle"));
    const indices = ({ fronts }: typeof full): number[] => fronts[0].rows.map((row) => row[0]);
    expect(indices(staged)).toEqual(indices(full));
    const precisions = indices(full).map((index) => full.evaluator.space.configurationAt(index)?.precision);
    expect(new Set(precisions)).toEqual(new Set(["float32", "fixed16", "fixed8"]));
    // As an objective it has a column already.
    expect(answerText(full).match(/sqnr_dB/g)).toHaveLength(3);
  });

  it("takes four objectives, the SQNR among them", async () => {
    const text = (fidelity: string): string =>
      sweepText(`fidelity: ${fidelity}`).replace(
        "{ minimize: area_mm2 }]",
        "{ minimize: area_mm2 }, { maximize: sqnr_dB }]",
      );
    const staged = await runText(temporaryFolder(), text("staged"), { publish: true });
    const full = await runText(temporaryFolder(), text("cycle"));
    expect(staged.fronts[0].rows).toEqual(full.fronts[0].rows);
    const three = await runText(temporaryFolder(), sweepText("fidelity: cycle"));
    expect(full.fronts[0].rows.length).toBeGreaterThan(three.fronts[0].rows.length);
  });

  it("staged with an expression as objective decides every design by the cycle model", async () => {
    const text = sweepText("fidelity: staged").replace(
      "{ minimize: energy_J }",
      "{ minimize: energy_J * latency_s }",
    );
    const run = await runText(temporaryFolder(), text);
    expect(run.traced).toBe(run.points);
    await writeFrontCsv(run);
    const [header, first] = readFileSync(join(run.directory, "front.csv"), "utf8")
      .split("\n")
      .map((line) => line.split(","));
    const value = (name: string): number => Number(first[header.indexOf(name)]);
    expect(value("energy_J * latency_s")).toBe(value("energy_J") * value("latency_s"));
  });

  it("keeps all copies of equal designs on the front", async () => {
    // Clock does not move area or DRAM bytes: with these objectives every clock is equal.
    const objectives = "objectives: [{ minimize: dram_bytes }, { minimize: area_mm2 }]";
    const text = sweepText("fidelity: cycle").replace(/objectives: .*/, objectives);
    const run = await runText(temporaryFolder(), text);
    const clocks = new Set(
      run.fronts[0].rows.map((row) => run.evaluator.space.configurationAt(row[0])?.clock),
    );
    expect([...clocks].sort()).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it("evaluates only what is missing, and nothing is lost with the parts", async () => {
    const folder = temporaryFolder();
    const before = await runText(folder, sweepText());
    await writeFrontCsv(before);
    const csv = readFileSync(join(before.directory, "front.csv"), "utf8");
    const points = join(before.directory, "points");
    const parts = readdirSync(points)
      .filter((name) => name.startsWith("analytical"))
      .sort();
    expect(parts.length).toBeGreaterThan(2);
    rmSync(join(points, parts[1]));
    writeFileSync(join(points, `${parts[1]}.99-0.tmp`), "half a part");
    const after = await runText(folder, sweepText());
    expect(after.evaluated).toBe(64);
    expect(after.stored).toBe(before.points - 64);
    await writeFrontCsv(after);
    expect(readFileSync(join(after.directory, "front.csv"), "utf8")).toBe(csv);
    expect(readdirSync(points).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("refuses the folder of another sweep, and starts over with fresh", async () => {
    const folder = temporaryFolder();
    await runText(folder, sweepText());
    const other = sweepText().replace("seed: 3", "seed: 4");
    await expect(runText(folder, other)).rejects.toThrow(/holds the run of another sweep .*--fresh/);
    const fresh = await runText(folder, other, { fresh: true });
    expect(fresh.stored).toBe(0);
    expect(fresh.evaluated).toBe(fresh.points);
  });

  it("keeps designs that cannot run as rows with their error", async () => {
    const text = sweepText("fidelity: cycle").replace(
      "activationBuffer: { choice: [8, 32] }",
      "activationBuffer: { choice: [1, 32] }",
    );
    const run = await runText(temporaryFolder(), text);
    expect(run.failed).toBeGreaterThan(0);
    expect(run.compared + run.failed).toBe(run.points);
    const [[message]] = Object.entries(run.errors);
    expect(message).toMatch(
      /^buffer-too-small: activationBuffer of 1 KiB: layer first of tiny needs at least/,
    );
    await expect(runText(temporaryFolder(), text, { failFast: true })).rejects.toThrow(
      /activationBuffer of 1 KiB/,
    );
  });

  it("answers from stored points only when asked to, and says what is missing", async () => {
    const folder = temporaryFolder();
    await expect(runText(folder, sweepText(), { storedOnly: true })).rejects.toThrow(/holds no run/);
    const run = await runText(folder, sweepText());
    const points = join(run.directory, "points");
    rmSync(join(points, readdirSync(points)[0]));
    await expect(runText(folder, sweepText(), { storedOnly: true })).rejects.toThrow(/is not finished/);
  });
});
