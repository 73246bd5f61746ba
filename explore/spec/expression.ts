/**
 * Expressions of the sweep language as plain data, and their evaluation. This file loads no package, since workers
 * evaluate constraints; text is turned into expressions by `parse-expression.ts`.
 */

/** The functions that an expression may call, each with the number of arguments it takes at least and at most. */
export const functionArity = {
  min: [1, Infinity],
  max: [1, Infinity],
  abs: [1, 1],
  sqrt: [1, 1],
  log2: [1, 1],
  ceil: [1, 1],
  floor: [1, 1],
  pow: [2, 2],
} as const satisfies Record<string, readonly [number, number]>;

/** A function that an expression may call, by its name in `Math`. */
export type FunctionName = keyof typeof functionArity;

/** Operators on two numbers that give a number. `%` keeps the sign of its left operand, as in JavaScript. */
export const arithmeticOperators = ["+", "-", "*", "/", "%"] as const;

/** Operators on two numbers that give a truth value. */
export const orderOperators = ["<", "<=", ">", ">="] as const;

/** Operators on two values of the same type that give a truth value; nothing is converted. */
export const equalityOperators = ["==", "!="] as const;

/** Operators on two truth values; the right one is evaluated only if the left one leaves the result open. */
export const logicalOperators = ["&&", "||"] as const;

type BinaryOperator =
  | (typeof arithmeticOperators)[number]
  | (typeof orderOperators)[number]
  | (typeof equalityOperators)[number]
  | (typeof logicalOperators)[number];

/** What an expression may yield. */
export type ExpressionValue = number | string | boolean;

/** An expression as JSON data: it may be stored, sent to a worker, and evaluated there. */
export type Expression =
  | { readonly kind: "literal"; readonly value: ExpressionValue }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "!"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly consequent: Expression;
      readonly alternate: Expression;
    }
  | { readonly kind: "call"; readonly function: FunctionName; readonly arguments: readonly Expression[] };

/**
 * The value of an expression where each name has its value in `scope`. The expression is taken to be well typed, as
 * `parseExpression` guarantees. Division by zero and roots of negative numbers follow JavaScript (infinity, NaN): who
 * stores the number checks that it is finite. Throws a ReferenceError for a name that `scope` does not have.
 */
export const evaluate = (
  expression: Expression,
  scope: Readonly<Record<string, ExpressionValue>>,
): ExpressionValue => {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name": {
      const value = scope[expression.name];
      if (value === undefined)
        throw new ReferenceError(`the expression names ${expression.name}, which has no value`);
      return value;
    }
    case "unary": {
      const operand = evaluate(expression.operand, scope);
      if (expression.operator === "!") return !operand;
      return expression.operator === "-" ? -(operand as number) : operand;
    }
    case "conditional":
      return evaluate(evaluate(expression.test, scope) ? expression.consequent : expression.alternate, scope);
    case "call": {
      const values = expression.arguments.map((argument) => evaluate(argument, scope) as number);
      return (Math[expression.function] as (...values: number[]) => number)(...values);
    }
    case "binary":
      return evaluateBinary(expression.operator, expression.left, expression.right, scope);
  }
};

const evaluateBinary = (
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  scope: Readonly<Record<string, ExpressionValue>>,
): ExpressionValue => {
  if (operator === "&&") return evaluate(left, scope) && evaluate(right, scope);
  if (operator === "||") return evaluate(left, scope) || evaluate(right, scope);
  const a = evaluate(left, scope) as number;
  const b = evaluate(right, scope) as number;
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    case "!=":
      return a !== b;
  }
};

/** The names in an expression (metrics of an objective, parameters of a constraint), each once, as they first occur. */
export const namesOf = (expression: Expression): readonly string[] => {
  const collect = (part: Expression): readonly string[] => {
    switch (part.kind) {
      case "literal":
        return [];
      case "name":
        return [part.name];
      case "unary":
        return collect(part.operand);
      case "binary":
        return [part.left, part.right].flatMap(collect);
      case "conditional":
        return [part.test, part.consequent, part.alternate].flatMap(collect);
      case "call":
        return part.arguments.flatMap(collect);
    }
  };
  return [...new Set(collect(expression))];
};

const isNumber = (expression: Expression): boolean =>
  expression.kind === "unary" ? isNumber(expression.operand) : expression.kind === "literal";

/**
 * Whether a condition is a conjunction of order comparisons between a name and a number, such as `area_mm2 <= 10`.
 * Only such a condition can be decided from bounds of its metrics, which is what staged evaluation has to do.
 */
export const isSimpleBound = (expression: Expression): boolean => {
  if (expression.kind !== "binary") return false;
  const { operator, left, right } = expression;
  if (operator === "&&") return isSimpleBound(left) && isSimpleBound(right);
  return (
    orderOperators.some((order) => order === operator) &&
    ((left.kind === "name" && isNumber(right)) || (isNumber(left) && right.kind === "name"))
  );
};
