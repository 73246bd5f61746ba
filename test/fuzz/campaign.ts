import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Report } from "./child.ts";
import { choicesOf } from "./choices.ts";
import { decoders } from "./decoders.ts";

/** A decoder that computes for so long at one input does not bound its work; the time of a busy machine does not count. */
const mostSeconds = 10;

/** Heap of the process that decodes; arrays of numbers lie outside, and it measures them itself. */
const heap_MiB = 1024;

/** How long a decoder is tried, and from which input on. */
export interface Campaign {
  readonly seed: number;
  readonly from: number;
  readonly seconds: number;
  readonly iterations: number;
}

export interface Outcome {
  readonly decoded: number;
  readonly refused: number;
  /** Growth of the memory of the process. */
  readonly grown_MiB: number;
  /** What is wrong, with the seed, the number of the input and the folder that it is kept in. */
  readonly failures: readonly string[];
}

/** Writes an input into a folder that stays. */
const keep = (name: string, seed: number, iteration: number): string => {
  const decoder = decoders.find((candidate) => candidate.name === name)!;
  const folder = join(tmpdir(), `bitfront-fuzz-${name}-${seed}-${iteration}`);
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of decoder.damaged(choicesOf(seed, iteration)))
    writeFileSync(join(folder, file), bytes);
  return folder;
};

const progressIn = (folder: string): number => {
  try {
    return Number(readFileSync(join(folder, "progress"), "utf8"));
  } catch {
    return 0;
  }
};

/** The time that a process has computed; where the system does not tell it, the time that has passed. */
const secondsOf = (pid: number | undefined): number => {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").slice(11);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return performance.now() / 1000;
  }
};

/**
 * Gives a decoder damaged files in a process of its own (`child`, the file of it), which is killed where it hangs. Inputs
 * are a function of the seed and their number, whatever the time.
 */
export const tryDecoder = async (name: string, child: URL, campaign: Campaign): Promise<Outcome> => {
  const { seed, from, seconds, iterations } = campaign;
  const folder = mkdtempSync(join(tmpdir(), "bitfront-fuzz-"));
  // Under a loader, the process needs it too.
  const loader = child.href.endsWith(".ts") ? process.execArgv : [];
  const rest = [...[seed, from, seconds, iterations].map(String), folder];
  const started = spawn(
    process.execPath,
    [...loader, `--max-old-space-size=${heap_MiB}`, fileURLToPath(child), name, ...rest],
    { env: { ...process.env, NODE_OPTIONS: "" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const failures: string[] = [];
  const fail = (iteration: number, problem: string): void => {
    const kept = iteration < 0 ? "" : `\n  kept in ${keep(name, seed, iteration)}`;
    failures.push(`${name}, seed ${seed}, input ${iteration}: ${problem}${kept}`);
  };
  let totals: Omit<Outcome, "failures"> | undefined;
  createInterface({ input: started.stdout }).on("line", (line) => {
    const report = JSON.parse(line) as Report;
    if ("problem" in report) fail(report.iteration, report.problem);
    else totals = report;
  });
  let stderr = "";
  started.stderr.on("data", (text) => {
    stderr += text;
  });
  let iteration = Number.NaN;
  let since = 0;
  const watchdog = setInterval(() => {
    const [now, seconds] = [progressIn(folder), secondsOf(started.pid)];
    if (now !== iteration) [iteration, since] = [now, seconds];
    else if (seconds - since > mostSeconds) started.kill("SIGKILL");
  }, 200);
  const status = await new Promise((resolve) =>
    started.on("close", (code, signal) => resolve(code ?? signal)),
  );
  clearInterval(watchdog);
  if (status === "SIGKILL") fail(progressIn(folder), `is not done after ${mostSeconds} s`);
  else if (totals === undefined)
    fail(progressIn(folder), `the process ended with ${status}: ${stderr.slice(-1000)}`);
  rmSync(folder, { recursive: true, force: true });
  return { ...(totals ?? { decoded: 0, refused: 0, grown_MiB: 0 }), failures };
};
