import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepText, temporaryFolder, writeSweep } from "../engine/fixture.ts";
import { bitfront, commandLine } from "./command.ts";

/** Enough designs to be seen at work: 25,600. */
const longSweep = sweepText().replace("steps: 4", "steps: 400");

const escapeCode = "\u001b";
const controlSequence = new RegExp(`${escapeCode}(?:\\[[?\\d;]*[A-Za-z]|[78])`, "g");
const newLine = new RegExp(`[\\r\\n]|${escapeCode}\\[1G`);

/** What a run in a pseudo-terminal showed; its standard output is not part of it. */
interface Shown {
  readonly status: number | null;
  /** All that came, with control sequences. */
  readonly text: string;
  /** What was drawn over one another, and what was said, without control sequences. */
  readonly lines: readonly string[];
}

/** Runs the long sweep on a terminal of so many columns; `act` is told the process once it runs. */
const onTerminal = (folder: string, columns: number, act?: (pid: number) => void): Promise<Shown> => {
  writeSweep(folder, longSweep);
  const command = commandLine("run", "small.sweep.yaml", "--json")
    .map((part) => `'${part}'`)
    .join(" ");
  const script = `stty cols ${columns} rows 24; echo $$ > pid; exec ${command} > answer.json`;
  const child = spawn("script", ["-qec", script, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", SHELL: "/bin/sh" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (piece) => {
    text += piece;
  });
  const timer = setInterval(() => {
    if (act === undefined || storedParts(folder) < 3) return;
    clearInterval(timer);
    act(Number(readFileSync(join(folder, "pid"), "utf8")));
  }, 5);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(timer);
      const lines = text
        .split(newLine)
        .map((line) => line.replace(controlSequence, ""))
        .filter((line) => line !== "");
      resolve({ status, text, lines });
    });
  });
};

const storedParts = (folder: string): number => {
  const points = join(folder, "results/small/points");
  return existsSync(points) ? readdirSync(points).filter((name) => name.endsWith(".parquet")).length : 0;
};

/** Whether the last of several control sequences that turn something off and on turns it on. */
const endsOn = (text: string, mode: string): boolean =>
  text.lastIndexOf(`${escapeCode}[?${mode}h`) > text.lastIndexOf(`${escapeCode}[?${mode}l`);

const expectClean = (text: string): void => {
  expect(text, "hides the cursor meanwhile").toContain(`${escapeCode}[?25l`);
  expect(endsOn(text, "25"), "shows the cursor again").toBe(true);
  expect(endsOn(text, "7"), "wraps lines again").toBe(true);
};

describe.runIf(process.platform === "linux")("bitfront run on a terminal", () => {
  it.each([
    [80, "analytical", /^cycle █{10} 100 % (\d+)\/\1 [\d.e]+\/s 0s left front \d+ HV [\d.e-]+$/],
    [
      120,
      "analytical model",
      /^cycle model █+ 100 % \| (\d+) of \1 designs \| [\d.e]+\/s \| 0s left \| front \d+ \| hypervolume [\d.e-]+$/,
    ],
  ])("draws a line of less than %i columns, and clears it", async (columns, label, last) => {
    const folder = temporaryFolder();
    const { status, text, lines } = await onTerminal(folder, columns);
    expect(status).toBe(0);
    for (const line of lines) expect(line.length, line).toBeLessThan(columns);
    const first = lines.filter((line) => line.startsWith(`${label} `));
    expect(first.length).toBeGreaterThan(1);
    expect(first[0]).toContain("25600");
    expect(lines.filter((line) => last.test(line)).length, lines.at(-1)).toBeGreaterThan(0);
    expectClean(text);
    expect(text.endsWith(`${escapeCode}[1G${escapeCode}[2K`), "clears the last line").toBe(true);
    expect(JSON.parse(readFileSync(join(folder, "answer.json"), "utf8")).evaluated).toBe(25_600);
  });

  it("leaves the terminal as it was after Ctrl-C, with the message on a line of its own", async () => {
    const { status, text } = await onTerminal(temporaryFolder(), 80, (pid) => process.kill(pid, "SIGINT"));
    expect(status).toBe(130);
    expectClean(text);
    expect(text).toMatch(
      /\[1G.\[2Kinterrupted; a run goes on where it stopped when it is started again\r\n$/,
    );
  });
});

describe("bitfront run without a terminal", () => {
  it("leaves standard error empty", async () => {
    const folder = temporaryFolder();
    writeSweep(folder, longSweep);
    const { status, stderr } = await bitfront(folder, "run", "small.sweep.yaml");
    expect([status, stderr]).toEqual([0, ""]);
  });
});
