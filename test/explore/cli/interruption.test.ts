import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { noPool } from "../../../explore/engine/pool.ts";
import { runText, sweepText, temporaryFolder, writeSweep } from "../engine/fixture.ts";
import { bitfront, type Finished, start } from "./command.ts";

/** Enough designs for a run to be interrupted in: 25,600. */
const longSweep = sweepText().replace("steps: 4", "steps: 400");

const partsIn = (folder: string): number => {
  try {
    return readdirSync(join(folder, "results/small/points")).filter((name) => name.endsWith(".parquet"))
      .length;
  } catch {
    return 0;
  }
};

/** Starts a run and sends a signal once it has stored a few more parts. */
const interrupted = async (folder: string, signal: NodeJS.Signals): Promise<Finished> => {
  const before = partsIn(folder);
  const { process: child, finished } = start(folder, "run", "small.sweep.yaml", "--json", "--workers", "2");
  const timer = setInterval(() => {
    if (partsIn(folder) >= before + 5) {
      clearInterval(timer);
      child.kill(signal);
    }
  }, 5);
  const end = await finished;
  clearInterval(timer);
  return end;
};

describe("a run that is interrupted", () => {
  it("goes on after SIGKILL and after Ctrl-C, and ends with the same bytes", async () => {
    const whole = temporaryFolder();
    writeSweep(whole, longSweep);
    const reference = await bitfront(whole, "run", "small.sweep.yaml", "--json", "--workers", "2");
    expect(JSON.parse(reference.stdout)).toMatchObject({ points: 25_600, evaluated: 25_600 });

    const folder = temporaryFolder();
    writeSweep(folder, longSweep);
    const killed = await interrupted(folder, "SIGKILL");
    expect(killed.signal).toBe("SIGKILL");
    const afterKill = partsIn(folder);
    expect(afterKill).toBeGreaterThan(0);

    const stopped = await interrupted(folder, "SIGINT");
    expect(stopped.status).toBe(130);
    expect(stopped.stdout).toBe("");
    expect(stopped.stderr).toContain("interrupted; a run goes on where it stopped");
    expect(partsIn(folder)).toBeGreaterThan(afterKill);
    expect(existsSync(join(folder, "results/small/run.lock"))).toBe(false);
    const status = await bitfront(folder, "status", "small.sweep.yaml", "--json");
    expect(JSON.parse(status.stdout).status).toBe("interrupted");

    const resuming = start(folder, "run", "small.sweep.yaml", "--json", "--workers", "2");
    while (!existsSync(join(folder, "results/small/run.lock"))) await delay(5);
    for (const fresh of [false, true]) {
      const refused = await runText(folder, longSweep, { fresh, pool: noPool }).catch(String);
      expect(refused).toContain(`another run has this folder: process ${resuming.process.pid} on`);
    }
    const resumed = await resuming.finished;
    const answer = JSON.parse(resumed.stdout);
    expect(answer.points).toBe(25_600);
    expect(answer.evaluated).toBeLessThan(25_600);
    const log = readFileSync(join(folder, "results/small/run.log"), "utf8");
    expect(log.match(/ begin: /g)).toHaveLength(3);
    expect(log.match(/ interrupted$/gm)).toHaveLength(1);
    expect(log).toMatch(new RegExp(` end: ${answer.evaluated} designs evaluated`));
    for (const name of ["front.csv", "front.parquet"]) {
      const path = join("results/small", name);
      expect(readFileSync(join(folder, path)).equals(readFileSync(join(whole, path))), name).toBe(true);
    }
  });
});
