import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readPart } from "../../../explore/engine/part.ts";
import { noPool, poolLayer } from "../../../explore/engine/pool.ts";
import { runStatus } from "../../../explore/report/status.ts";
import { storedParts } from "../../../explore/store/run-directory.ts";
import { version } from "../../../explore/version.ts";
import { compiledFile } from "../../compiled-file.ts";
import type { Fault } from "./faulty-worker.ts";
import { runText, sweepText, temporaryFolder } from "./fixture.ts";
import { leftovers, partNames, resultsOf } from "./folder.ts";

const text = sweepText("fidelity: staged");
let whole: Record<string, string>;
const finished = temporaryFolder();

beforeAll(async () => {
  const { directory } = await runText(finished, text, { publish: true });
  whole = resultsOf(directory);
});

/** A folder with the finished run of `text` in it, and the run's own folder. */
const copyOfRun = (): { folder: string; directory: string } => {
  const folder = temporaryFolder();
  const from = join(finished, "results");
  for (const name of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(name.parentPath.replace(finished, folder), name.name);
    if (name.isDirectory()) mkdirSync(path, { recursive: true });
    else {
      mkdirSync(join(path, ".."), { recursive: true });
      copyFileSync(join(name.parentPath, name.name), path);
    }
  }
  return { folder, directory: join(folder, "results/small") };
};

const flipped = (bytes: Buffer, place: number): Buffer => {
  const other = Buffer.from(bytes);
  other[place] ^= 1 << (place % 8);
  return other;
};

/** Names and contents of a folder, to see that nothing was touched. */
const everything = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path).toString("latin1")]),
  );

describe("a damaged part", () => {
  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ["empty", () => Buffer.alloc(0)],
    ["truncated", (bytes) => bytes.subarray(0, bytes.length >>> 1)],
    ["without its last byte", (bytes) => bytes.subarray(0, -1)],
    ["with a byte more", (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
    ["flipped at the start", (bytes) => flipped(bytes, 0)],
    ["flipped in a value", (bytes) => flipped(bytes, bytes.length >>> 1)],
    ["flipped in a metric's lowest bits", (bytes) => flipped(bytes, 256)],
    ["flipped in the footer", (bytes) => flipped(bytes, bytes.length - 200)],
    ["flipped at the end", (bytes) => flipped(bytes, bytes.length - 1)],
  ];

  it("is set aside and its points are evaluated again, and the user is told", async () => {
    for (let first = 0; first < damages.length; first += 3) {
      const { folder, directory } = copyOfRun();
      const names = partNames(directory);
      expect(new Set(names.map((name) => name.split("-")[0]))).toEqual(new Set(["analytical", "cycle"]));
      // The cycle pass has a part of its own, the last one.
      const chosen = [names[0], names[2], names[names.length - 1]];
      const broken = damages.slice(first, first + 3).map(([, damage], place) => {
        const path = join(directory, "points", chosen[place]);
        const bytes = damage(readFileSync(path));
        writeFileSync(path, bytes);
        return { path, bytes };
      });
      const before = everything(directory);
      for (const { path } of broken.slice(0, 1)) {
        await expect(runText(folder, text, { storedOnly: true, pool: noPool })).rejects.toThrow(
          `${path}: is damaged`,
        );
        await expect(Effect.runPromise(runStatus(join(folder, "results"), "small"))).rejects.toThrow(
          `${path}: is damaged`,
        );
      }
      expect(everything(directory)).toEqual(before);

      const run = await runText(folder, text, { publish: true });
      expect(resultsOf(directory)).toEqual(whole);
      expect(run.evaluated).toBe(128);
      const log = readFileSync(join(directory, "run.log"), "utf8");
      expect(run.notes).toHaveLength(3);
      for (const [place, { path, bytes }] of broken.entries()) {
        const told = `${path}: is damaged: its bytes do not match its checksum; kept as ${path}.damaged, its points are evaluated again`;
        expect(run.notes[place]).toBe(told);
        expect(log).toContain(told);
        expect(readFileSync(`${path}.damaged`).equals(bytes)).toBe(true);
      }
    }
  });

  it("of a run that is being extended is left out, and the user is told", async () => {
    const { folder, directory } = copyOfRun();
    const [name] = partNames(directory);
    const path = join(directory, "points", name);
    writeFileSync(path, flipped(readFileSync(path), 300));
    const more = text.replace("pow2: [2, 16]", "pow2: [2, 32]");
    const run = await runText(folder, more, { publish: true });
    expect(run.notes).toEqual([
      `${join(directory, "earlier/points", name)}: is damaged: its bytes do not match its checksum; its points are evaluated again`,
    ]);
    expect([run.evaluated, run.stored]).toEqual([64 + 64, 256 - 64]);
    const alone = await runText(temporaryFolder(), more, { publish: true });
    expect(resultsOf(directory)).toEqual(resultsOf(alone.directory));
  });
});

describe("a manifest", () => {
  const manifestOf = (directory: string): string => join(directory, "manifest.json");

  it("that is damaged ends the run with a clear error, and the points stay", async () => {
    const { folder, directory } = copyOfRun();
    const good = readFileSync(manifestOf(directory), "utf8");
    for (const bad of ["", good.slice(0, good.length / 2), "{}", good.replace('"chunk": 64', '"chunk": 0')]) {
      writeFileSync(manifestOf(directory), bad);
      const before = everything(directory);
      for (const storedOnly of [false, true]) {
        await expect(runText(folder, text, { storedOnly, pool: noPool })).rejects.toThrow(
          /manifest\.json: is no manifest of a run \(--fresh discards it with its run\)/,
        );
      }
      expect(everything(directory)).toEqual(before);
    }
    const fresh = await runText(folder, text, { fresh: true, publish: true });
    expect(fresh.evaluated).toBe(256);
    expect(resultsOf(directory)).toEqual(whole);
  });

  it("that is missing leaves points that are nobody's: they are not taken for those of the sweep", async () => {
    const { folder, directory } = copyOfRun();
    rmSync(manifestOf(directory));
    // Another seed: the parts have the same names but for their checksums.
    const other = text.replace("seed: 3", "seed: 4");
    await expect(runText(folder, other, { pool: noPool })).rejects.toThrow(
      /manifest\.json: is missing, so nothing says of which sweep .*analytical-0.*\.parquet is; .*--fresh/,
    );
    expect(partNames(directory)).toHaveLength(Object.keys(whole).length - 2);
    const fresh = await runText(folder, other, { fresh: true });
    expect(fresh.evaluated).toBe(256);
  });

  it("of another version is refused with both versions, and --fresh starts over", async () => {
    const { folder, directory } = copyOfRun();
    const stored = JSON.parse(readFileSync(manifestOf(directory), "utf8"));
    stored.identity.version = "0.0.7";
    writeFileSync(manifestOf(directory), JSON.stringify(stored));
    await expect(runText(folder, text, { pool: noPool })).rejects.toThrow(
      `holds a run of bitfront 0.0.7, this is bitfront ${version}; give the sweep another name, or discard what is stored with --fresh`,
    );
    await expect(runText(folder, text, { storedOnly: true, pool: noPool })).rejects.toThrow(
      `holds a run of bitfront 0.0.7, this is bitfront ${version}`,
    );
    expect(resultsOf(directory)).toEqual(whole);
    expect((await runText(folder, text, { fresh: true })).evaluated).toBe(256);
  });
});

describe("a run that ended just before its answers were written", () => {
  it("has the front of the sweep as it is, not as it was", async () => {
    const { folder, directory } = copyOfRun();
    const other = text.replace("{ minimize: area_mm2 }", "{ minimize: dram_bytes }");
    await runText(folder, other);
    const again = await runText(folder, other, { publish: true });
    expect([again.unchanged, again.evaluated]).toEqual([true, 0]);
    const alone = await runText(temporaryFolder(), other, { publish: true });
    expect(resultsOf(directory)).toEqual(resultsOf(alone.directory));
    expect(readdirSync(join(directory, "plots")).sort()).toEqual(
      readdirSync(join(alone.directory, "plots")).sort(),
    );
  });

  it("compares the models then, though nothing is left to evaluate", async () => {
    const { folder, directory } = copyOfRun();
    const path = join(directory, "agreement.json");
    const agreement = readFileSync(path, "utf8");
    const manifest = readFileSync(join(directory, "manifest.json"), "utf8");
    for (const cut of [undefined, agreement.slice(0, 40)]) {
      writeFileSync(join(directory, "manifest.json"), manifest.replace("finished", "running"));
      if (cut === undefined) rmSync(path);
      else writeFileSync(path, cut);
      const run = await runText(folder, text);
      expect(run.evaluated).toBe(0);
      expect(readFileSync(path, "utf8")).toBe(agreement);
      expect(run.agreement).toEqual(JSON.parse(agreement));
    }
  });
});

describe("the cache of statistics", () => {
  it("that is damaged is made again", async () => {
    const { folder, directory } = copyOfRun();
    const cache = join(folder, "results/.statistics");
    const good = everything(cache);
    expect(Object.keys(good).length).toBeGreaterThan(2);
    for (const [place, path] of Object.keys(good).entries()) {
      const bytes = readFileSync(path);
      const damaged = [
        bytes.subarray(0, bytes.length >>> 1),
        flipped(bytes, bytes.length - 3),
        Buffer.alloc(0),
      ];
      writeFileSync(path, damaged[place % 3]);
    }
    rmSync(directory, { recursive: true });
    const run = await runText(folder, text, { publish: true });
    expect(run.notes).toEqual([]);
    expect(resultsOf(directory)).toEqual(whole);
    expect(everything(cache)).toEqual(good);
  });

  it("that cannot be written does not end a run, and the user is told", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "results"));
    writeFileSync(join(folder, "results/.statistics"), "a file where a folder should be");
    const run = await runText(folder, text, { publish: true });
    expect(resultsOf(run.directory)).toEqual(whole);
    expect(run.notes).toEqual([
      expect.stringMatching(/^bit statistics are not kept for other runs: E.*\.statistics/),
    ]);
    expect(readFileSync(join(run.directory, "run.log"), "utf8")).toContain(run.notes[0]);
  });
});

describe("a folder that cannot be written", () => {
  it("ends a run before anything is computed", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const results = join(folder, "file/results");
    // No pool: a task would be a defect.
    await expect(runText(folder, text, { results, pool: noPool })).rejects.toThrow(
      `${join(results, "small")}: cannot be created: ENOTDIR`,
    );
  });
});

describe("two runs at once", () => {
  it("the second is refused, and the first ends as if alone", async () => {
    const folder = temporaryFolder();
    const ends = await Promise.allSettled([
      runText(folder, text, { publish: true }),
      runText(folder, text, { publish: true }),
      runText(folder, text, { publish: true, fresh: true }),
    ]);
    const ran = ends.filter((end) => end.status === "fulfilled");
    expect(ran).toHaveLength(1);
    const messages = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason.message)] : []));
    for (const message of messages) {
      expect(message).toContain(`another run has this folder: process ${process.pid} on`);
    }
    expect(resultsOf(join(folder, "results/small"))).toEqual(whole);
    expect(leftovers(join(folder, "results/small"))).toEqual([]);
  });
});

describe("a worker that dies", () => {
  afterEach(() => {
    delete process.env.BITFRONT_FAULT;
  });

  const faultyPool = (fault: Fault, heap?: number) => {
    process.env.BITFRONT_FAULT = JSON.stringify(fault);
    return poolLayer(2, { file: compiledFile("test/explore/engine/faulty-worker"), heap });
  };

  it.each(["exit", "throw", "after"] as const)(
    "once (%s): the run ends with the right bytes",
    async (death) => {
      const folder = temporaryFolder();
      const [once, begun] = [join(folder, "died"), join(folder, "begun")];
      const pool = faultyPool({ death, index: 70, once, begun });
      const run = await runText(folder, text, { pool, publish: true });
      expect(run.failed).toBe(0);
      expect(resultsOf(run.directory)).toEqual(whole);
      expect(readFileSync(once, "utf8")).toBe("");
      const times = (line: string): number => readFileSync(begun, "utf8").split(line).length - 1;
      expect(times("analytical 64 128")).toBeGreaterThanOrEqual(death === "after" ? 1 : 2);
      for (const other of ["analytical 0 64", "analytical 192 256"])
        expect(times(other)).toBeLessThanOrEqual(2);
    },
  );

  it("with nothing to do: the run ends as ever", async () => {
    // One chunk: when it is done, all workers wait for the fronts and plots.
    const small = sweepText("fidelity: cycle").replace("pow2: [2, 16]", "choice: [4]");
    const folder = temporaryFolder();
    const once = join(folder, "died");
    const run = await runText(folder, small, {
      pool: faultyPool({ death: "after", index: 1, once }),
      publish: true,
    });
    expect(readFileSync(once, "utf8")).toBe("");
    expect([run.points, run.failed]).toEqual([64, 0]);
  });

  it("once while it computes statistics: the run ends with the right bytes", async () => {
    const folder = temporaryFolder();
    const once = join(folder, "died");
    const pool = faultyPool({ death: "exit", index: "statistics", once });
    const run = await runText(folder, text, { pool, publish: true });
    expect(readFileSync(once, "utf8")).toBe("");
    expect(resultsOf(run.directory)).toEqual(whole);
  });

  it("always while it computes statistics: the run ends with an error", async () => {
    const pool = faultyPool({ death: "exit", index: "statistics" });
    await expect(runText(temporaryFolder(), text, { pool })).rejects.toThrow("worker exited with code: 7");
  });

  it("of memory on one design always: that design is a failed row, and all others are right", async () => {
    const folder = temporaryFolder();
    // Two chunks, the second one of 8 indices.
    const small = sweepText("fidelity: cycle")
      .replace("pow2: [2, 16]", "choice: [2, 4, 8]")
      .replace("steps: 4", "steps: 3")
      .replace("laneWidth: { choice: [16, 32] }", "laneWidth: 32");
    const alone = await runText(temporaryFolder(), small);
    expect(alone.points).toBe(72);
    const index = 70;
    const run = await runText(folder, small, { pool: faultyPool({ death: "memory", index }, 64) });
    const [[reason, count]] = Object.entries(run.errors);
    expect(reason).toMatch(/^worker-died: .*memory/);
    expect([count, run.failed, run.points]).toEqual([1, 1, alone.points]);
    const { names } = run.evaluator.layout("cycle");
    const rowsOf = async ({ directory }: typeof run): Promise<Map<number, number[]>> => {
      const rows = new Map<number, number[]>();
      for (const { path } of await storedParts(directory, "cycle")) {
        const { columns } = await readPart(path, names);
        columns[0].forEach((at, row) => {
          rows.set(
            at,
            columns.map((column) => column[row]),
          );
        });
      }
      return rows;
    };
    const [rows, right] = [await rowsOf(run), await rowsOf(alone)];
    expect(rows.get(index)?.slice(1).every(Number.isNaN)).toBe(true);
    rows.delete(index);
    right.delete(index);
    expect(rows).toEqual(right);
    expect(leftovers(run.directory)).toEqual([]);
  });
});
