import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpace } from "../../../explore/space/space.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { type Problem, SpecError } from "../../../explore/spec/problem.ts";

const sweeps = new URL("../../../configs/sweeps/", import.meta.url);

/** A sweep with nothing wrong, one key a line: `with` replaces or appends lines by their key. */
const lines: Readonly<Record<string, string>> = {
  version: "1",
  name: "small",
  networks: "[esrgan-slim]",
  machine: "bitlet",
  parameters: "{ pes: { pow2: [8, 32] } }",
  objectives: "[{ maximize: throughput_ips }, { minimize: energy_J }]",
};
const sweepWith = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({ ...lines, ...changes })
    .filter(([, text]) => text !== undefined)
    .map(([key, text]) => `${key}: ${text}\n`)
    .join("");

const parse = (text: string) => parseSweep(text, { file: "small.yaml" });

const problemsOf = (text: string): readonly Problem[] => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
};

/** The only problem of a text, which every test of one kind of problem asks for. */
const problemOf = (text: string): Problem => {
  const problems = problemsOf(text);
  expect(problems.map((problem) => problem.message)).toHaveLength(1);
  return problems[0]!;
};

describe("parseSweep on good files", () => {
  it("gives the baseline and added points the cost source of the sweep", () => {
    const { space } = parse(
      sweepWith({ parameters: "{ costSource: gates }", baseline: "{ pes: 3 }", points: "[{ pes: 5 }]" }),
    );
    for (const { configuration } of [space.baseline!, ...space.points]) {
      expect(configuration.costSource).toBe("gates");
    }
  });

  it("takes one file of cost tables or several, and single components", () => {
    expect(parse(sweepWith()).technology).toEqual([]);
    expect(parse(sweepWith({ technology: "./my-22nm.yaml" })).technology).toEqual(["./my-22nm.yaml"]);
    const components = "{ dram.ddr3.energy: { value: 12, unit: pJ/bit, source: ours, mark: measured } }";
    expect(parse(sweepWith({ technology: "[a.yaml, b.yaml]", components }))).toMatchObject({
      technology: ["a.yaml", "b.yaml"],
      components: { "dram.ddr3.energy": { value: 12, mark: "measured" } },
    });
  });

  it("fills in every default", () => {
    const sweep = parse(sweepWith());
    expect(sweep).toMatchObject({
      name: "small",
      seed: 1,
      networks: [{ use: "esrgan-slim", weight: 1, inputs: {} }],
      aggregate: "geomean",
      require: [],
      referencePoint: {},
      fidelity: "staged",
      search: { method: "exhaustive" },
    });
    expect(sweep.objectives.map(({ name, direction }) => [direction, name])).toEqual([
      ["maximize", "throughput_ips"],
      ["minimize", "energy_J"],
    ]);
    expect(sweep.space.baseline).toBeUndefined();
    expect(JSON.parse(JSON.stringify(sweep))).toEqual(sweep);
  });

  it("reads every key", () => {
    const sweep = parse(
      sweepWith({
        seed: "7",
        networks:
          "[a, { use: b, weight: 2, inputs: { x: [1, 3, 48, 320] }, allowUpcast: true, activations: ./b.safetensors }]",
        machine: "[bitlet]",
        aggregate: "worst",
        parameters:
          "{ precision: { choice: [fixed8, float32] }, window: { int: [4, 8, 4], when: pes > 4 }, clock: 500 MHz }",
        constraints: "[pes * laneWidth <= 8192]",
        require: "[area_mm2 <= 10 && sqnr_dB >= 30]",
        objectives:
          "[{ maximize: throughput_ips }, { minimize: energy_J * latency_s }, { minimize: area_mm2 }]",
        referencePoint: "{ throughput_ips: 0, energy_J * latency_s: 1 }",
        baseline: "{ pes: 16, weightBuffer: 1 MiB }",
        points: "[{ laneWidth: 32 }]",
        fidelity: "cycle",
        search: "{ method: exhaustive }",
      }),
    );
    expect(sweep.networks[1]).toEqual({
      use: "b",
      weight: 2,
      inputs: { x: [1, 3, 48, 320] },
      allowUpcast: true,
      phase: "forward",
      activations: "./b.safetensors",
    });
    expect(sweep.networks[0]).not.toHaveProperty("activations");
    expect(sweep.space.parameters.map(({ name, values }) => [name, values])).toEqual([
      ["precision", ["fixed8", "float32"]],
      ["window", [4, 8]],
      ["clock", [0.5]],
    ]);
    expect(sweep.objectives[1]).toMatchObject({ name: "energy_J * latency_s", direction: "minimize" });
    expect(sweep.referencePoint).toEqual({ throughput_ips: 0, "energy_J * latency_s": 1 });
    expect(sweep.require[0]?.source).toBe("area_mm2 <= 10 && sqnr_dB >= 30");
    expect(sweep.space.baseline?.configuration).toMatchObject({ pes: 16, weightBuffer: 1024, laneWidth: 64 });
    const space = createSpace(sweep.space);
    expect(space.radices).toEqual([1, 2, 2, 1]);
    expect(space.total).toBe(6);
  });

  it("resolves a few aliases", () => {
    const sweep = parse(
      sweepWith({ baseline: "&published { pes: 32 }", points: "[*published, { pes: 64 }]" }),
    );
    expect(sweep.space.points.map((point) => point.configuration.pes)).toEqual([32, 64]);
  });

  it.each(readdirSync(sweeps).filter((name) => name.endsWith(".yaml")))("reads configs/sweeps/%s", (name) => {
    const sweep = parseSweep(readFileSync(new URL(name, sweeps), "utf8"), { file: name });
    expect(`${sweep.name}.yaml`).toBe(name);
    expect(createSpace(sweep.space).countValid()).toBeGreaterThan(0);
  });
});

describe("parseSweep on YAML problems", () => {
  it("refuses a key given twice", () => {
    expect(problemOf(`${sweepWith()}name: other\n`)).toMatchObject({
      line: 7,
      column: 1,
      value: "name",
      problem: "is given twice",
    });
  });

  it("refuses an unknown tag", () => {
    expect(problemOf(sweepWith({ name: "!secret small" }))).toMatchObject({
      line: 2,
      column: 7,
      value: "!secret",
    });
  });

  it("refuses aliases that multiply", () => {
    const ten = (item: string) => `[${Array(10).fill(item).join(",")}]`;
    const bomb = `a: &a ${ten("1")}\nb: &b ${ten("*a")}\nc: &c ${ten("*b")}\nd: ${ten("*c")}\n`;
    expect(problemOf(sweepWith() + bomb).problem).toMatch(/aliases/);
  });

  it("refuses an alias of nothing and an alias of itself", () => {
    expect(problemOf(sweepWith({ points: "[*none]" }))).toMatchObject({
      line: 7,
      column: 10,
      value: "*none",
    });
    expect(problemsOf(sweepWith({ points: "&all [*all]" }))).not.toEqual([]);
  });

  it("refuses a file over 1 MiB, counted in bytes", () => {
    const padding = (bytes: number): string => `# ${"é".repeat((bytes - 3) / 2)}\n`;
    const rest = sweepWith();
    const free = 1024 * 1024 - rest.length;
    expect(problemsOf(rest + padding(free - ((free - 3) % 2)))).toEqual([]);
    expect(problemOf(rest + padding(free - ((free - 3) % 2) + 2))).toMatchObject({
      expected: "at most 1 MiB",
      line: 1,
    });
  });

  it("refuses what is not one YAML document with keys", () => {
    expect(problemOf(`${sweepWith()}---\na: 1\n`).problem).toBe("begins a second document");
    expect(problemsOf("a: [1, 2\nb: 3\n")[0]).toMatchObject({ line: 2, expected: "YAML 1.2" });
    expect(problemOf("").expected).toBe("a mapping with the keys of a sweep");
    expect(problemOf("- 1\n").expected).toBe("a mapping with the keys of a sweep");
    expect(problemsOf("[".repeat(100_000)).length).toBeLessThanOrEqual(10);
    expect(problemsOf("[".repeat(100_000))[0]?.problem).toMatch(/nests too deeply|is not YAML/);
  });

  it("gives every text either a sweep or problems with a place", () => {
    const scraps = fc.constantFrom(
      "name: ",
      "a\n",
      "&x ",
      "*x",
      "!t ",
      "[",
      "]",
      "{",
      "}",
      "- ",
      ": ",
      "\n  ",
      "|",
      "'",
      '"',
      "parameters:",
      "\t",
      "---\n",
      "?",
    );
    fc.assert(
      fc.property(fc.array(scraps, { maxLength: 15 }), (pieces) => {
        for (const problem of problemsOf(pieces.join(""))) {
          expect(problem.line).toBeGreaterThan(0);
          expect(problem.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("parseSweep on the shape", () => {
  it("refuses an unknown key and offers the nearest", () => {
    expect(problemOf(`${sweepWith()}fidelty: cycle\n`)).toMatchObject({
      line: 7,
      column: 1,
      key: "fidelty",
      nearest: "fidelity",
    });
    expect(problemOf(sweepWith({ parameters: "{ pse: 3 }" }))).toMatchObject({
      line: 5,
      column: 15,
      key: "parameters.pse",
      nearest: "pes",
    });
    expect(problemOf(sweepWith({ networks: "[{ use: a, weigth: 2 }]" }))).toMatchObject({
      nearest: "weight",
    });
    expect(problemOf(sweepWith({ parameters: "{ pes: { pow: [8, 32] } }" }))).toMatchObject({
      nearest: "pow2",
    });
    expect(problemOf(`${sweepWith()}__proto__: 1\n`).key).toBe("__proto__");
  });

  it.each(Object.keys(lines))("asks for %s", (key) => {
    expect(problemOf(sweepWith({ [key]: undefined }))).toMatchObject({ key, problem: "is missing", line: 1 });
  });

  it.each([
    ["version", "2", "version", "1"],
    ["name", "Small", "name", "lower-case letters"],
    ["name", "../small", "name", "lower-case letters"],
    ["seed", "-1", "seed", "an integer from 0"],
    ["seed", ".nan", "seed", "an integer from 0"],
    ["networks", "[]", "networks", "a list of at least one network"],
    ["networks", "esrgan-slim", "networks", "a list of at least one network"],
    ["networks", "[{ use: a, weight: 0 }]", "networks.0.weight", "a number above 0"],
    ["networks", "[{ use: a, inputs: { x: [1, 0] } }]", "networks.0.inputs.x.1", "an integer from 1"],
    ["aggregate", "mean", "aggregate", "one of geomean, sum, worst, each"],
    ["machine", "eyeris", "machine", "bitlet"],
    ["machine", "[eyeris]", "machine.0", "bitlet"],
    ["parameters", "[pes]", "parameters", "parameters with their values"],
    ["parameters", "{ pes: true }", "parameters.pes", "an integer from 1 to 4096"],
    ["parameters", "{ pes: 0 }", "parameters.pes", "an integer from 1 to 4096"],
    ["parameters", "{ pes: 3.5 }", "parameters.pes", "an integer from 1 to 4096"],
    ["parameters", "{ clock: .inf }", "parameters.clock", "a number from 0.01 to 10 GHz"],
    ["parameters", "{ dram: ddr5 }", "parameters.dram", "one of ddr3, ddr4"],
    ["parameters", "{ dram: { pow2: [1, 2] } }", "parameters.dram.pow2", "one of choice, when"],
    ["parameters", "{ pes: {} }", "parameters.pes", "exactly one of choice, pow2, int, linear, log"],
    ["parameters", "{ pes: { pow2: [1, 2], int: [1, 2] } }", "parameters.pes", "exactly one of choice"],
    ["parameters", "{ pes: { pow2: [1, .nan] } }", "parameters.pes.pow2.1", "a number"],
    ["parameters", "{ pes: { pow2: [1] } }", "parameters.pes.pow2.1", "[from, to]"],
    ["parameters", "{ pes: { int: [1] } }", "parameters.pes.int", "[from, to] or [from, to, step]"],
    ["parameters", "{ pes: { choice: [] } }", "parameters.pes.choice", "a list of at least one value"],
    ["parameters", "{ clock: { linear: [0.1, 1] } }", "parameters.clock", "`steps` together with"],
    [
      "parameters",
      "{ clock: { linear: [0.1, 1], steps: 0 } }",
      "parameters.clock.steps",
      "an integer from 2",
    ],
    ["parameters", "{ pes: { pow2: [1, 2], steps: 2 } }", "parameters.pes", "`steps` together with"],
    ["constraints", "pes > 3", "constraints", "a list of conditions"],
    ["constraints", "[3]", "constraints.0", "a condition, as text"],
    ["objectives", "[{ maximize: throughput_ips }]", "objectives", "two to four objectives"],
    ["objectives", `[${Array(5).fill("{ minimize: energy_J }").join(",")}]`, "objectives", "two to four"],
    ["referencePoint", "{ energy_J: .inf }", "referencePoint.energy_J", "a number"],
    ["baseline", "{ pes: { pow2: [8, 32] } }", "baseline.pes", "an integer from 1 to 4096"],
    ["points", "{ pes: 32 }", "points", "a list of designs"],
    ["fidelity", "fast", "fidelity", "one of analytical, cycle, staged"],
    ["search", "{ method: nsga2 }", "search.method", "exhaustive"],
  ])("refuses %s: %s", (key, text, path, expected) => {
    const problem = problemsOf(sweepWith({ [key]: text }))[0]!;
    expect(problem.key).toBe(path);
    expect(problem.expected).toContain(expected);
  });
});

describe("parseSweep on the meaning", () => {
  it.each([
    ["parameters", "{ pes: { pow2: [32, 8] } }", "parameters.pes.pow2", "is an empty range"],
    ["parameters", "{ pes: { choice: [8, 9, 8] } }", "parameters.pes.choice.2", "is given twice"],
    ["parameters", "{ weightBuffer: 128 KB }", "parameters.weightBuffer", "has the unknown unit KB"],
    ["parameters", "{ weightBuffer: 30 MiB }", "parameters.weightBuffer", "is out of range (30720 KiB)"],
    [
      "parameters",
      "{ pipeline: published, window: 16 }",
      "parameters.window",
      "has no effect because pipeline is only published",
    ],
    [
      "parameters",
      "{ quantization: per-channel }",
      "parameters.quantization",
      "has no effect because precision is only float32",
    ],
    [
      "parameters",
      "{ pes: { int: [1, 4], when: lanes > 3 } }",
      "parameters.pes.when",
      "names the unknown lanes",
    ],
    [
      "parameters",
      "{ pes: { int: [1, 4], when: pes > 3 } }",
      "parameters.pes",
      "has a condition that depends on itself",
    ],
    [
      "parameters",
      "{ costSource: { choice: [micro21, gates] } }",
      "parameters.costSource",
      "mixes micro21 and gates in one front",
    ],
    [
      "parameters",
      "{ costSource: { choice: [gates], when: pes > 3 } }",
      "parameters.costSource",
      "mixes gates and micro21 in one front",
    ],
    ["baseline", "{ costSource: fig8 }", "baseline.costSource", "mixes micro21 and fig8 in one front"],
    ["points", "[{ pes: 3, costSource: gates }]", "points.0.costSource", "mixes micro21 and gates"],
    [
      "components",
      "{ dram.ddr3.energy: { value: 0, unit: pJ/bit, source: a, mark: stated } }",
      "components.dram.ddr3.energy.value",
      "is not valid",
    ],
    ["constraints", "[lanes * 2 > 3]", "constraints.0", "names the unknown lanes"],
    ["constraints", "[pes * 2]", "constraints.0", "yields a number"],
    ["constraints", "[area_mm2 < 3]", "constraints.0", "names the metric area_mm2"],
    ["constraints", "[machine == 'eyeriss']", "constraints.0", "compares with eyeriss"],
    ["require", "[pes < 3]", "require.0", "names the parameter pes"],
    ["require", "[speed < 3]", "require.0", "names the unknown speed"],
    [
      "objectives",
      "[{ maximize: speed }, { minimize: energy_J }]",
      "objectives.0.maximize",
      "names the unknown speed",
    ],
    [
      "objectives",
      "[{ maximize: 1 + 1 }, { minimize: energy_J }]",
      "objectives.0.maximize",
      "names no metric",
    ],
    [
      "objectives",
      "[{ maximize: energy_J > 1 }, { minimize: energy_J }]",
      "objectives.0.maximize",
      "yields a boolean",
    ],
    [
      "objectives",
      "[{ minimize: energy_J }, { minimize: energy_J }]",
      "objectives.1.minimize",
      "is an objective already",
    ],
    ["referencePoint", "{ area_mm2: 3 }", "referencePoint.area_mm2", "is not an objective"],
    ["networks", "[a, { use: a }]", "networks.1", "names a a second time"],
    ["machine", "[bitlet, bitlet]", "machine.1", "names bitlet a second time"],
    ["baseline", "{ clock: 30 GHz }", "baseline.clock", "is out of range"],
    [
      "baseline",
      "{ pipeline: published, window: 16 }",
      "baseline.window",
      "has no effect because pipeline is only published",
    ],
    ["points", "[{}, { weightBuffer: 3 MB }]", "points.1.weightBuffer", "has the unknown unit MB"],
  ])("refuses %s: %s", (key, text, path, message) => {
    const problem = problemOf(sweepWith({ [key]: text }));
    expect(problem.key).toBe(path);
    expect(problem.problem).toContain(message);
  });

  it("lets a parameter have an effect in a part of the sweep", () => {
    const parameters = "{ pipeline: { choice: [published, rtl] }, window: { choice: [4, 16] } }";
    const space = createSpace(parse(sweepWith({ parameters })).space);
    expect(space.countValid()).toBe(3);
    expect(problemsOf(sweepWith({ parameters: "{ precision: fixed8, quantization: per-channel }" }))).toEqual(
      [],
    );
    expect(
      problemsOf(
        sweepWith({ parameters: "{ pipeline: { choice: [published], when: pes > 3 }, window: 4 }" }),
      ),
    ).toEqual([]);
  });

  it("refuses a space that cannot be numbered", () => {
    const wide = ["pes", "weightBuffer", "activationBuffer", "outputBuffer", "batch"];
    const parameters = `{ ${wide.map((name) => `${name}: { int: [1, 1024] }`).join(", ")}, laneWidth: { int: [8, 255] } }`;
    expect(problemOf(sweepWith({ parameters }))).toMatchObject({ key: "parameters", line: 5, column: 1 });
  });

  it("points into expressions, quoted or not", () => {
    expect(problemOf(sweepWith({ constraints: '[pes > 3, "pes > 1 && lanes > 3"]' }))).toMatchObject({
      line: 7,
      column: 36,
    });
    expect(problemOf(`${sweepWith()}constraints:\n  - pes > 1 && lanes > 3\n`)).toMatchObject({
      line: 8,
      column: 16,
    });
    expect(problemOf(`${sweepWith()}constraints:\n  - >\n    pes > 1 &&\n    lanes > 3\n`)).toMatchObject({
      line: 8,
      column: 5,
    });
  });
});

describe("SpecError", () => {
  it("carries all problems of YAML, shape and meaning together, in the order of the file", () => {
    const text = `version: 1
name: small
networks: [a, a, { use: b, weigth: 2 }]
machine: bitlet
aggregate: mean
parameters:
  pez: 3
  pes: { pow2: [32, 8] }
  weightBuffer: 128 KB
constraints:
  - pes * laneWidth <= 8192
  - "lanewidth > 3"
objectives:
  - maximize: throughput
  - minimise: energy_J
  - minimize: area_mm2
seed: 3
seed: 4
`;
    const problems = problemsOf(text);
    expect(problems.map(({ line, column, key, nearest }) => [line, column, key, nearest])).toEqual([
      [3, 15, "networks.1", undefined],
      [3, 28, "networks.2.weigth", "weight"],
      [5, 12, "aggregate", undefined],
      [7, 3, "parameters.pez", "pes"],
      [8, 16, "parameters.pes.pow2", undefined],
      [9, 17, "parameters.weightBuffer", "KiB"],
      [12, 6, "constraints.1", "laneWidth"],
      [14, 15, "objectives.0.maximize", "throughput_ips"],
      [15, 5, "objectives.1.minimise", "minimize"],
      [18, 1, "", undefined],
    ]);
  });

  it("prints file, line, column, key, value, what was expected, and the nearest", () => {
    const error = new SpecError(
      problemsOf(sweepWith({ parameters: "{ weightBuffer: 128 KB }", fidelty: "x" })),
    );
    expect(error._tag).toBe("SpecError");
    expect(error.message.split("\n")[0]).toBe(
      "small.yaml:5:29: parameters.weightBuffer: 128 KB has the unknown unit KB; expected one of B, KiB, MiB, GiB; did you mean KiB?",
    );
    expect(error.message.split("\n")).toHaveLength(2);
  });

  it("cuts long values and never prints one over several lines", () => {
    const problem = problemOf(sweepWith({ baseline: `\n  - ${"long ".repeat(30)}\n  - b` }));
    expect(problem.value.length).toBeLessThanOrEqual(60);
    expect(problem.message).not.toContain("\n");
  });
});
