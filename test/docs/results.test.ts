import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance, type Json } from "@duckdb/node-api";
import { fromArrow, fromCSV } from "arquero";
import { beforeAll, describe, expect, it } from "vitest";
import { metrics } from "../../core/model/metrics.ts";
import { packageRoot } from "../../explore/catalog/package-root.ts";
import { readParquet } from "../../explore/store/parquet.ts";
import { bitfront } from "../explore/cli/command.ts";
import { networkText, sweepText, temporaryFolder } from "../explore/engine/fixture.ts";

const page = readFileSync(join(packageRoot(), "docs/results.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text);

type Row = Record<string, Json>;

const folder = temporaryFolder();

/** The names that the page has from the quickstart, on small networks; with 1 KiB for activations float32 fails. */
const sweep = sweepText()
  .replace("name: small", "name: quickstart")
  .replace("[tiny]", "[esrgan-slim, ocr-recognition]")
  .replace("pow2: [2, 16]", "choice: [2, 16, 128]")
  // One bank a buffer, which 1 KiB can be.
  .replace("choice: [8, 32] }", "choice: [1, 32] }\n  bufferBandwidth: 8")
  .replace("baseline: { ", "baseline: { bufferBandwidth: 8, ");

let designs: Row[];
let front: Row[];

/** A Parquet file as rows. */
const rowsOf = async (path: string): Promise<Row[]> => {
  const { columns, rows } = await readParquet(join(folder, path));
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, data]) => [name, data[row]])),
  );
};

/** The first pass's rows of the run, with `failure` and index, from every part. */
const points = async (): Promise<Row[]> => {
  const parts = readdirSync(join(folder, "results/quickstart/points")).filter((name) =>
    name.startsWith("analytical-"),
  );
  return (await Promise.all(parts.map((name) => rowsOf(join("results/quickstart/points", name))))).flat();
};

beforeAll(async () => {
  for (const name of ["esrgan-slim", "ocr-recognition"]) {
    const text = networkText.replace("name: tiny", `name: ${name}`);
    writeFileSync(
      join(folder, `${name}.yaml`),
      name === "esrgan-slim" ? text : text.replace("seed: 5", "seed: 6"),
    );
  }
  writeFileSync(join(folder, "quickstart.yaml"), sweep);
  const run = await bitfront(folder, "run", "quickstart", "--json");
  expect(JSON.parse(run.stdout)).toMatchObject({ points: 192 + 1, failed: 48 });
  const [exports] = blocks("sh");
  const commands = exports.trim().split("\n");
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    const [program, verb, ...args] = command.split(" ").slice(1);
    expect([program, verb]).toEqual(["bitfront", "export"]);
    expect((await bitfront(folder, verb, ...args)).status, command).toBe(0);
  }
  designs = await rowsOf("designs.parquet");
  front = await rowsOf("results/quickstart/front.parquet");
});

describe("docs/results.md", () => {
  it("lists every metric with its unit", () => {
    for (const { name, unit } of metrics) expect(page).toContain(`| \`${name}\` | ${unit} |`);
  });

  it("DuckDB: every query gives what the rows say", async () => {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    // The library looks into the folder of the process first, which may hold a run of this name.
    const queries = blocks("sql").map((query) =>
      query.replaceAll(/'(results\/|designs\.)/g, `'${folder}/$1`),
    );
    const answers: Row[][] = [];
    for (const query of queries) answers.push((await connection.runAndReadAll(query)).getRowObjectsJson());
    const [all, two, byPrecision, stored, failures] = answers;
    expect(answers).toHaveLength(5);

    const descending = (rows: Row[], name: string) =>
      rows.toSorted((a, b) => Number(b[name]) - Number(a[name]));
    expect(all.map(({ key }) => key)).toEqual(descending(front, "throughput_ips").map(({ key }) => key));

    const decided = designs.filter(({ fidelity }) => fidelity === "cycle");
    const beaten = (one: Row) =>
      decided.some(
        (other) =>
          other.throughput_ips! >= one.throughput_ips! &&
          other.energy_J! <= one.energy_J! &&
          (other.throughput_ips! > one.throughput_ips! || other.energy_J! < one.energy_J!),
      );
    const pair = ({ throughput_ips, energy_J }: Row) => `${throughput_ips} ${energy_J}`;
    expect(two.length).toBeGreaterThan(1);
    expect(new Set(two.map(pair))).toEqual(new Set(decided.filter((one) => !beaten(one)).map(pair)));

    const evaluated = (await points()).filter(({ failure }) => failure === 0);
    expect(evaluated).toHaveLength(192 + 1 - 48);
    for (const { precision, designs: count, ...answer } of byPrecision) {
      const indices = new Set(
        designs.filter((design) => design.precision === precision).map(({ index }) => index),
      );
      const group = evaluated.filter(({ index }) => indices.has(index));
      const values = (name: string) => group.map((row) => Number(row[name]));
      const least = group.find(({ energy_J }) => energy_J === answer.least_J)!.index;
      expect([precision, Number(count), answer]).toEqual([
        precision,
        group.length,
        {
          fastest_ips: Math.max(...values("throughput_ips")),
          least_J: Math.min(...values("energy_J")),
          pesOfLeast: designs.find(({ index }) => index === least)!.pes,
          esrgan_s: Math.min(...values("latency_s:esrgan-slim")),
          ocr_s: Math.min(...values("latency_s:ocr-recognition")),
        },
      ]);
    }
    expect(byPrecision.map(({ precision }) => precision).sort()).toEqual(["fixed8", "float32"]);

    const smallest = Math.min(...evaluated.map(({ area_mm2 }) => Number(area_mm2)));
    const fastest = Math.max(...evaluated.map(({ throughput_ips }) => Number(throughput_ips)));
    expect(stored).toEqual([{ designs: "145", smallest_mm2: smallest, fastest_ips: fastest }]);

    expect(failures).toEqual([
      { reason: expect.stringMatching(/^buffer-too-small: activationBuffer of 1 KiB/), designs: "48" },
    ]);
  });

  it("Arquero: a table from CSV is the one from Arrow", () => {
    const read = (ending: string) => readFileSync(join(folder, `designs.${ending}`));
    expect(fromCSV(read("csv").toString()).objects()).toEqual(fromArrow(read("arrow")).objects());
  });

  /** Runs the Arquero program with a line more, which gives away its tables. */
  const runProgram = async (name: string, text: string, program: string, ...args: string[]) => {
    const tables = ["small", "byPrecision", "known"].map((table) => `${table}: ${table}.objects()`);
    writeFileSync(join(folder, name), `${text}\nconsole.log(JSON.stringify({ ${tables.join(", ")} }));\n`);
    const { stdout } = await promisify(execFile)(program, [...args, name], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", DENO_NO_UPDATE_CHECK: "1" },
    });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, Row[]>;
  };

  it("Arquero: the program gives what the rows say, in Node and in Deno", async () => {
    const [program, ...more] = blocks("js");
    expect(more).toEqual([]);
    symlinkSync(join(packageRoot(), "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { arquero: "*" } }));
    const { small, byPrecision, known } = await runProgram("read.mjs", program, process.execPath);

    const decided = designs.filter(({ fidelity }) => fidelity === "cycle");
    const expected = decided.filter(({ area_mm2 }) => Number(area_mm2) < 3).map(({ index }) => index);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(decided.length);
    expect(new Set(small.map(({ index }) => index))).toEqual(new Set(expected));
    const speeds = small.map(({ throughput_ips }) => Number(throughput_ips));
    expect(speeds).toEqual(speeds.toSorted((a, b) => b - a));

    for (const { precision, ...answer } of byPrecision) {
      const group = designs.filter((design) => design.precision === precision);
      expect([precision, answer]).toEqual([
        precision,
        {
          designs: group.length,
          decided: group.filter(({ fidelity }) => fidelity === "cycle").length,
          onFront: group.filter(({ onFront }) => onFront === 1).length,
          smallest_mm2: Math.min(...group.map(({ area_mm2 }) => Number(area_mm2))),
        },
      ]);
    }
    expect(byPrecision).toHaveLength(2);

    const joined = front.map(({ key, index, energy_J }) => [index, key, energy_J]);
    expect(new Set(known.map(({ key, index, energy_J }) => `${[index, key, energy_J]}`))).toEqual(
      new Set(joined.map(String)),
    );

    const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
    const inDeno = await runProgram(
      "read-deno.mjs",
      program.replace('"arquero"', '"npm:arquero"'),
      process.execPath,
      deno,
      "run",
      "--node-modules-dir=manual",
      "--allow-read",
    );
    expect(inDeno).toEqual({ small, byPrecision, known });
  });

  it("its other commands do what it says: --fresh evaluates all designs again", async () => {
    const [, fresh, ...more] = blocks("sh");
    expect(more).toEqual([]);
    const [command, ...others] = fresh.trim().split("\n");
    expect(others).toEqual([]);
    writeFileSync(join(folder, "results/quickstart/notes.txt"), "mine");
    const { status, stdout } = await bitfront(folder, ...command.split(" ").slice(2), "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ points: 193, evaluated: 193 });
    expect(() => readFileSync(join(folder, "results/quickstart/notes.txt"))).toThrow();
  });
});
