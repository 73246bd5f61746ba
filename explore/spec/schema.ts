import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { machines } from "../../core/machines/registry.ts";
import { marks } from "../../core/technology/component.ts";
import { phases } from "../../core/workloads/training.ts";
import { designSchema, parametersSchema, valueSchemas } from "./parameter-schema.ts";
import { oneOf } from "./problem.ts";
import { finite, integerFrom, listOf, text } from "./schema-terms.ts";

const machineNames = Object.keys(machines);

/** A key with a default: it may be left out of the file and is always there after decoding. */
const defaulted = <S extends Schema.Top>(schema: S, value: S["Type"]) =>
  Schema.withDecodingDefaultTypeKey<S>(Effect.succeed(value))(schema.annotate({ default: value }) as S);

const choices = <const Names extends readonly string[]>(names: Names, description: string) =>
  Schema.Literals(names).annotate({ description, expected: oneOf(names) });

const accuracy = Schema.Struct({
  source: text("where the numbers come from").annotate({
    description: "Where the numbers come from, and their unit.",
  }),
  values: listOf(
    Schema.Struct({
      precision: valueSchemas.precision.annotate({
        description: "One of the precisions of the sweep, written as there.",
      }),
      value: finite("a number").annotate({ description: "The accuracy; higher is better." }),
    }).annotate({ expected: "{ precision, value }" }),
    "a list of at least one { precision, value }",
  ).annotate({ description: "The accuracy in each precision of the sweep." }),
}).annotate({ expected: "{ source, values: [{ precision, value }] }" });

const network = Schema.Struct({
  use: text("the name of a network").annotate({
    description: "A name in configs/networks, a path, or `npm:package/file`.",
  }),
  weight: defaulted(
    finite("a number above 0")
      .check(Schema.isGreaterThan(0, { expected: "a number above 0" }))
      .annotate({ description: "How much the network counts in the aggregate." }),
    1,
  ),
  inputs: defaulted(
    Schema.Record(
      Schema.String,
      listOf(integerFrom(1, 2 ** 31 - 1), "a shape such as [1, 3, 48, 320]"),
    ).annotate({
      description: "Shapes that bind the dynamic dimensions of the network's inputs, by input name.",
      expected: "input names with shapes, such as { x: [1, 3, 48, 320] }",
    }),
    {},
  ),
  allowUpcast: defaulted(
    Schema.Boolean.annotate({
      description:
        "Let results in a float format stand on weights that were stored in fewer bits. Their low bits are zero because of the file, which passes for sparsity; the results say so.",
      expected: "true or false",
    }),
    false,
  ),
  phase: defaulted(
    choices(
      phases,
      "What of the network is run: the forward product of every layer, the gradient with respect to its inputs or to its weights, or all three.",
    ),
    "forward",
  ),
  accuracy: Schema.optionalKey(
    accuracy.annotate({
      description:
        "What you measured of the network by precision, in whatever unit: the metric `accuracy`. Nothing here measures it.",
    }),
  ),
  activations: Schema.optionalKey(
    text("a path or npm:package/file").annotate({
      description:
        "Captured activations of every layer: a safetensors file or a folder of .npy files, relative to this file, or npm:package/file. They replace those that the network's own file names.",
    }),
  ),
}).annotate({ expected: "a name, or { use, weight, inputs, allowUpcast, phase, accuracy, activations }" });

const aboveZero = finite("a number above 0").check(Schema.isGreaterThan(0, { expected: "a number above 0" }));

const component = Schema.Struct({
  value: aboveZero.annotate({ description: "The number that counts." }),
  unit: text("the unit of the table").annotate({ description: "Its unit, the same as in the table." }),
  source: text("where the number comes from").annotate({ description: "Where the number comes from." }),
  mark: choices(marks, "How far the number is to be trusted."),
  range: Schema.optionalKey(
    Schema.Tuple([aboveZero, aboveZero]).annotate({
      description: "Between which values the number may lie; it counts as uncertain then.",
      expected: "[least, most]",
    }),
  ),
})
  .check(
    Schema.makeFilter(
      ({ value, range }) =>
        range === undefined || (range[0] <= value && value <= range[1]) || "has a range without its value",
      { expected: "a range [least, most] with the value between them" },
    ),
  )
  .annotate({ expected: "{ value, unit, source, mark, range }" });

const objective = Schema.Struct({
  maximize: Schema.optionalKey(
    text("a metric or an expression of metrics").annotate({
      description: "Metric or expression to maximize.",
    }),
  ),
  minimize: Schema.optionalKey(
    text("a metric or an expression of metrics").annotate({
      description: "Metric or expression to minimize.",
    }),
  ),
})
  .check(
    Schema.makeFilter(
      (written) =>
        Object.keys(written).length === 1 || "does not say whether to maximize or to minimize one thing",
      {
        expected: "exactly one of maximize, minimize",
        toJsonSchema: () => ({ oneOf: [{ required: ["maximize"] }, { required: ["minimize"] }] }),
      },
    ),
  )
  .annotate({ expected: "{ maximize: metric } or { minimize: metric }" });

const conditions = (description: string) =>
  defaulted(
    Schema.Array(text("a condition, as text")).annotate({ description, expected: "a list of conditions" }),
    [],
  );

/** The shape of a sweep file. Its annotations are the reference and become the JSON Schema that editors read. */
export const SweepFile = Schema.Struct({
  version: Schema.Literal(1).annotate({ description: "Version of the sweep language.", expected: "1" }),
  name: Schema.String.check(
    Schema.isPattern(/^[a-z0-9][a-z0-9._-]{0,99}$/, {
      expected: "lower-case letters, digits, dots, underscores and hyphens, at most 100 of them",
      toJsonSchema: () => ({ pattern: "^[a-z0-9][a-z0-9._-]{0,99}$" }),
    }),
  ).annotate({ description: "Name of the sweep, and of the folder with its results." }),
  seed: defaulted(
    integerFrom(0, 2 ** 32 - 1).annotate({ description: "Seed of everything that is drawn at random." }),
    1,
  ),
  networks: listOf(
    Schema.Union([text("the name of a network"), network]).annotate({
      expected: "a name, or { use, weight, inputs, allowUpcast, phase, accuracy, activations }",
    }),
    "a list of at least one network",
  ).annotate({ description: "The networks that every design runs." }),
  aggregate: defaulted(
    choices(
      ["geomean", "sum", "worst", "each"],
      "How the networks make one number: weighted geometric mean, weighted sum, the worst of them, or each network on a front of its own. A design that cannot run one of the networks is on no front.",
    ),
    "geomean",
  ),
  machine: Schema.Union([
    Schema.Literals(machineNames).annotate({ expected: oneOf(machineNames) }),
    listOf(Schema.Literals(machineNames).annotate({ expected: oneOf(machineNames) }), "a list of machines"),
  ]).annotate({
    description: "The machine to explore, or a list of machines.",
    expected: oneOf(machineNames),
  }),
  technology: defaulted(
    Schema.Union([text("a path"), Schema.Array(text("a path"))]).annotate({
      description:
        "A file of cost tables, or a list of them, relative to this file; a table takes the place of the shipped one of its name.",
      expected: "a path, or a list of paths",
    }),
    [],
  ),
  components: defaulted(
    Schema.Record(Schema.String, component).annotate({
      description:
        "Single numbers that take the place of those of the cost tables, by the way to them in the tables, such as dram.ddr3.energy; a name that is none is answered with those there are.",
      expected: "names of components, each with { value, unit, source, mark, range }",
    }),
    {},
  ),
  parameters: parametersSchema.annotate({
    description: "What is swept. A parameter that is not given stands at its default.",
  }),
  constraints: conditions("Conditions on parameters that a design has to fulfil to be evaluated."),
  require: conditions(
    "Conditions on metrics that a result has to fulfil to be on the front; other results are kept beside it.",
  ),
  objectives: Schema.Array(objective)
    .check(Schema.isBetweenLength(2, 4, { expected: "two to four objectives" }))
    .annotate({ description: "What makes a design good." }),
  referencePoint: defaulted(
    Schema.Record(Schema.String, finite("a number")).annotate({
      description:
        "Corner of the hypervolume, by objective; an objective that is left out takes its worst finite value.",
      expected: "objectives with a number each",
    }),
    {},
  ),
  baseline: Schema.optionalKey(
    designSchema.annotate({
      description: "The design that others are compared with; what is left out stands at its default.",
    }),
  ),
  points: defaulted(
    Schema.Array(designSchema).annotate({
      description: "Known designs to evaluate beside the sweep, whether or not they fulfil the constraints.",
      expected: "a list of designs",
    }),
    [],
  ),
  fidelity: defaulted(
    choices(
      ["analytical", "cycle", "staged"],
      "The model: analytical; cycle; or staged, which is analytical for all and cycle for those that may be on the front.",
    ),
    "staged",
  ),
  search: defaulted(
    Schema.Struct({
      method: choices(["exhaustive"], "How designs are picked; exhaustive takes all of them."),
    }).annotate({ description: "The search.", expected: "{ method: exhaustive }" }),
    { method: "exhaustive" },
  ),
}).annotate({ expected: "a mapping with the keys of a sweep" });

/** A sweep file whose shape is right, defaults filled in; what it says may still make no sense. */
export type SweepFile = typeof SweepFile.Type;
