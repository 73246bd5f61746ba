import { parseExpression as parseSource } from "vega-expression";
import {
  arithmeticOperators,
  type Expression,
  equalityOperators,
  type FunctionName,
  functionArity,
  logicalOperators,
  orderOperators,
} from "./expression.ts";
import { nearestOf } from "./nearest.ts";
import { oneOf } from "./problem.ts";

/** The names an expression may use: numbers, and names that stand for one of some choices. */
export type Names = Readonly<Record<string, "number" | readonly string[]>>;

/** Something wrong in an expression, `offset` characters into its text. */
export interface ExpressionFault {
  readonly offset: number;
  readonly offending: string;
  readonly problem: string;
  readonly expected: string;
  readonly nearest?: string;
}

/** An expression that is well typed, or all that is wrong with it. */
export type ParsedExpression =
  | { readonly expression: Expression }
  | { readonly faults: readonly ExpressionFault[] };

type Type = "number" | "string" | "boolean" | "unknown";
type Node = ReturnType<typeof parseSource>;

/** A part of an expression with its type, the choices of a name, and where its first name or literal stands. */
interface Part {
  readonly expression: Expression;
  readonly type: Type;
  readonly choices?: readonly string[];
  readonly start: number;
}

const longest = 500;
const functionNames = Object.keys(functionArity) as FunctionName[];
const leaves =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\p{L}_$][\p{L}\p{N}_$]*|0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/gu;
const misuses: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\*\*/, instead: "pow(a, b)" },
  { pattern: /(?<![=!<>])=(?!=)/, instead: "== for equality" },
  { pattern: /\b(?:and|or|not)\b/, instead: "&&, || and !" },
];

/** Walks the syntax tree of vega-expression once: keeps what is on the list, checks types, collects faults. */
class Reader {
  readonly faults: ExpressionFault[] = [];
  private readonly starts: readonly number[];
  private leaf = 0;
  private readonly names: Names;

  constructor(source: string, names: Names) {
    this.starts = [...source.matchAll(leaves)].map((match) => match.index);
    this.names = names;
  }

  fault(
    part: { readonly start: number },
    offending: string,
    problem: string,
    expected: string,
    nearest?: string,
  ) {
    this.faults.push({
      offset: part.start,
      offending,
      problem,
      expected,
      ...(nearest === undefined ? {} : { nearest }),
    });
  }

  require(part: Part, type: Type, user: string) {
    if (part.type !== type && part.type !== "unknown") {
      this.fault(part, user, `applies ${user} to a ${part.type}`, `a ${type}`);
    }
  }

  nextStart(): number {
    return this.starts[this.leaf++] ?? 0;
  }

  read(node: Node): Part {
    switch (node.type) {
      case "Literal":
        return this.readLiteral(node);
      case "Identifier":
        return this.readName(node.name);
      case "UnaryExpression":
        return this.readUnary(node);
      case "BinaryExpression":
      case "LogicalExpression":
        return this.readBinary(node);
      case "ConditionalExpression":
        return this.readConditional(node);
      case "CallExpression":
        return this.readCall(node);
      default:
        return this.refuse(
          node.type === "MemberExpression"
            ? "member access"
            : node.type.replace("Expression", "").toLowerCase(),
        );
    }
  }

  refuse(what: string, start = this.starts[this.leaf] ?? 0): Part {
    this.fault({ start }, what, `uses ${what}`, "names, numbers, strings, operators and calls of functions");
    return { expression: { kind: "literal", value: 0 }, type: "unknown", start };
  }

  readLiteral(node: Extract<Node, { type: "Literal" }>): Part {
    const start = this.nextStart();
    const value = node.value;
    if (typeof value === "number" && Number.isFinite(value)) {
      return { expression: { kind: "literal", value }, type: "number", start };
    }
    if (typeof value === "string" || typeof value === "boolean") {
      return { expression: { kind: "literal", value }, type: typeof value as "string" | "boolean", start };
    }
    return this.refuse(`the literal ${node.raw}`, start);
  }

  readName(name: string): Part {
    const start = this.nextStart();
    const known = Object.hasOwn(this.names, name) ? this.names[name] : undefined;
    const expression = { kind: "name", name } as const;
    if (known === undefined) {
      const names = Object.keys(this.names);
      this.fault({ start }, name, `names the unknown ${name}`, oneOf(names), nearestOf(name, names));
      return { expression, type: "unknown", start };
    }
    return known === "number"
      ? { expression, type: "number", start }
      : { expression, type: "string", choices: known, start };
  }

  readUnary(node: Extract<Node, { type: "UnaryExpression" }>): Part {
    const operand = this.read(node.argument);
    const operator = node.operator;
    if (operator !== "-" && operator !== "+" && operator !== "!") {
      return this.refuse(`the operator ${operator}`, operand.start);
    }
    const type = operator === "!" ? "boolean" : "number";
    this.require(operand, type, operator);
    return {
      expression: { kind: "unary", operator, operand: operand.expression },
      type,
      start: operand.start,
    };
  }

  readBinary(node: Extract<Node, { type: "BinaryExpression" | "LogicalExpression" }>): Part {
    const left = this.read(node.left as Node);
    const right = this.read(node.right);
    const written = node.operator === "===" ? "==" : node.operator === "!==" ? "!=" : node.operator;
    const is = <Operator extends string>(operators: readonly Operator[]): Operator | undefined =>
      operators.find((operator) => operator === written);
    const operands = { left: left.expression, right: right.expression };
    const start = left.start;

    const numeric = is(arithmeticOperators) ?? is(orderOperators);
    const logical = is(logicalOperators);
    const equality = is(equalityOperators);
    if (numeric !== undefined) {
      this.require(left, "number", numeric);
      this.require(right, "number", numeric);
      const type = is(arithmeticOperators) === undefined ? "boolean" : "number";
      return { expression: { kind: "binary", operator: numeric, ...operands }, type, start };
    }
    if (logical !== undefined) {
      this.require(left, "boolean", logical);
      this.require(right, "boolean", logical);
      return { expression: { kind: "binary", operator: logical, ...operands }, type: "boolean", start };
    }
    if (equality !== undefined) {
      if (left.type !== "unknown") this.require(right, left.type, equality);
      this.requireChoice(left, right);
      this.requireChoice(right, left);
      return { expression: { kind: "binary", operator: equality, ...operands }, type: "boolean", start };
    }
    return this.refuse(`the operator ${node.operator}`, start);
  }

  requireChoice(name: Part, literal: Part) {
    if (name.choices === undefined || literal.expression.kind !== "literal") return;
    const value = literal.expression.value;
    if (typeof value !== "string" || name.choices.includes(value)) return;
    const nearest = nearestOf(value, name.choices);
    this.fault(literal, value, `compares with ${value}, which never occurs`, oneOf(name.choices), nearest);
  }

  readConditional(node: Extract<Node, { type: "ConditionalExpression" }>): Part {
    const test = this.read(node.test);
    const consequent = this.read(node.consequent);
    const alternate = this.read(node.alternate);
    this.require(test, "boolean", "?");
    if (consequent.type !== "unknown") this.require(alternate, consequent.type, ":");
    return {
      expression: {
        kind: "conditional",
        test: test.expression,
        consequent: consequent.expression,
        alternate: alternate.expression,
      },
      type: consequent.type,
      start: test.start,
    };
  }

  readCall(node: Extract<Node, { type: "CallExpression" }>): Part {
    if (node.callee.type !== "Identifier") return this.refuse("a call of a computed function");
    const start = this.nextStart();
    const written = node.callee.name;
    const parts = node.arguments.map((argument) => this.read(argument as Node));
    const name = functionNames.find((known) => known === written);
    if (name === undefined) {
      const nearest = nearestOf(written, functionNames);
      this.fault({ start }, written, `calls the unknown function ${written}`, oneOf(functionNames), nearest);
      return { expression: { kind: "literal", value: 0 }, type: "unknown", start };
    }
    const [least, most] = functionArity[name];
    if (parts.length < least || parts.length > most) {
      const count = least === most ? `${least}` : `${least} or more`;
      this.fault({ start }, name, `calls ${name} with ${parts.length} arguments`, count);
    }
    for (const part of parts) this.require(part, "number", name);
    return {
      expression: { kind: "call", function: name, arguments: parts.map((part) => part.expression) },
      type: "number",
      start,
    };
  }
}

/** The fault behind a text that is no expression: a known misuse, or what the parser says. */
const syntaxFault = (source: string, error: unknown): ExpressionFault => {
  const bare = source.replace(/'[^']*'|"[^"]*"/g, (text) => " ".repeat(text.length));
  for (const { pattern, instead } of misuses) {
    const match = pattern.exec(bare);
    if (match !== null) {
      return { offset: match.index, offending: match[0], problem: `uses ${match[0]}`, expected: instead };
    }
  }
  const index =
    error instanceof Error && "index" in error && typeof error.index === "number" ? error.index : 1;
  const offset = Math.max(0, Math.min(index, source.length) - 1);
  const offending = source.slice(offset, offset + 1);
  return {
    offset,
    offending,
    problem: index >= source.length ? "ends too early or with a character too many" : "is not an expression",
    expected: "an expression such as pes * laneWidth <= 8192",
  };
};

/**
 * Reads the text of an expression that yields `type` and uses no name but `names`.
 *
 * The language is a part of JavaScript's: numbers, strings, `true`, `false`, names, `+ - * / %`, comparisons (`==`
 * compares like `===`), `&& || !`, `a ? b : c`, and calls of min, max, abs, sqrt, log2, ceil, floor and pow. Anything
 * else is a fault, and so is an operator on the wrong type, a comparison with a choice that a name cannot have, and a
 * text of more than 500 characters. Nothing is evaluated.
 */
export const parseExpression = (
  source: string,
  names: Names,
  type: "number" | "boolean",
): ParsedExpression => {
  if (source.length > longest) {
    const problem = `has ${source.length} characters`;
    return { faults: [{ offset: 0, offending: "", problem, expected: `at most ${longest} characters` }] };
  }
  let tree: Node;
  try {
    tree = parseSource(source);
  } catch (error) {
    return { faults: [syntaxFault(source, error)] };
  }
  const reader = new Reader(source, names);
  const part = reader.read(tree);
  if (reader.faults.length === 0 && part.type !== type) {
    reader.fault({ start: 0 }, source, `yields a ${part.type}`, `a ${type}`);
  }
  return reader.faults.length > 0 ? { faults: reader.faults } : { expression: part.expression };
};
