import { describe, expect, it } from "vitest";
import { machines } from "../../../core/machines/registry.ts";
import { createSpace } from "../../../explore/space/space.ts";
import { joinedParameters } from "../../../explore/spec/machine-parameters.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { SpecError } from "../../../explore/spec/problem.ts";

const sweep = (parameters: string, extra = "", machine = "[bitlet, dadiannao]"): string => `version: 1
name: mixed
networks: [tiny]
machine: ${machine}
parameters: ${parameters}
objectives: [{ maximize: throughput_ips }, { minimize: area_mm2 }]
${extra}`;

const parse = (text: string) => parseSweep(text, { file: "mixed.yaml" });

const problemOf = (text: string): { readonly key: string; readonly message: string } => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof SpecError && error.problems.length === 1) return error.problems[0]!;
    throw error;
  }
  throw new Error("no problem");
};

describe("a sweep of several machines", () => {
  it("gives each machine its own parameters and its own defaults", () => {
    const { space } = parse(
      sweep("{ costSource: gates, pes: { choice: [8, 16] }, tiles: { choice: [1, 2, 4] } }"),
    );
    const designs = createSpace(space);
    const points = Array.from({ length: designs.total }, (_, index) => designs.pointAt(index)).filter(
      (point) => point !== null,
    );
    // Bitlet has two sizes and no tiles, DaDianNao three and no pes.
    expect(
      points.map(({ machine, configuration }) => [machine, configuration.pes, configuration.tiles]),
    ).toEqual([
      ["bitlet", 8, undefined],
      ["bitlet", 16, undefined],
      ["dadiannao", undefined, 1],
      ["dadiannao", undefined, 2],
      ["dadiannao", undefined, 4],
    ]);
    expect(points.map(({ configuration }) => configuration.clock)).toEqual([1, 1, 0.606, 0.606, 0.606]);
    expect(points.map(({ configuration }) => configuration.laneWidth)).toEqual([64, 64, 16, 16, 16]);
    expect(new Set(points.map(({ configuration }) => configuration.costSource))).toEqual(new Set(["gates"]));
  });

  it("asks for one cost source where the machines' defaults differ, and names those that all have", () => {
    const { key, message } = problemOf(sweep("{ pes: 8 }"));
    expect(key).toBe("machine");
    expect(message).toContain("micro21 on bitlet and gates on dadiannao");
    expect(message).toContain("one of gates, bbs28");
  });

  it("refuses a value that a machine does not take, unless a condition keeps it away", () => {
    const { key, message } = problemOf(
      sweep("{ costSource: gates, precision: { choice: [float32, fixed8] } }"),
    );
    expect(key).toBe("parameters.precision");
    expect(message).toContain("gives float32, which dadiannao does not take");
    const { space } = parse(
      sweep("{ costSource: gates, precision: { choice: [float32, fixed8], when: \"machine == 'bitlet'\" } }"),
    );
    const designs = createSpace(space);
    const precisions = Array.from({ length: designs.total }, (_, index) => designs.pointAt(index)).flatMap(
      (point) => (point === null ? [] : [`${point.machine} ${point.configuration.precision}`]),
    );
    expect(precisions).toEqual(["bitlet float32", "bitlet fixed8", "dadiannao fixed16"]);
  });

  it("takes a condition on what a machine lacks for one that never holds there", () => {
    const { space } = parse(
      sweep(
        '{ costSource: gates, tiles: { choice: [2, 4] }, laneWidth: { choice: [32, 128], when: "tiles == 4" } }',
      ),
    );
    const designs = createSpace(space);
    const points = Array.from({ length: designs.total }, (_, index) => designs.pointAt(index)).flatMap(
      (point) =>
        point === null ? [] : [[point.machine, point.configuration.tiles, point.configuration.laneWidth]],
    );
    expect(points).toEqual([
      ["bitlet", undefined, 64],
      ["dadiannao", 2, 16],
      ["dadiannao", 4, 32],
      ["dadiannao", 4, 128],
    ]);
  });

  it("refuses a parameter that none of its machines has, and says which they have", () => {
    const { key, message } = problemOf(sweep("{ tiles: 4 }", "", "bitlet"));
    expect(key).toBe("parameters.tiles");
    expect(message).toContain("is no parameter of bitlet");
    expect(problemOf(sweep("{ costSource: gates, tile: 4 }")).message).toContain("tiles");
  });

  it("takes baseline and points of any of its machines, each with its own parameters", () => {
    const { space } = parse(
      sweep(
        "{ costSource: gates, pes: 8 }",
        "baseline: { machine: dadiannao, tiles: 3 }\npoints: [{ pes: 5 }]",
      ),
    );
    expect(space.baseline).toMatchObject({
      machine: "dadiannao",
      configuration: { tiles: 3, costSource: "gates" },
    });
    expect(space.baseline!.configuration.pes).toBeUndefined();
    expect(space.points).toMatchObject([{ machine: "bitlet", configuration: { pes: 5 } }]);
    const foreign = problemOf(sweep("{ costSource: gates }", "baseline: { machine: dadiannao, pes: 3 }"));
    expect(foreign.key).toBe("baseline.pes");
    expect(foreign.message).toContain("is no parameter of dadiannao");
    const absent = problemOf(sweep("{ costSource: gates }", "baseline: { machine: eyeriss }"));
    expect(absent.message).toContain("is no machine of this sweep");
  });
});

describe("joinedParameters", () => {
  it("joins all machines: a name has one kind and unit, and every machine's default is within its own range", () => {
    const joined = joinedParameters(Object.keys(machines));
    for (const machine of Object.values(machines)) {
      for (const own of machine.parameters) {
        const wide = joined.get(own.name)!;
        if (own.kind === "choice" && wide.kind === "choice") {
          expect(wide.choices).toEqual(expect.arrayContaining([...own.choices]));
          expect(own.choices).toContain(own.default);
        } else if (own.kind !== "choice" && wide.kind !== "choice") {
          expect([wide.minimum <= own.minimum, wide.maximum >= own.maximum]).toEqual([true, true]);
          expect([own.name, own.minimum <= own.default, own.default <= own.maximum]).toEqual([
            own.name,
            true,
            true,
          ]);
        } else {
          throw new Error(`${own.name} has two kinds`);
        }
      }
    }
  });
});
