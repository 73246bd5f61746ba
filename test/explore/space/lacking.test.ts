import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Configuration, ParameterValue } from "../../../core/machines/parameter.ts";
import { lackingDesign } from "../../../explore/space/lacking.ts";
import { createSpace, type Point, type SpaceDescription } from "../../../explore/space/space.ts";
import { spacePairs } from "./random-spaces.ts";

/** The designs of one space that the other has not, one by one. */
const lackingOf = (stored: SpaceDescription, asked: SpaceDescription): Point[] => {
  const [space, target] = [createSpace(stored), createSpace(asked)];
  return Array.from({ length: space.total }, (_, index) => space.pointAt(index)).filter(
    (point): point is Point => point !== null && target.indexOf(point.machine, point.configuration) === null,
  );
};

/** The design that a message names: parameters that it leaves out stand at their defaults. */
const designNamed = (message: string, { machines }: SpaceDescription): Point => {
  const words = message.split(", ").filter((word) => word !== "");
  const machine = machines.length > 1 ? words.shift()! : machines[0].name;
  const own = machines.find(({ name }) => name === machine)!.parameters;
  const configuration: Record<string, ParameterValue> = Object.fromEntries(
    own.map((parameter) => [parameter.name, parameter.default]),
  );
  for (const word of words) {
    const [name, value] = word.split(" ");
    expect(Object.keys(configuration)).toContain(name);
    configuration[name] = name === "mode" ? value : Number(value);
  }
  return { machine, configuration: configuration as Configuration };
};

describe("lackingDesign", () => {
  it("is silent only where no design is lacking, and names one that is", () => {
    let complete = 0;
    fc.assert(
      fc.property(spacePairs, ([stored, asked]) => {
        const lacking = lackingOf(stored, asked);
        const message = lackingDesign(stored, asked);
        if (lacking.length === 0) complete++;
        expect(message === undefined).toBe(lacking.length === 0);
        if (message !== undefined) expect(lacking).toContainEqual(designNamed(message, stored));
      }),
      { numRuns: 2000 },
    );
    expect(complete).toBeGreaterThan(100);
  });
});
