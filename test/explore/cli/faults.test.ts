import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sweepText, temporaryFolder, writeSweep } from "../engine/fixture.ts";
import { leftovers, partNames, resultsOf } from "../engine/folder.ts";
import { bitfront, commandLine, type Finished, main, startLine } from "./command.ts";

const text = sweepText("fidelity: staged");
const finished = temporaryFolder();
let whole: Record<string, string>;

beforeAll(async () => {
  writeSweep(finished, text);
  expect(await bitfront(finished, "run", "small.sweep.yaml", "--json")).toMatchObject({
    status: 0,
    stderr: "",
  });
  whole = resultsOf(join(finished, "results/small"));
});

describe("a disk that takes no more", () => {
  /** A run whose files may have so many KiB; a write beyond fails, as on a full disk. */
  const limited = (folder: string, limit_KiB: number): Promise<Finished> =>
    startLine(folder, [
      "bash",
      "-c",
      `trap '' XFSZ; ulimit -f ${limit_KiB}; exec "$@"`,
      "bash",
      ...commandLine("run", "small.sweep.yaml", "--workers", "2"),
    ]).finished;

  it.each([
    [1, "manifest.json"],
    [4, "points/analytical-"],
    [24, "plots/"],
  ])("ends the run at %i KiB with the file and the reason; with room it goes on", async (limit, file) => {
    const folder = temporaryFolder();
    writeSweep(folder, text);
    const directory = join(folder, "results/small");
    const ended = await limited(folder, limit);
    expect(ended).toMatchObject({ status: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^results\/small\/\S+: cannot be written: EFBIG: .*\n/);
    expect(ended.stderr).toContain(`results/small/${file}`);
    // A part that the other worker was at may have its unfinished name still; the next run clears it away.
    expect(leftovers(directory).filter((name) => !/^points\/.*\.tmp$/.test(name))).toEqual([]);
    const stored = partNames(directory);
    for (const name of stored) {
      expect(readFileSync(join(directory, "points", name), "latin1")).toBe(whole[`points/${name}`]);
    }
    expect(stored.length === Object.keys(whole).length - 2).toBe(file === "plots/");
    const after = await bitfront(folder, "run", "small.sweep.yaml", "--json");
    expect(after).toMatchObject({ status: 0, stderr: "" });
    expect(resultsOf(directory)).toEqual(whole);
    expect(leftovers(directory)).toEqual([]);
    expect(readdirSync(join(directory, "plots"))).toEqual(readdirSync(join(finished, "results/small/plots")));
  });
});

describe("a results folder that may only be read", () => {
  const nobody = 65_534;
  const root = process.getuid?.() === 0;
  const readable =
    !root || spawnSync("cat", [main], { uid: nobody, gid: nobody, cwd: "/", stdio: "ignore" }).status === 0;

  /** Runs `bitfront` as someone whom modes keep out, as they do not root. */
  const asNobody = (folder: string, ...args: string[]): Promise<Finished> => {
    const temporary = temporaryFolder();
    if (root) chownSync(temporary, nobody, nobody);
    const ids = root ? { uid: nobody, gid: nobody } : {};
    return startLine(folder, commandLine(...args), { ...ids, env: { TMPDIR: temporary } }).finished;
  };

  const setModes = (folder: string, folderMode: number, fileMode: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) setModes(path, folderMode, fileMode);
      else chmodSync(path, fileMode);
    }
    chmodSync(folder, folderMode);
  };

  it.skipIf(!readable)("ends a run before anything is computed, and lets what is there be read", async () => {
    const folder = temporaryFolder();
    writeSweep(folder, text);
    mkdirSync(join(folder, "results"));
    chmodSync(join(folder, "results"), 0o555);
    chmodSync(folder, 0o755);
    const refused = await asNobody(folder, "run", "small.sweep.yaml", "--json");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^results\/small: cannot be created: EACCES: .*\n$/);
    expect(readdirSync(join(folder, "results"))).toEqual([]);

    // A finished run, with more to evaluate than there is.
    const other = temporaryFolder();
    writeSweep(other, text);
    expect((await bitfront(other, "run", "small.sweep.yaml", "--json")).status).toBe(0);
    writeSweep(other, text.replace("pow2: [2, 16]", "pow2: [2, 32]"));
    chmodSync(other, 0o755);
    try {
      setModes(join(other, "results"), 0o555, 0o444);
      const extended = await asNobody(other, "run", "small.sweep.yaml", "--json");
      expect(extended).toMatchObject({ status: 2, stdout: "" });
      expect(extended.stderr).toMatch(/^results\/small\/run\.lock: cannot be written: EACCES: .*\n$/);
      writeSweep(other, text);
      const front = await asNobody(other, "front", "small.sweep.yaml", "--json");
      expect(front).toMatchObject({ status: 0, stderr: "" });
      expect(resultsOf(join(other, "results/small"))).toEqual(whole);
    } finally {
      setModes(join(other, "results"), 0o755, 0o644);
    }
  });
});

describe("a damaged part", () => {
  it("is named by verbs that write nothing, and repaired by a run, which says so", async () => {
    const folder = temporaryFolder();
    writeSweep(folder, text);
    const directory = join(folder, "results/small");
    expect((await bitfront(folder, "run", "small.sweep.yaml", "--json")).status).toBe(0);
    const path = `results/small/points/${partNames(directory)[1]}`;
    const bytes = readFileSync(join(folder, path));
    bytes[bytes.length >>> 1] ^= 4;
    writeFileSync(join(folder, path), bytes);
    for (const args of [
      ["front", "small.sweep.yaml"],
      ["status", "small.sweep.yaml"],
      ["export", "small.sweep.yaml", "--output", "all.csv"],
    ]) {
      const refused = await bitfront(folder, ...args);
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain(`${path}: is damaged`);
    }
    expect(existsSync(join(folder, "all.csv"))).toBe(false);
    const repaired = await bitfront(folder, "run", "small.sweep.yaml", "--json");
    expect(JSON.parse(repaired.stdout).evaluated).toBe(64);
    expect(repaired.stderr).toBe(
      `${path}: is damaged: its bytes do not match its checksum; kept as ${path}.damaged, its points are evaluated again\n`,
    );
    expect(resultsOf(directory)).toEqual(whole);
  });
});
