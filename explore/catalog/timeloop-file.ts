import * as Schema from "effect/Schema";
import { finite, integerFrom, listOf, text } from "../spec/schema-terms.ts";

const name = text("a name");

const term = listOf(name, "[dimension] or [dimension, coefficient]");

const dataSpace = Schema.Struct({
  name,
  projection: Schema.Array(Schema.Union([name, listOf(term, "a list of terms")])),
  read_write: Schema.optionalKey(Schema.Boolean.annotate({ expected: "true or false" })),
  "read-write": Schema.optionalKey(Schema.Boolean.annotate({ expected: "true or false" })),
  ranks: Schema.optionalKey(Schema.Array(name)),
});

const shape = Schema.Struct({
  name: Schema.optionalKey(name),
  dimensions: listOf(name, "a list of dimensions"),
  coefficients: Schema.optionalKey(
    Schema.Array(Schema.Struct({ name, default: integerFrom(1, 2 ** 31 - 1) })),
  ),
  data_spaces: Schema.optionalKey(listOf(dataSpace, "a list of data spaces")),
  "data-spaces": Schema.optionalKey(listOf(dataSpace, "a list of data spaces")),
});

const problem = Schema.StructWithRest(
  Schema.Struct({
    version: Schema.optionalKey(Schema.Union([finite("a version"), name])),
    shape: Schema.optionalKey(Schema.Union([name, shape])),
    instance: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  }),
  [Schema.Record(Schema.String, Schema.Unknown)],
);

/** Other keys beside `problem` are Timeloop's other inputs, which it takes from one file or many. */
const withProblem = Schema.StructWithRest(Schema.Struct({ problem }), [
  Schema.Record(Schema.String, Schema.Unknown),
]);

/** The form of a file with a problem of Timeloop; its sizes are checked with their meaning. */
export const TimeloopFile = withProblem;

/** The form of a file with a list of problems, a layer each. */
export const TimeloopFiles = listOf(withProblem, "a list of problems");
