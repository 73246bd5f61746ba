import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import { readDocument } from "../spec/document.ts";
import { faultsOf } from "../spec/issues.ts";
import { type Fault, SpecError } from "../spec/problem.ts";

/**
 * Decodes a YAML file by a schema. Throws a SpecError with every problem and its place: YAML that is none, keys that
 * are unknown or given twice, values of another type; and where there is none of these, what `faultsIn` finds.
 */
export const decodeYaml = <S extends Schema.ConstraintDecoder<unknown>>(
  text: string,
  file: string,
  schema: S,
  faultsIn: (decoded: S["Type"]) => readonly Fault[] = () => [],
): S["Type"] => {
  const document = readDocument(text, file);
  const decoded = Schema.decodeUnknownResult(schema, {
    errors: "all",
    onExcessProperty: "error",
    reportInput: true,
  })(document.data);
  const faults = Result.isSuccess(decoded) ? faultsIn(decoded.success) : faultsOf(decoded.failure.issue);
  const problems = [...document.problems, ...faults.map(document.locate)];
  if (Result.isSuccess(decoded) && problems.length === 0) return decoded.success;
  throw new SpecError(problems);
};
