import * as Schema from "effect/Schema";
import { integerFrom, listOf, text } from "../spec/schema-terms.ts";

const count = integerFrom(1, 2 ** 31 - 1);
const natural = integerFrom(0, 2 ** 31 - 1);
const dimension = text("a dimension");
const operand = Schema.Record(Schema.String, natural);
const dimensions = Schema.Array(dimension);

/** The form of a workload file of ZigZag: a list of layers. */
export const ZigZagFile = listOf(
  Schema.Struct({
    id: natural,
    name: Schema.optionalKey(Schema.NullOr(text("a name"))),
    operator_type: text("an operator"),
    equation: text("an equation"),
    dimension_relations: Schema.optionalKey(Schema.Array(text("a relation such as ix=2*ox+1*fx"))),
    loop_dims: listOf(dimension, "a list of dimensions"),
    loop_sizes: listOf(count, "a list of sizes"),
    operand_precision: Schema.optionalKey(operand),
    operand_source: Schema.optionalKey(operand),
    pr_loop_dims: Schema.optionalKey(Schema.NullOr(dimensions)),
    pr_loop_sizes: Schema.optionalKey(Schema.NullOr(Schema.Array(count))),
    padding: Schema.optionalKey(
      Schema.NullOr(Schema.Array(Schema.Tuple([natural, natural]).annotate({ expected: "[before, after]" }))),
    ),
  }),
  "a list of layers",
);
