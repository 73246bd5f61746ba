import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compiledFile } from "../../compiled-file.ts";

/** What a finished command left. */
export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The file that `bitfront` is, compiled from its sources. */
export const main = fileURLToPath(compiledFile("explore/cli/main"));

/** The program and arguments that run `bitfront`. */
export const commandLine = (...args: string[]): [string, ...string[]] => [process.execPath, main, ...args];

interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `bitfront` in a folder. */
export const start = (folder: string, ...args: string[]): Started => startLine(folder, commandLine(...args));

/** Starts a program in a folder, as another user or with another environment where `options` say so. */
export const startLine = (
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  { env, ...options }: Pick<SpawnOptions, "uid" | "gid" | "env"> = {},
): Started => {
  const child = spawn(program, args, {
    ...options,
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "", FORCE_COLOR: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { process: child, finished };
};

/** Runs `bitfront` to its end. */
export const bitfront = (folder: string, ...args: string[]): Promise<Finished> =>
  start(folder, ...args).finished;
