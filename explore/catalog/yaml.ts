import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { readDocument } from "../spec/document.ts";
import { faultsOf } from "../spec/issues.ts";
import { SpecError } from "../spec/problem.ts";

/**
 * Decodes a YAML file by a schema. Throws a SpecError with every problem and its place: YAML that is none, keys that
 * are unknown or given twice, values of another type.
 */
export const decodeYaml = <S extends Schema.ConstraintDecoder<unknown>>(
  text: string,
  file: string,
  schema: S,
): S["Type"] => {
  const document = readDocument(text, file);
  const decoded = Schema.decodeUnknownResult(schema, {
    errors: "all",
    onExcessProperty: "error",
    reportInput: true,
  })(document.data);
  if (Result.isSuccess(decoded) && document.problems.length === 0) return decoded.success;
  const faults = Result.isSuccess(decoded) ? [] : faultsOf(decoded.failure.issue);
  throw new SpecError([...document.problems, ...faults.map(document.locate)]);
};
