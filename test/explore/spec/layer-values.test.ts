import { describe, expect, it } from "vitest";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { SpecError } from "../../../explore/spec/problem.ts";

const sweep = (precision: string, more = "") => `
version: 1
name: mixed
networks: [a]
machine: bitlet
parameters: { pes: 8, precision: ${precision}${more} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
`;

const problemsOf = (text: string): string[] => {
  try {
    parseSweep(text, { file: "mixed.yaml" });
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split("\n");
  }
};

const valuesOf = (text: string) =>
  parseSweep(text, { file: "mixed.yaml" }).space.parameters.find(({ name }) => name === "precision")?.values;

describe("precision by layer", () => {
  it("is one value, or one of several", () => {
    expect(valuesOf(sweep('{ default: fixed8, "conv1|fc": fixed16 }'))).toEqual([
      '{"default":"fixed8","conv1|fc":"fixed16"}',
    ]);
    expect(valuesOf(sweep("{ choice: [float32, { default: fixed8, fc: fixed16 }, fixed8] }"))).toEqual([
      "float32",
      '{"default":"fixed8","fc":"fixed16"}',
      "fixed8",
    ]);
  });

  it("may stand in the baseline and in added points, and lets parameters of any of its formats have an effect", () => {
    const text = `${sweep("{ default: float32, fc: fixed8 }", ", quantization: per-channel")}
baseline: { precision: { default: fixed8, fc: float32 } }
points: [{ precision: { default: fixed4, fc: fixed16 }, quantization: per-channel }]
`;
    const { space } = parseSweep(text, { file: "mixed.yaml" });
    expect(space.baseline?.configuration.precision).toBe('{"default":"fixed8","fc":"float32"}');
    expect(space.points[0].configuration.precision).toBe('{"default":"fixed4","fc":"fixed16"}');
  });

  it.each([
    ["{ fc: fixed8 }", "has no default for layers that no pattern matches"],
    ["{ default: fixed8 }", "names no layers"],
    ["{ default: fixd8, fc: fixed16 }", "is not a choice of precision; expected one of float32"],
    ["{ default: fixed8, fc: 16 }", "parameters.precision.fc: 16 is not a choice of precision"],
    ["{ default: fixed8, 'conv(': fixed16 }", "is not a regular expression"],
    ["{ choice: [fixed8], pow2: [1, 2] }", "is not a key here"],
    ["{ choice: [] }", "expected a list of at least one choice"],
    ["{ choice: [fixed8, fixd16] }", "did you mean fixed16?"],
    ["{ choice: [{ default: fixed8, fc: fixed4 }, { default: fixed8, fc: fixed4 }] }", "is given twice"],
    ["{ choice: [fixed8, [fixed4]] }", "or a mapping of default and layer patterns to these"],
  ])("refuses %s and says why", (written, problem) => {
    const problems = problemsOf(sweep(written));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^mixed\.yaml:6:\d+: /);
  });

  it("refuses it of parameters that hold for the whole design", () => {
    expect(problemsOf(sweep("fixed8", ", sync: { default: lockstep, fc: fifo }")).join()).toContain("sync");
  });
});
