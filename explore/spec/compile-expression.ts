import { type Expression, type ExpressionValue, evaluate, namesOf } from "./expression.ts";

/** The value of an expression where the names stand for entries of a vector that begin at `start`. */
export type CompiledExpression = (vector: ArrayLike<number>, start: number) => ExpressionValue;

/**
 * Turns an expression over numbers into a function: the names are looked up here, once. What a bare name, a literal,
 * an order comparison or a conjunction says is asked without a scope; any other expression is evaluated with one that
 * is kept. Throws a ReferenceError for a name that is not among `names`.
 */
export const compileExpression = (expression: Expression, names: readonly string[]): CompiledExpression => {
  const place = (name: string): number => {
    const found = names.indexOf(name);
    if (found < 0) throw new ReferenceError(`the expression names ${name}, which has no value`);
    return found;
  };
  if (expression.kind === "literal") return () => expression.value;
  if (expression.kind === "name") {
    const offset = place(expression.name);
    return (vector, start) => vector[start + offset];
  }
  if (expression.kind === "binary") {
    const { operator } = expression;
    if (operator === "&&" || operator === "<" || operator === "<=" || operator === ">" || operator === ">=") {
      const left = compileExpression(expression.left, names);
      const right = compileExpression(expression.right, names);
      switch (operator) {
        case "&&":
          return (vector, start) => left(vector, start) && right(vector, start);
        case "<":
          return (vector, start) => left(vector, start) < right(vector, start);
        case "<=":
          return (vector, start) => left(vector, start) <= right(vector, start);
        case ">":
          return (vector, start) => left(vector, start) > right(vector, start);
        case ">=":
          return (vector, start) => left(vector, start) >= right(vector, start);
      }
    }
  }
  const used = namesOf(expression);
  const places = used.map(place);
  const scope: Record<string, number> = {};
  return (vector, start) => {
    for (let index = 0; index < used.length; index++) scope[used[index]] = vector[start + places[index]];
    return evaluate(expression, scope);
  };
};
