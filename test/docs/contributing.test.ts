import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../explore/catalog/package-root.ts";
import { compileInto } from "../compile-sources.ts";
import { type Finished, startLine } from "../explore/cli/command.ts";
import { temporaryFolder } from "../explore/engine/fixture.ts";

const page = readFileSync(join(packageRoot(), "CONTRIBUTING.md"), "utf8");
const [, section] = /^## Adding a machine\n([\s\S]*?)^## /m.exec(page) ?? [];

/** The files that the walk-through gives, by path. */
const files: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(section.matchAll(/`([\w./-]+)`:\n\n```(?:ts|yaml)\n([\s\S]*?)```/g), ([, path, text]) => [
    path,
    text,
  ]),
);
/** The file that it has its reader change, the line to add among the imports, and the one to add below another. */
const [, registry, imported, above, entry] =
  /```diff\n--- (\S+)\n\+(import .+)\n (.+)\n\+(.+)\n```/.exec(section) ?? [];

/** The arguments of each `npx program …` that it has its reader run. */
const [, shell] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
const commands = (program: string): string[][] =>
  Array.from(shell.matchAll(/^npx (\S+) ([^#\n]*)/gm))
    .filter(([, name]) => name === program)
    .map(([, , args]) => args.trim().split(/\s+/));

const sweep = "scalar-macs.yaml";
const isSource = (path: string): boolean => path.endsWith(".ts");

const copy = temporaryFolder();

/** Runs a script of Node in the copy, which knows nothing of the run of tests that this one is part of. */
const inCopy = (script: string, ...args: readonly string[]): Promise<Finished> => {
  const names = Object.keys(process.env).filter((name) => /^(VITEST|TEST$|NODE_ENV$)/.test(name));
  const env = Object.fromEntries(names.map((name) => [name, undefined]));
  return startLine(copy, [process.execPath, script, ...args], { env }).finished;
};

const bitfront = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
  const { status, stdout, stderr } = await inCopy("compiled/explore/cli/main.js", ...args, "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout);
};

/** How many tests pass in the copy, where none fails. */
const passed = async (...args: readonly string[]): Promise<number> => {
  const { status, stdout, stderr } = await inCopy(
    "node_modules/vitest/vitest.mjs",
    ...args,
    "--reporter=json",
    "--cache=false",
  );
  expect(status, stdout + stderr).toBe(0);
  return JSON.parse(stdout).numPassedTests;
};

beforeAll(() => {
  for (const name of [
    "core",
    "explore",
    "configs",
    "test",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "biome.json",
  ]) {
    cpSync(join(packageRoot(), name), join(copy, name), {
      recursive: true,
      filter: (path) => !basename(path).startsWith(".compiled-"),
    });
  }
  symlinkSync(join(packageRoot(), "node_modules"), join(copy, "node_modules"));
});

/** Does what the walk-through says. */
beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text, { flag: "wx" });
  }
  const lines = readFileSync(join(copy, registry), "utf8").split("\n");
  const place = lines.indexOf(above) + 1;
  expect(place, above).toBeGreaterThan(0);
  writeFileSync(
    join(copy, registry),
    [imported, ...lines.slice(0, place), entry, ...lines.slice(place)].join("\n"),
  );
});

describe("the walk-through that adds a machine", { timeout: 300_000 }, () => {
  it("gives one source, one configuration, one test and a sweep, and changes the registry alone", () => {
    expect(Object.keys(files)).toEqual([
      "core/machines/scalar-macs.ts",
      "configs/machines/scalar-macs.yaml",
      "test/core/machines/scalar-macs.test.ts",
      sweep,
    ]);
    expect(registry).toBe("core/machines/registry.ts");
  });

  it("compiles, in the style of the house", async () => {
    const sources = Object.keys(files).filter(isSource);
    writeFileSync(
      join(copy, "tsconfig.walk.json"),
      JSON.stringify({ extends: "./tsconfig.json", include: [...sources, registry] }),
    );
    const types = await inCopy("node_modules/typescript/bin/tsc", "-p", "tsconfig.walk.json");
    expect(types).toMatchObject({ stdout: "", status: 0 });
    const style = await inCopy("node_modules/@biomejs/biome/bin/biome", "check", ...sources);
    expect(style.status, style.stdout + style.stderr).toBe(0);
  });

  it("passes the test that it gives, and those of all machines", async () => {
    const [own, contract] = commands("vitest");
    expect(await passed(...own)).toBe(5);
    expect(await passed(...contract)).toBeGreaterThan(10);
  });

  it("ends with designs of the machine, evaluated beside another's", async () => {
    await compileInto(copy, join(copy, "compiled"), ["core/**/*.ts", "explore/**/*.ts"]);
    const [check, run] = commands("bitfront");
    expect(await bitfront(...check)).toMatchObject({ designs: 18 });
    expect(await bitfront(...run, "--workers", "1")).toMatchObject({ points: 18, failed: 0 });
    await bitfront("export", sweep, "--output", "designs.csv");
    const [header, ...rows] = readFileSync(join(copy, "designs.csv"), "utf8").trim().split("\n");
    const column = header.split(",").indexOf("machine");
    const machines = rows.map((row) => row.split(",")[column]);
    expect(machines.filter((machine) => machine === "scalar-macs")).toHaveLength(12);
    expect(machines.filter((machine) => machine === "bitlet")).toHaveLength(6);
  });
});
