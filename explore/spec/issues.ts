import type { AST } from "effect/SchemaAST";
import { resolve } from "effect/SchemaAST";
import type { Issue } from "effect/SchemaIssue";
import { makeFormatterDefault } from "effect/SchemaIssue";
import { nearestOf } from "./nearest.ts";
import { type Fault, oneOf, type Path } from "./problem.ts";

const format = makeFormatterDefault();

/** What a node of the schema asks for: its `expected` annotation, else the words that Effect has for its type. */
const expectedOf = (ast: AST, issue: Issue): string => {
  const expected = resolve(ast)?.expected;
  return typeof expected === "string"
    ? expected
    : format(issue).replace(/^Expected (.*?)(?:, got .*)?$/s, "$1");
};

/** The texts that a node accepts literally, to look for the nearest of them. */
const literalsOf = (ast: AST): readonly string[] => {
  if (ast._tag === "Literal") return typeof ast.literal === "string" ? [ast.literal] : [];
  return ast._tag === "Union" ? ast.types.flatMap(literalsOf) : [];
};

const keysOf = (ast: AST): readonly string[] =>
  ast._tag === "Objects" ? ast.propertySignatures.map((signature) => String(signature.name)) : [];

const wrongValue = (path: Path, ast: AST, issue: Issue, input: unknown): Fault => {
  const nearest = typeof input === "string" ? nearestOf(input, literalsOf(ast)) : undefined;
  return {
    path,
    problem: "is not valid",
    expected: expectedOf(ast, issue),
    ...(nearest === undefined ? {} : { nearest }),
  };
};

const unknownKey = (path: Path, ast: AST): Fault => {
  const keys = keysOf(ast);
  const nearest = nearestOf(String(path.at(-1)), keys);
  return {
    path,
    atKey: true,
    problem: "is not a key here",
    expected: oneOf(keys),
    ...(nearest === undefined ? {} : { nearest }),
  };
};

const missingKey = (path: Path, parent: AST | undefined): Fault => {
  const inList = typeof path.at(-1) === "number";
  const expected = inList && parent !== undefined ? resolve(parent)?.expected : undefined;
  return {
    path,
    problem: "is missing",
    expected: typeof expected === "string" ? expected : "a value, since it has no default",
  };
};

/**
 * Every fault in an issue of Effect's Schema that was decoded with `errors: "all"`, `onExcessProperty: "error"` and
 * `reportInput: true`, in the order of the issue. A value that fails several checks is one fault: the first.
 */
export const faultsOf = (issue: Issue, path: Path = [], parent?: AST): readonly Fault[] => {
  switch (issue._tag) {
    case "Pointer":
      return faultsOf(issue.issue, [...path, ...(issue.path as Path)], parent);
    case "Encoding":
      return faultsOf(issue.issue, path, parent);
    case "Composite": {
      const first = issue.issues[0];
      if (first._tag === "Filter") return faultsOf(first, path, issue.ast);
      return issue.issues.flatMap((child) => faultsOf(child, path, issue.ast));
    }
    case "AnyOf":
      return issue.issues.length === 0
        ? [wrongValue(path, issue.ast, issue, issue.input)]
        : issue.issues.flatMap((child) => faultsOf(child, path, issue.ast));
    case "Filter": {
      const message = issue.issue._tag === "InvalidValue" ? issue.issue.annotations?.message : undefined;
      const expected = issue.filter.annotations?.expected;
      return [
        {
          path,
          problem: typeof message === "string" ? message : "is not valid",
          expected: typeof expected === "string" ? expected : format(issue),
        },
      ];
    }
    case "UnexpectedKey":
      return [unknownKey(path, issue.ast)];
    case "MissingKey":
      return [missingKey(path, parent)];
    case "InvalidType":
      return [wrongValue(path, issue.ast, issue, issue.input)];
    default:
      return [{ path, problem: "is not valid", expected: format(issue) }];
  }
};
