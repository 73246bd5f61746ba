import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { takeLock } from "../../../explore/store/lock.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const holder = (pid: number, host = hostname()): string => JSON.stringify({ pid, host });

/** The number of a process that is gone. */
const gone = (): number => spawnSync(process.execPath, ["--version"]).pid;

describe("takeLock", () => {
  it("is one process's at a time, and lets go", async () => {
    const path = join(temporaryFolder(), "run.lock");
    const release = await takeLock(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ pid: process.pid, host: hostname() });
    await expect(takeLock(path)).rejects.toThrow(`another run has this folder: process ${process.pid} on`);
    await release();
    expect(existsSync(path)).toBe(false);
    await (await takeLock(path))();
  });

  it.each([
    ["of a process that is gone", holder(gone())],
    ["of an earlier process with this one's number", holder(process.pid)],
    ["that is empty", ""],
    ["cut short", holder(process.pid).slice(0, 9)],
    ["that is text", "locked by me"],
    ["that is null", "null"],
    ["that is a number", String(process.pid)],
    ["that names no host", `{"pid":${process.pid}}`],
    ["with no process number", holder(0)],
    ["with a process group for a number", holder(-1)],
    ["with a broken number", holder(1.5)],
  ])("takes over a lock %s", async (_, text) => {
    const folder = temporaryFolder();
    const path = join(folder, "run.lock");
    writeFileSync(path, text);
    const release = await takeLock(path);
    expect(readFileSync(path, "utf8")).toBe(holder(process.pid));
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses the lock of another host and of a process that lives, and leaves them as they are", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "run.lock");
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
    try {
      for (const [text, message] of [
        [holder(gone(), "elsewhere"), /process \d+ on elsewhere/],
        [holder(child.pid!), `process ${child.pid} on ${hostname()}`],
      ] as const) {
        writeFileSync(path, text);
        await expect(takeLock(path)).rejects.toThrow(message);
        expect(readFileSync(path, "utf8")).toBe(text);
        expect(readdirSync(folder)).toEqual(["run.lock"]);
      }
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is given to one of many that ask at once, also where it was abandoned", async () => {
    for (const text of [undefined, holder(gone()), ""]) {
      const path = join(temporaryFolder(), "run.lock");
      if (text !== undefined) writeFileSync(path, text);
      const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(path)));
      expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });
});
