import type * as JsonSchema from "effect/JsonSchema";
import * as Schema from "effect/Schema";
import type { ChoiceParameter, ParameterDescriptor, ParameterValue } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import type { WrittenByLayer } from "./layer-values.ts";
import { joinedParameters, parameterOf } from "./machine-parameters.ts";
import { oneOf } from "./problem.ts";
import { unitsOf } from "./quantity.ts";
import { finite, integerFrom, listOf, text } from "./schema-terms.ts";
import { describeRange, mostValues, valueForms, type WrittenParameter } from "./values.ts";

const machineNames = Object.keys(machines);

/** Every descriptor by name; machines that share a name share its meaning. */
const descriptors: Readonly<Record<string, ParameterDescriptor>> = Object.fromEntries(
  joinedParameters(machineNames),
);

/** Machines that have a parameter. */
const havingIt = (name: string): readonly string[] =>
  machineNames.filter((machine) => parameterOf(machine, name) !== undefined);

/** The default of a parameter where all machines that have it agree. */
const commonDefault = (name: string): { readonly default?: ParameterValue } => {
  const defaults = new Set(havingIt(name).map((machine) => parameterOf(machine, name)!.default));
  return defaults.size === 1 ? { default: [...defaults][0]! } : {};
};

/** The defaults of a parameter: one, or by machine. */
const defaultText = (name: string, unit: string): string => {
  const machinesByDefault = new Map<ParameterValue, string[]>();
  for (const machine of havingIt(name)) {
    const value = parameterOf(machine, name)!.default;
    machinesByDefault.set(value, [...(machinesByDefault.get(value) ?? []), machine]);
  }
  const parts = [...machinesByDefault];
  if (parts.length === 1) return `Default ${parts[0]![0]}${unit}`;
  return `Default ${parts.map(([value, names]) => `${value}${unit} (${names.join(", ")})`).join(", ")}`;
};

/** The machines that have a parameter, where these are not all. */
const machineText = (name: string): string => {
  const names = havingIt(name);
  return names.length === machineNames.length ? "" : ` Of ${names.join(", ")}.`;
};

const when = Schema.optionalKey(
  text("a condition such as machine == 'bitlet'").annotate({
    description:
      "Condition on other parameters and on `machine`; where it is false the parameter stands at its default.",
  }),
);

const pair = Schema.Tuple([finite("a number"), finite("a number")]).annotate({
  expected: "[from, to], two numbers (their unit goes into `unit`)",
});

/** Ways to write several values of a number. One struct, so that a typo is one error and not one per way. */
const severalNumbers = Schema.Struct({
  choice: Schema.optionalKey(
    listOf(
      Schema.Union([finite("a number"), text("a number with a unit")]).annotate({
        expected: "a number, with or without a unit",
      }),
      "a list of at least one value",
    ).annotate({ description: "These values." }),
  ),
  pow2: Schema.optionalKey(
    pair.annotate({ description: "All powers of two from the first number to the second." }),
  ),
  int: Schema.optionalKey(
    Schema.Array(finite("an integer"))
      .check(Schema.isBetweenLength(2, 3, { expected: "[from, to] or [from, to, step]" }))
      .annotate({ description: "Integers: [from, to] or [from, to, step], up to and including `to`." }),
  ),
  linear: Schema.optionalKey(
    pair.annotate({ description: "`steps` values at equal distances, both ends included." }),
  ),
  log: Schema.optionalKey(
    pair.annotate({ description: "`steps` values at equal ratios, both ends included." }),
  ),
  steps: Schema.optionalKey(
    integerFrom(2, mostValues).annotate({ description: "How many values `linear` or `log` stands for." }),
  ),
  unit: Schema.optionalKey(
    text("a unit").annotate({
      description: "Unit of the plain numbers; left out, they are in the parameter's own unit.",
    }),
  ),
  when,
})
  .check(
    Schema.makeFilter(
      (written) => {
        const given = valueForms.filter((form) => written[form] !== undefined);
        if (given.length === 1) return true;
        return given.length === 0
          ? "gives no values"
          : `gives its values twice, as ${given.join(" and as ")}`;
      },
      {
        expected: `exactly one of ${valueForms.join(", ")}`,
        toJsonSchema: () => ({ oneOf: valueForms.map((form) => ({ required: [form] })) }),
      },
    ),
    Schema.makeFilter(
      (written) => {
        const stepped = written.linear !== undefined || written.log !== undefined;
        if (stepped === (written.steps !== undefined)) return true;
        return stepped ? "does not say how many steps" : "gives steps without linear or log";
      },
      {
        expected: "`steps` together with `linear` or `log`, and with nothing else",
        toJsonSchema: () => ({
          if: { anyOf: [{ required: ["linear"] }, { required: ["log"] }] },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: { required: ["steps"] },
          else: { not: { required: ["steps"] } },
        }),
      },
    ),
  )
  .annotate({ identifier: "SeveralNumbers" });

const describe = (descriptor: ParameterDescriptor): string => {
  const unit = "unit" in descriptor && descriptor.unit !== undefined ? ` ${descriptor.unit}` : "";
  return `${descriptor.description} ${defaultText(descriptor.name, unit)}; ${describeRange(descriptor)}.${machineText(descriptor.name)}`;
};

/** Choices by layer, as JSON Schema has them; `values.ts` says what is wrong with others. */
const choicesByLayer = ({ choices }: ChoiceParameter) => ({
  type: "object" as const,
  required: ["default"],
  additionalProperties: { enum: [...choices] },
});

const mapping = Schema.Record(Schema.String, Schema.Unknown);

/** A mapping that is understood in `values.ts`, where every fault has a place of its own. */
const understoodLater = (jsonSchema: JsonSchema.JsonSchema) =>
  mapping.check(Schema.makeFilter(() => true, { toJsonSchema: () => jsonSchema }));

const layerChoices = (descriptor: ChoiceParameter) => understoodLater(choicesByLayer(descriptor));

/** One value by layer, or several choices, each of which may be by layer. */
const severalByLayer = (descriptor: ChoiceParameter) =>
  understoodLater({
    anyOf: [
      choicesByLayer(descriptor),
      {
        type: "object",
        required: ["choice"],
        additionalProperties: false,
        properties: {
          choice: {
            type: "array",
            minItems: 1,
            items: { anyOf: [{ enum: [...descriptor.choices] }, choicesByLayer(descriptor)] },
          },
          when: { type: "string" },
        },
      },
    ],
  });

/** One value of a parameter: a choice, a number, or a number with a unit. */
const single = (descriptor: ParameterDescriptor): Schema.Codec<ParameterValue | WrittenByLayer> => {
  const expected = describeRange(descriptor);
  if (descriptor.kind === "choice") {
    const choice = Schema.Literals(descriptor.choices);
    if (!descriptor.byLayer) return choice.annotate({ expected });
    return Schema.Union([choice, layerChoices(descriptor)]).annotate({
      expected: `${expected}, or a mapping of default and layer patterns to these`,
    });
  }
  const { minimum, maximum } = descriptor;
  const inRange = Schema.isBetween({ minimum, maximum }, { expected });
  const number =
    descriptor.kind === "integer"
      ? finite(expected).check(Schema.isInt({ expected }), inRange)
      : finite(expected).check(inRange);
  const units = unitsOf(descriptor.unit);
  if (units.length === 0) return number.annotate({ expected });
  return Schema.Union([number, text(`${expected}, with or without a unit`)]).annotate({ expected });
};

/** All that a file may write for a parameter. */
const several = (descriptor: ParameterDescriptor): Schema.Codec<WrittenParameter> => {
  if (descriptor.kind === "choice" && descriptor.byLayer) {
    const written: Schema.Codec<WrittenParameter> = Schema.Union([
      Schema.Literals(descriptor.choices),
      severalByLayer(descriptor),
    ]);
    return written.annotate({
      description: describe(descriptor),
      ...commonDefault(descriptor.name),
      expected: `${oneOf(descriptor.choices)}, { choice: [...] }, or a mapping of default and layer patterns to these`,
    });
  }
  const names = descriptor.kind === "choice" ? descriptor.choices : [];
  const expected =
    descriptor.kind === "choice"
      ? `${oneOf(names)}, or { choice: [...] }`
      : `${describeRange(descriptor)}, or one of ${valueForms.join(", ")}`;
  const forms =
    descriptor.kind === "choice"
      ? Schema.Struct({
          choice: Schema.optionalKey(
            listOf(
              Schema.Literals(names).annotate({ expected: oneOf(names) }),
              "a list of at least one choice",
            ).annotate({ description: "These choices." }),
          ),
          when,
        }).check(
          Schema.makeFilter((written) => written.choice !== undefined || "gives no values", {
            expected: "choice",
            toJsonSchema: () => ({ required: ["choice"] }),
          }),
        )
      : severalNumbers;
  const written: Schema.Codec<WrittenParameter> = Schema.Union([single(descriptor), forms]);
  return written.annotate({
    description: describe(descriptor),
    ...commonDefault(descriptor.name),
    expected,
  });
};

const mapDescriptors = <A>(build: (descriptor: ParameterDescriptor) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(descriptors).map(([name, descriptor]) => [name, build(descriptor)]));

/** The parameters of a sweep: any of them, with one value or several. */
export const parametersSchema = Schema.Struct(
  mapDescriptors((descriptor) => Schema.optionalKey(several(descriptor))),
).annotate({ expected: "parameters with their values" });

/** One value of each parameter. */
export const valueSchemas = mapDescriptors(single);

/** One design: any of the parameters, with one value each. */
export const designSchema = Schema.Struct({
  ...mapDescriptors((descriptor) =>
    Schema.optionalKey(
      valueSchemas[descriptor.name].annotate({
        description: describe(descriptor),
        ...commonDefault(descriptor.name),
      }),
    ),
  ),
  machine: Schema.optionalKey(
    Schema.Literals(machineNames).annotate({
      description: "The machine of the design; the first of the sweep if left out.",
      expected: oneOf(machineNames),
    }),
  ),
}).annotate({ expected: "parameters with one value each, and machine" });
