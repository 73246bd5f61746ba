import fc from "fast-check";
import type { ParameterDescriptor, ParameterValue } from "../../../core/machines/parameter.ts";
import type { Point, SpaceDescription } from "../../../explore/space/space.ts";
import type { Expression } from "../../../explore/spec/expression.ts";
import { parseExpression } from "../../../explore/spec/parse-expression.ts";

const number = (
  name: string,
  standard: number,
  activeWhen?: ParameterDescriptor["activeWhen"],
): ParameterDescriptor => ({
  name,
  kind: "integer",
  minimum: 0,
  maximum: 100,
  default: standard,
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
const free = [number("size", 1), number("width", 1), mode, number("clock", 1)];

/** Machines without conditions, with `depth` that has an effect where mode is fast, and two with different defaults. */
const machineLists: readonly SpaceDescription["machines"][] = [
  [{ name: "m", parameters: free }],
  [{ name: "m", parameters: [...free, number("depth", 2, { mode: ["fast"] })] }],
  [
    { name: "m", parameters: free },
    { name: "n", parameters: [number("size", 2), mode, number("clock", 1), number("only", 1)] },
  ],
];

const names = {
  size: "number",
  width: "number",
  depth: "number",
  mode: ["slow", "fast"],
  clock: "number",
  only: "number",
  machine: ["m", "n"],
} as const;

const read = (source: string): Expression => {
  const parsed = parseExpression(source, names, "boolean");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.expression;
};
const constraints = ["size < 3", "width + clock < 5", "size != 1 || mode == 'fast'", "clock > 0"].map(read);
const conditions = ["clock > 1", "mode == 'fast'"].map(read);

const valuesOf = (parameter: ParameterDescriptor): fc.Arbitrary<ParameterValue[]> =>
  parameter.kind === "choice"
    ? fc.shuffledSubarray([...parameter.choices], { minLength: 1 })
    : fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 });

const pointOf = ({ name, parameters }: SpaceDescription["machines"][number]): fc.Arbitrary<Point> =>
  fc
    .record(
      Object.fromEntries(
        parameters.map((parameter) => [
          parameter.name,
          parameter.kind === "choice"
            ? fc.constantFrom(...parameter.choices)
            : fc.integer({ min: 0, max: 4 }),
        ]),
      ),
    )
    .map((configuration) => ({ machine: name, configuration }));

const spaceOf = (
  machines: SpaceDescription["machines"],
  conditional: boolean,
): fc.Arbitrary<SpaceDescription> => {
  const known = new Map(machines.flatMap(({ parameters }) => parameters.map((one) => [one.name, one])));
  const point = fc.oneof(...machines.map(pointOf));
  return fc
    .shuffledSubarray([...known.values()])
    .chain((swept) =>
      fc.tuple(
        ...swept.map((parameter) =>
          fc
            .record({
              values: valuesOf(parameter),
              // Only these two are free of conditions that go round in a circle.
              when:
                conditional && ["size", "width"].includes(parameter.name)
                  ? fc.option(fc.constantFrom(...conditions), { nil: undefined })
                  : fc.constant(undefined),
            })
            .map(({ values, when }) => ({
              name: parameter.name,
              values,
              ...(when === undefined ? {} : { when }),
            })),
        ),
      ),
    )
    .chain((parameters) =>
      fc.record(
        {
          machines: fc.constant(machines),
          parameters: fc.constant(parameters),
          constraints: fc.subarray(constraints, { maxLength: 2 }),
          baseline: point,
          points: fc.array(point, { maxLength: 2 }),
        },
        { requiredKeys: ["machines", "parameters", "constraints", "points"] },
      ),
    );
};

/** What an edit of a sweep makes of a space: values inserted, removed and permuted, parameters, constraints and designs. */
const edited = (space: SpaceDescription, other: SpaceDescription): fc.Arbitrary<SpaceDescription> =>
  fc
    .record({
      parameters: fc.tuple(
        ...space.parameters.map((parameter) => {
          const replaced = other.parameters.find(({ name }) => name === parameter.name)?.values ?? [];
          const all = [...new Set([...parameter.values, ...replaced])];
          return fc.oneof(
            fc.constant(parameter),
            fc.shuffledSubarray(all, { minLength: all.length }).map((values) => ({ ...parameter, values })),
            fc.shuffledSubarray(all, { minLength: 1 }).map((values) => ({ ...parameter, values })),
          );
        }),
      ),
      added: fc.subarray(
        other.parameters.filter(({ name }) => !space.parameters.some((parameter) => parameter.name === name)),
      ),
      constraints: fc.constantFrom(space.constraints, space.constraints, other.constraints, []),
      known: fc.constantFrom(space, space, other),
    })
    .chain(({ parameters, added, constraints, known: { baseline, points } }) =>
      fc.shuffledSubarray([...parameters, ...added], { minLength: parameters.length }).map((all) => ({
        machines: space.machines,
        parameters: all,
        constraints,
        ...(baseline === undefined ? {} : { baseline }),
        points,
      })),
    );

/** A space of some hundred indices at most, and what an edit makes of it, or another one over the same machines. */
export const spacePairs: fc.Arbitrary<readonly [SpaceDescription, SpaceDescription]> = fc
  .tuple(fc.constantFrom(machineLists[0], ...machineLists), fc.boolean())
  .chain(([machines, conditional]) =>
    fc.tuple(spaceOf(machines, conditional), spaceOf(machines, conditional)),
  )
  .chain(([space, other]) =>
    fc.tuple(fc.constant(space), fc.oneof(edited(space, other), fc.constant(other))),
  );
