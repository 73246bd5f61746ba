import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Configuration, ParameterDescriptor } from "../../../core/machines/parameter.ts";
import { exclusionRule } from "../../../explore/space/exclusion-rule.ts";
import { createSpace, type Space, type SpaceDescription, SpaceError } from "../../../explore/space/space.ts";
import type { Expression } from "../../../explore/spec/expression.ts";
import { parseExpression } from "../../../explore/spec/parse-expression.ts";

const number = (name: string, activeWhen?: ParameterDescriptor["activeWhen"]): ParameterDescriptor => ({
  name,
  kind: "integer",
  minimum: 0,
  maximum: 100,
  default: 1,
  description: "",
  ...(activeWhen === undefined ? {} : { activeWhen }),
});
const mode: ParameterDescriptor = {
  name: "mode",
  kind: "choice",
  choices: ["slow", "fast"],
  default: "slow",
  description: "",
};

/** `depth` has an effect only where mode is fast, `width` only where depth is 2 or 3. */
const parameters = [
  number("size"),
  number("width", { depth: [2, 3] }),
  number("depth", { mode: ["fast"] }),
  mode,
  number("clock"),
];
const names = {
  size: "number",
  width: "number",
  depth: "number",
  mode: ["slow", "fast"],
  clock: "number",
  machine: ["m", "n"],
  only: "number",
} as const;

const read = (source: string): Expression => {
  const parsed = parseExpression(source, names, "boolean");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.expression;
};

const describeSpace = (part: Partial<SpaceDescription>): SpaceDescription => ({
  machines: [{ name: "m", parameters }],
  parameters: [],
  constraints: [],
  points: [],
  ...part,
});

const indicesOf = (space: Space): readonly number[] =>
  Array.from({ length: space.total }, (_, index) => index);
const defaults: Configuration = { size: 1, width: 1, depth: 1, mode: "slow", clock: 1 };

const valueLists = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
const modeLists = fc.constantFrom(["slow"], ["fast"], ["slow", "fast"], ["fast", "slow"]);
const descriptions = fc
  .record(
    { size: valueLists, width: valueLists, depth: valueLists, mode: modeLists, clock: valueLists },
    { requiredKeys: [] },
  )
  .chain((values) =>
    fc.record({
      order: fc.shuffledSubarray(Object.keys(values), { minLength: Object.keys(values).length }),
      values: fc.constant(values),
      clockWhen: fc.option(fc.constantFrom("size > 1", "mode == 'fast' || size == 0", "width != 1")),
      constraint: fc.option(
        fc.constantFrom("size * width <= 4", "machine == 'm' && clock < 3", "depth + size != 3"),
      ),
    }),
  );

/** The distinct designs by the definition, from nested loops over all values and plain JavaScript conditions. */
const designsOf = (
  values: Readonly<Record<string, readonly (number | string)[] | undefined>>,
  clockWhen: string | null,
  constraint: string | null,
): ReadonlySet<string> => {
  const holds = (condition: string | null, design: Configuration): boolean =>
    condition === null ||
    (new Function(...Object.keys(design), "machine", `return ${condition};`)(
      ...Object.values(design),
      "m",
    ) as boolean);
  const designs = new Set<string>();
  for (const size of values.size ?? [1]) {
    for (const chosen of values.mode ?? ["slow"]) {
      for (const writtenDepth of values.depth ?? [1]) {
        for (const writtenWidth of values.width ?? [1]) {
          for (const writtenClock of values.clock ?? [1]) {
            const depth = chosen === "fast" ? writtenDepth : 1;
            const width = depth === 2 || depth === 3 ? writtenWidth : 1;
            const design: Record<string, number | string> = { size, width, depth, mode: chosen, clock: 1 };
            if (holds(clockWhen, design)) design.clock = writtenClock;
            if (holds(constraint, design)) designs.add(JSON.stringify(design));
          }
        }
      }
    }
  }
  return designs;
};

describe("createSpace", () => {
  it("has every design exactly once, whatever the order, the conditions and the constraints", () => {
    fc.assert(
      fc.property(descriptions, ({ order, values, clockWhen, constraint }) => {
        const lists: Readonly<Record<string, readonly (number | string)[]>> = values;
        const space = createSpace(
          describeSpace({
            parameters: order.map((name) => ({
              name,
              values: lists[name]!,
              ...(name === "clock" && clockWhen !== null ? { when: read(clockWhen) } : {}),
            })),
            constraints: constraint === null ? [] : [read(constraint)],
          }),
        );
        const found = indicesOf(space)
          .map((index) => space.configurationAt(index))
          .filter((configuration) => configuration !== null);
        const expected = designsOf(lists, order.includes("clock") ? clockWhen : null, constraint);
        expect(found.map((configuration) => JSON.stringify(configuration)).sort()).toEqual(
          [...expected].sort(),
        );
        expect(space.countValid()).toBe(expected.size);
      }),
      { numRuns: 200 },
    );
  });

  it("finds the index of each of its designs again", () => {
    fc.assert(
      fc.property(descriptions, ({ order, values, constraint }) => {
        const lists: Readonly<Record<string, readonly (number | string)[]>> = values;
        const space = createSpace(
          describeSpace({
            parameters: order.map((name) => ({ name, values: lists[name]! })),
            constraints: constraint === null ? [] : [read(constraint)],
          }),
        );
        for (const index of indicesOf(space)) {
          const configuration = space.configurationAt(index);
          if (configuration !== null) expect(space.indexOf("m", { ...configuration })).toBe(index);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("counts with the last parameter of the file fastest", () => {
    const space = createSpace(
      describeSpace({
        parameters: [
          { name: "clock", values: [5, 6] },
          { name: "size", values: [7, 8, 9] },
        ],
      }),
    );
    expect(space.radices).toEqual([1, 2, 3]);
    expect(space.total).toBe(6);
    expect(space.configurationAt(0)).toEqual({ ...defaults, clock: 5, size: 7 });
    expect(space.configurationAt(1)).toEqual({ ...defaults, clock: 5, size: 8 });
    expect(space.configurationAt(3)).toEqual({ ...defaults, clock: 6, size: 7 });
  });

  it("finds nothing that is not in the space", () => {
    const space = createSpace(
      describeSpace({ parameters: [{ name: "size", values: [2, 3] }], constraints: [read("size < 3")] }),
    );
    expect(space.indexOf("m", { ...defaults, size: 2 })).toBe(0);
    expect(space.indexOf("m", { ...defaults, size: 3 })).toBeNull();
    expect(space.indexOf("m", { ...defaults, size: 1 })).toBeNull();
    expect(space.indexOf("m", { ...defaults, size: 2, clock: 2 })).toBeNull();
    expect(space.indexOf("m", { ...defaults, size: 2, depth: 2 })).toBeNull();
    expect(space.indexOf("n", { ...defaults, size: 2 })).toBeNull();
  });

  it("is exact up to 2^53 indices and refuses more", () => {
    const bits = (count: number): SpaceDescription => {
      const wide = Array.from({ length: count }, (_, index) => number(`p${index}`));
      return describeSpace({
        machines: [{ name: "m", parameters: wide }],
        parameters: wide.map(({ name }) => ({ name, values: [0, 1] })),
      });
    };
    const space = createSpace(bits(53));
    expect(space.total).toBe(2 ** 53);
    fc.assert(
      fc.property(fc.maxSafeNat(), (index) => {
        const configuration = space.configurationAt(index)!;
        const digits = Object.values(configuration).join("");
        expect(BigInt(`0b${digits}`)).toBe(BigInt(index));
        expect(space.indexOf("m", configuration)).toBe(index);
      }),
      { numRuns: 50 },
    );
    expect(() => createSpace(bits(54))).toThrow(SpaceError);
    const configuration = Object.fromEntries(Array.from({ length: 53 }, (_, index) => [`p${index}`, 2]));
    expect(() => createSpace({ ...bits(53), baseline: { machine: "m", configuration } })).toThrow(SpaceError);
  });

  it("gives baseline and points the index they have, or one after the others", () => {
    const inside = { machine: "m", configuration: { ...defaults, size: 3 } };
    const outside = { machine: "m", configuration: { ...defaults, size: 50 } };
    const excluded = { machine: "m", configuration: { ...defaults, size: 4 } };
    const description = describeSpace({
      parameters: [{ name: "size", values: [2, 3, 4] }],
      constraints: [read("size < 4")],
      baseline: outside,
      points: [inside, excluded, { ...outside }],
    });
    const space = createSpace(description);
    expect(space.total).toBe(5);
    expect(space.baselineIndex).toBe(3);
    expect(space.configurationAt(2)).toBeNull();
    expect(space.configurationAt(3)).toEqual(outside.configuration);
    expect(space.configurationAt(4)).toEqual(excluded.configuration);
    expect(space.machineAt(4)).toBe("m");
    expect(space.indexOf("m", excluded.configuration)).toBe(4);
    expect(space.countValid()).toBe(4);
    expect(createSpace({ ...description, baseline: inside }).baselineIndex).toBe(1);
    expect(createSpace(describeSpace({})).baselineIndex).toBeNull();
  });

  it("takes the machine as leading digit", () => {
    const space = createSpace(
      describeSpace({
        machines: [
          { name: "m", parameters: [number("size")] },
          { name: "n", parameters: [number("size"), number("only")] },
        ],
        parameters: [
          { name: "size", values: [2, 3] },
          { name: "only", values: [4, 5], when: read("machine == 'n' && size == 3") },
        ],
        constraints: [read("only + size != 8")],
      }),
    );
    expect(space.radices).toEqual([2, 2, 2]);
    expect(indicesOf(space).map((index) => [space.machineAt(index), space.configurationAt(index)])).toEqual([
      ["m", { size: 2 }],
      ["m", null],
      ["m", { size: 3 }],
      ["m", null],
      ["n", { size: 2, only: 1 }],
      ["n", null],
      ["n", { size: 3, only: 4 }],
      ["n", null],
    ]);
    expect(space.indexOf("m", { size: 3 })).toBe(2);
    expect(space.indexOf("n", { size: 3, only: 4 })).toBe(6);
  });

  it("refuses conditions that wait for each other", () => {
    const circle = describeSpace({
      parameters: [
        { name: "size", values: [2, 3], when: read("clock > 1") },
        { name: "clock", values: [2, 3], when: read("size > 1") },
      ],
    });
    expect(() => createSpace(circle)).toThrow(SpaceError);
    const itself = describeSpace({ parameters: [{ name: "size", values: [2, 3], when: read("size > 1") }] });
    expect(() => createSpace(itself)).toThrow(/^size has a condition/);
  });

  it("refuses an index outside the space", () => {
    const space = createSpace(describeSpace({ parameters: [{ name: "size", values: [2, 3] }] }));
    for (const index of [-1, 2, 0.5, Number.NaN]) {
      expect(() => space.configurationAt(index)).toThrow(RangeError);
      expect(() => space.machineAt(index)).toThrow(RangeError);
    }
  });

  it("can be rebuilt from JSON and hands out configurations that are its own no longer", () => {
    const description = describeSpace({
      parameters: [{ name: "size", values: [2, 3], when: read("mode == 'slow'") }],
      baseline: { machine: "m", configuration: { ...defaults, size: 9 } },
    });
    const space = createSpace(description);
    const copy = createSpace(JSON.parse(JSON.stringify(description)) as SpaceDescription);
    const first = space.configurationAt(0);
    expect(space.configurationAt(1)).toEqual({ ...defaults, size: 3 });
    expect(first).toEqual({ ...defaults, size: 2 });
    expect(indicesOf(copy).map((index) => copy.configurationAt(index))).toEqual(
      indicesOf(space).map((index) => space.configurationAt(index)),
    );
  });
});

describe("exclusion rules", () => {
  it("exclude together what the space excludes, and values follow from the positions named", () => {
    const space = createSpace(
      describeSpace({
        machines: [
          { name: "m", parameters },
          { name: "n", parameters: [...parameters, number("only")] },
        ],
        parameters: [
          { name: "width", values: [4, 5] },
          { name: "clock", values: [1, 2, 3], when: read("size > 1") },
          { name: "depth", values: [2, 3, 4] },
          { name: "only", values: [7, 8] },
          { name: "size", values: [1, 2] },
          { name: "mode", values: ["slow", "fast"] },
        ],
        constraints: [read("width + clock < 8"), read("machine == 'm' || only > 7")],
      }),
    );
    // Position 0 is the machine's: width depends on depth, that on mode; clock on size.
    expect(space.positionsOf(0, ["width"])).toEqual([1, 3, 6]);
    expect(space.positionsOf(0, ["clock", "pes"])).toEqual([2, 5]);
    expect(space.positionsOf(0, ["only"])).toEqual([]);
    expect(space.positionsOf(1, ["only"])).toEqual([4]);
    const rules = [space.rulesOf(0), space.rulesOf(1)];
    // Twice: the second time from what the rules keep.
    for (const index of [...indicesOf(space), ...indicesOf(space)]) {
      const digits: number[] = [];
      let rest = index;
      for (const radix of space.radices.toReversed()) {
        digits.unshift(rest % radix);
        rest = Math.floor(rest / radix);
      }
      const holds = rules[digits[0]].every((rule) => rule.holds(digits));
      expect(holds, `${index}`).toBe(space.pointAt(index) !== null);
    }
  });

  it("keep an answer for each combination of digits, where these are not too many", () => {
    for (const [radix, asked] of [
      [1024, 1],
      [1025, 2],
    ]) {
      let questions = 0;
      const rule = exclusionRule([0, 1], [radix, 1024], () => {
        questions++;
        return false;
      });
      expect([rule.holds([1, 2]), rule.holds([1, 2])]).toEqual([false, false]);
      expect(questions).toBe(asked);
    }
  });
});
