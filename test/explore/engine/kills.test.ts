import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { uniformStream } from "../../../core/random.ts";
import { compiledFile } from "../../compiled-file.ts";
import type { Fault } from "./faulty-worker.ts";
import { sweepText, temporaryFolder, writeSweep } from "./fixture.ts";
import { leftovers, partNames, partStamps, resultsOf } from "./folder.ts";

const kills = Number(process.env.BITFRONT_KILLS ?? 8);
/** A sweep and its extension are killed so often at most, the sweep half of that; then others begin. */
const killsEach = 8;
const workers = 2;

const command = fileURLToPath(compiledFile("test/explore/engine/counted-run"));
const runIn = (folder: string): string => join(folder, "results/small");

/** Runs the sweep of a folder in a process of its own, which is killed after `delay_ms` if it is still there then. */
const run = async (folder: string, delay_ms?: number): Promise<{ killed: boolean; took_ms: number }> => {
  const began = performance.now();
  const fault: Fault = { begun: join(folder, "begun") };
  const child = spawn(
    process.execPath,
    [command, join(folder, "small.sweep.yaml"), join(folder, "results")],
    {
      env: { ...process.env, NODE_OPTIONS: "", BITFRONT_FAULT: JSON.stringify(fault) },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const timer = delay_ms === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), delay_ms);
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on("close", (...end) => resolve(end));
  });
  clearTimeout(timer);
  if (signal !== "SIGKILL") expect([status, stderr]).toEqual([0, ""]);
  return { killed: signal === "SIGKILL", took_ms: performance.now() - began };
};

/** Positions of ranges, by pass: `analytical 0 400` and part names alike. */
const positions = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => {
    const [, from, to] = /(\d+)[ -](\d+)/.exec(line)!;
    return sum + Number(to) - Number(from);
  }, 0);

const begun = (folder: string): string[] =>
  existsSync(join(folder, "begun"))
    ? readFileSync(join(folder, "begun"), "utf8").trim().split("\n").filter(Boolean)
    : [];

const staged = sweepText("fidelity: staged").replace("steps: 4", "steps: 200");
// The second sweep enlarges the first.
const sweeps = [staged, staged.replace("pow2: [2, 16]", "pow2: [2, 32]")];

it(
  `a staged run and its extension, killed ${kills} times anywhere, end as if nothing had happened`,
  async () => {
    const wholes: {
      readonly results: Record<string, string>;
      readonly took_ms: number;
      readonly work: number;
    }[] = [];
    for (const [which, text] of sweeps.entries()) {
      const folder = temporaryFolder();
      writeSweep(folder, text);
      const { took_ms } = await run(folder);
      const work = positions(partNames(runIn(folder)));
      expect(positions(begun(folder))).toBe(work);
      wholes[which] = { results: resultsOf(runIn(folder)), took_ms, work };
    }
    const uniform = uniformStream(20, 26);
    let done = 0;
    let [kept, evaluated, needed] = [0, 0, 0];
    while (done < kills) {
      const folder = temporaryFolder();
      const first = done;
      for (const [which, text] of sweeps.entries()) {
        writeSweep(folder, text);
        const most = Math.min(kills, first + (killsEach * (which + 1)) / 2);
        const whole = wholes[which];
        const before = positions(begun(folder));
        const stamps: Record<string, string> = {};
        let mine = 0;
        for (;;) {
          // A run takes about half its time even where all is stored.
          const likely_ms = whole.took_ms * (1 - 0.5 * (positions(Object.keys(stamps)) / whole.work));
          const { killed } = await run(folder, done === most ? undefined : uniform() * likely_ms);
          if (!killed) break;
          done++;
          mine++;
          const manifest = join(runIn(folder), "manifest.json");
          if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).spec === text) {
            Object.assign(stamps, partStamps(runIn(folder)));
          }
        }
        expect(resultsOf(runIn(folder))).toEqual(whole.results);
        expect(partStamps(runIn(folder))).toMatchObject(stamps);
        expect(leftovers(runIn(folder))).toEqual([]);
        const { chunk } = JSON.parse(readFileSync(join(runIn(folder), "manifest.json"), "utf8"));
        const now = positions(begun(folder)) - before;
        expect(now).toBeLessThanOrEqual(whole.work + mine * (workers + 1) * chunk);
        kept += Object.keys(stamps).length;
        evaluated += now;
        needed += whole.work;
      }
    }
    console.info(
      `${done} kills: ${kept} parts kept, ${evaluated} positions evaluated in all, ${needed} without kills`,
    );
  },
  60_000 + kills * 10_000,
);
