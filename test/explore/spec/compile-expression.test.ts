import fc from "fast-check";
import { expect, it } from "vitest";
import { compileExpression } from "../../../explore/spec/compile-expression.ts";
import { evaluate } from "../../../explore/spec/expression.ts";
import { parseExpression } from "../../../explore/spec/parse-expression.ts";

const names = ["a", "b", "c"];
const read = (source: string, type: "number" | "boolean") => {
  const parsed = parseExpression(source, { a: "number", b: "number", c: "number" }, type);
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.expression;
};
const expressions = [
  ...["a", "3", "a * b - c", "max(a, b, 2)", "a < b ? a : c"].map((source) => read(source, "number")),
  ...["a < 1", "2 <= b", "c > a", "a >= b", "a < b && b < c", "a < b || !(b > c)", "a == b && true"].map(
    (source) => read(source, "boolean"),
  ),
];

it("a compiled expression has the value of the expression, wherever the vector begins", () => {
  const value = fc.constantFrom(0, 1, 2, -1, 0.5, Number.NaN, Infinity);
  const compiled = expressions.map((expression) => compileExpression(expression, names));
  fc.assert(
    fc.property(fc.array(value, { minLength: 5, maxLength: 5 }), fc.nat(2), (vector, start) => {
      const scope = Object.fromEntries(names.map((name, offset) => [name, vector[start + offset]]));
      expressions.forEach((expression, index) => {
        expect(compiled[index](vector, start)).toBe(evaluate(expression, scope));
      });
    }),
  );
});

it("an expression with an unknown name is not compiled", () => {
  expect(() => compileExpression({ kind: "name", name: "d" }, names)).toThrow("names d");
});
