import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importRules } from "./import-rules.ts";
import { type ImportGraph, importOf, importsOfText, reachable, readImports } from "./read-imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = readImports(root, ["core", "explore"]);

/** A graph of made-up files, each with the lines it consists of. */
const made = (files: Readonly<Record<string, string>>): ImportGraph =>
  new Map(Object.entries(files).map(([file, text]) => [file, importsOfText(file, text)]));

const violations = (rule: string, files: Readonly<Record<string, string>>): string[] | undefined =>
  importRules.find(({ name }) => name === rule)?.violations(made(files));

describe("import rules", () => {
  it.each(importRules)("$name", (rule) => {
    expect(rule.violations(sources)).toEqual([]);
  });

  it("covers the whole of core and explore, and files that exist", () => {
    expect(sources.size).toBeGreaterThan(100);
    for (const entry of ["explore/index.ts", "explore/cli/main.ts", "explore/engine/worker.ts"]) {
      expect(sources.has(entry), entry).toBe(true);
    }
    const targets = [...sources.values()].flat().filter(({ packageName }) => packageName === undefined);
    expect(targets.filter(({ target }) => !existsSync(join(root, target)))).toEqual([]);
    // A rule about a file that was renamed would be kept by nobody.
    for (const pair of ["core/model/analytical.ts", "core/model/cycle.ts", "core/machines/registry.ts"]) {
      expect(sources.has(pair), pair).toBe(true);
    }
    const machines = new Set(
      [...sources.keys()].flatMap((file) => /^core\/machines\/([^/]+)\//.exec(file)?.[1] ?? []),
    );
    for (const machine of machines) {
      expect(sources.has(`core/machines/${machine}/analytical-cycles.ts`), machine).toBe(true);
      expect(sources.has(`core/machines/${machine}/traced-cycles.ts`), machine).toBe(true);
    }
  });
});

describe("imports of a file", () => {
  it("are read from all forms, and from no text or comment", () => {
    const text = `
      import { a } from "../b/a.ts";
      import type { C } from "./c.ts";
      import { type D } from "./d.ts";
      import * as Effect from "effect/Effect";
      import "@scope/name/deep";
      export * from "./e.ts";
      export type { F } from "./f.ts";
      type G = import("./g.ts").G;
      const h = async () => (await import("vega")).View;
      // import { no } from "./no.ts";
      const text = 'import { no } from "./no.ts"';`;
    const file = "core/x/y.ts";
    expect(importsOfText(file, text)).toEqual([
      importOf(file, "../b/a.ts"),
      importOf(file, "./c.ts", { typeOnly: true }),
      importOf(file, "./d.ts"),
      importOf(file, "effect/Effect"),
      importOf(file, "@scope/name/deep"),
      importOf(file, "./e.ts"),
      importOf(file, "./f.ts", { typeOnly: true }),
      importOf(file, "./g.ts", { typeOnly: true }),
      importOf(file, "vega", { dynamic: true }),
    ]);
    expect(importOf(file, "../b/a.ts").target).toBe("core/b/a.ts");
    expect(importOf(file, "effect/Effect").packageName).toBe("effect");
    expect(importOf(file, "@scope/name/deep").packageName).toBe("@scope/name");
  });

  it("must be written out", () => {
    expect(() => importsOfText("core/a.ts", "await import(name)")).toThrow("core/a.ts: import(name)");
  });

  it("lead on along what is followed", () => {
    const graph = made({
      "a.ts": 'import "./b.ts"; import type { C } from "./c.ts";',
      "b.ts": 'import("./d.ts"); import "vega";',
    });
    expect([...reachable(graph, "a.ts")]).toEqual(["a.ts", "b.ts", "c.ts", "d.ts"]);
    expect([...reachable(graph, "a.ts", ({ typeOnly, dynamic }) => !typeOnly && !dynamic)]).toEqual([
      "a.ts",
      "b.ts",
    ]);
  });
});

describe("each rule finds what breaks it", () => {
  const cases: readonly [rule: string, files: Readonly<Record<string, string>>, found: string[]][] = [
    [
      "core imports nothing but core",
      {
        "core/errors.ts": 'import type { B } from "node:buffer"; import "../explore/index.ts";',
        "core/model/cycle.ts": 'import "../errors.ts"; import "effect/Effect";',
      },
      [
        "core/errors.ts imports node:buffer",
        "core/errors.ts imports explore/index.ts",
        "core/model/cycle.ts imports effect/Effect",
      ],
    ],
    [
      "inside core, imports go down the layers",
      {
        "core/workloads/decode/onnx.ts":
          'import "../layer.ts"; import "../../errors.ts"; import "../../model/cycle.ts";',
        "core/errors.ts": 'import "./units.ts"; import "./numerics/formats.ts";',
        "core/numerics/formats.ts": 'import "../technology/sram.ts";',
        "core/machines/machine.ts": 'import "../technology/sram.ts"; import "../workloads/layer.ts";',
        "core/plots/plot.ts": 'import "../errors.ts";',
      },
      [
        "core/workloads/decode/onnx.ts imports core/model/cycle.ts",
        "core/errors.ts imports core/numerics/formats.ts",
        "core/numerics/formats.ts imports core/technology/sram.ts",
        "core/plots/plot.ts imports core/errors.ts",
      ],
    ],
    [
      "technology stands on units and errors",
      { "core/technology/sram.ts": 'import "../errors.ts"; import "./dram.ts"; import "../random.ts";' },
      ["core/technology/sram.ts imports core/random.ts"],
    ],
    [
      "imports make no cycle",
      {
        "a.ts": 'import "./b.ts";',
        "b.ts": 'import type { C } from "./c.ts";',
        "c.ts": 'import "./a.ts";',
        "d.ts": 'import "./a.ts";',
        "e.ts": 'import "./e.ts";',
      },
      ["a.ts ↔ b.ts ↔ c.ts", "e.ts"],
    ],
    [
      "a machine is imported by the registry alone",
      {
        "core/machines/registry.ts": 'import "./scnn/scnn.ts"; import "./stripes.ts";',
        "core/machines/laconic.ts": 'import "./stripes.ts"; import "./rounds.ts";',
        "core/machines/scnn/scnn.ts":
          'import "../machine.ts"; import "./parts.ts"; import "../bitlet/parts.ts";',
        "explore/engine/run.ts": 'import "../../core/machines/scnn/scnn.ts";',
      },
      [
        "core/machines/laconic.ts imports core/machines/stripes.ts",
        "core/machines/scnn/scnn.ts imports core/machines/bitlet/parts.ts",
        "explore/engine/run.ts imports core/machines/scnn/scnn.ts",
      ],
    ],
    [
      "analytical and cycle models do not reach each other",
      {
        "core/model/cycle.ts": 'import "./shared.ts";',
        "core/model/shared.ts": 'import "./analytical.ts";',
        "core/machines/scnn/analytical-cycles.ts": 'import type { T } from "./traced-cycles.ts";',
      },
      [
        "core/model/cycle.ts reaches core/model/analytical.ts",
        "core/machines/scnn/analytical-cycles.ts reaches core/machines/scnn/traced-cycles.ts",
      ],
    ],
    [
      "a worker loads plain functions",
      {
        "explore/engine/worker.ts": 'import "./part.ts"; import type { S } from "../spec/sweep.ts";',
        "explore/engine/part.ts": 'import { type Effect } from "effect/Effect"; import "hyparquet-writer";',
        "explore/spec/sweep.ts": 'import "vega";',
      },
      ["explore/engine/part.ts loads effect"],
    ],
    [
      "a heavy package has one importer",
      {
        "explore/plots/render.ts": 'import("vega"); import("vega-lite");',
        "explore/plots/theme.ts": 'import type { Config } from "vega-lite";',
        "explore/store/parquet.ts": 'import "hyparquet"; import "hyparquet-writer";',
      },
      ["vega + vega-lite + @resvg/resvg-js in explore/plots/render.ts, explore/plots/theme.ts"],
    ],
    [
      "the command line starts without heavy packages",
      {
        "explore/cli/main.ts": 'import "./run.ts"; import("../plots/render.ts");',
        "explore/cli/run.ts": 'import "piscina"; import("arquero");',
        "explore/plots/render.ts": 'import "vega";',
      },
      ["explore/cli/run.ts loads piscina"],
    ],
    [
      "effect is imported by submodule",
      { "explore/a.ts": 'import "effect"; import "effect/Effect"; import "@effect/platform-node-shared";' },
      ["explore/a.ts imports effect", "explore/a.ts imports @effect/platform-node-shared"],
    ],
  ];

  it.each(cases)("%s", (rule, files, found) => {
    expect(violations(rule, files)).toEqual(found);
  });

  it("has a case for every rule", () => {
    expect(cases.map(([rule]) => rule)).toEqual(importRules.map(({ name }) => name));
  });
});
