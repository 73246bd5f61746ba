import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Expression, evaluate, isSimpleBound, namesOf } from "../../../explore/spec/expression.ts";
import { type Names, parseExpression } from "../../../explore/spec/parse-expression.ts";

const names: Names = { pes: "number", laneWidth: "number", x: "number", precision: ["float32", "fixed8"] };

const read = (source: string, type: "number" | "boolean" = "boolean"): Expression => {
  const parsed = parseExpression(source, names, type);
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.expression;
};

/** Texts of well-typed expressions; chains are written without parentheses, so that precedence counts. */
const { numeric, truth } = fc.letrec<{ atom: string; numeric: string; compared: string; truth: string }>(
  (tie) => ({
    atom: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("pes", "laneWidth", "x"),
      fc.double({ min: 0, max: 1e6, noNaN: true }).map(String),
      fc.nat(20).map(String),
      tie("numeric").map((inner) => `-(${inner})`),
      tie("numeric").map((inner) => `(${inner})`),
      fc.tuple(tie("truth"), tie("numeric"), tie("numeric")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc
        .tuple(fc.constantFrom("abs", "sqrt", "log2", "ceil", "floor"), tie("numeric"))
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(tie("numeric"), tie("numeric")).map(([a, b]) => `pow(${a}, ${b})`),
      fc
        .tuple(fc.constantFrom("min", "max"), fc.array(tie("numeric"), { minLength: 1, maxLength: 3 }))
        .map(([f, values]) => `${f}(${values.join(",")})`),
    ),
    numeric: fc
      .tuple(
        tie("atom"),
        fc.array(fc.tuple(fc.constantFrom("+", "-", "*", "/", "%"), tie("atom")), { maxLength: 3 }),
      )
      .map(([first, rest]) => [first, ...rest.flat()].join(" ")),
    compared: fc.oneof(
      { maxDepth: 3 },
      fc
        .tuple(tie("numeric"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("numeric"))
        .map((parts) => parts.join(" ")),
      fc.constantFrom("precision == 'fixed8'", "'float32' !== precision", "true", "false"),
      tie("truth").map((inner) => `!(${inner})`),
    ),
    truth: fc
      .tuple(
        tie("compared"),
        fc.array(fc.tuple(fc.constantFrom("&&", "||"), tie("compared")), { maxLength: 3 }),
      )
      .map(([first, rest]) => [first, ...rest.flat()].join(" ")),
  }),
);

const scopes = fc.record({
  pes: fc.integer({ min: 1, max: 4096 }),
  laneWidth: fc.integer({ min: 8, max: 256 }),
  x: fc.double({ min: -10, max: 10, noNaN: true }),
  precision: fc.constantFrom("float32", "fixed8"),
});

/** The same text as JavaScript: an oracle that shares neither the parser nor the evaluator. */
const asJavaScript = (source: string, scope: Record<string, unknown>): unknown =>
  new Function(
    ...Object.keys(scope),
    `const { min, max, abs, sqrt, log2, ceil, floor, pow } = Math; return (${source});`,
  )(...Object.values(scope));

describe("evaluate", () => {
  it("agrees with JavaScript on numbers", () => {
    fc.assert(
      fc.property(
        numeric.filter((text) => text.length <= 500),
        scopes,
        (source, scope) => {
          expect(evaluate(read(source, "number"), scope)).toBe(asJavaScript(source, scope));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("agrees with JavaScript on conditions", () => {
    fc.assert(
      fc.property(
        truth.filter((text) => text.length <= 500),
        scopes,
        (source, scope) => {
          expect(evaluate(read(source), scope)).toBe(asJavaScript(source, scope));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("survives the way to a worker as JSON", () => {
    const expression = read("pes * laneWidth <= 8192 && precision != 'fixed8' ? x > 1 : !(x > 2)");
    const scope = { pes: 32, laneWidth: 64, x: 1.5, precision: "float32" };
    expect(evaluate(JSON.parse(JSON.stringify(expression)) as Expression, scope)).toBe(true);
  });

  it("does not evaluate what the left operand or the test decides", () => {
    const scope = { pes: 1, laneWidth: 8, precision: "float32" };
    expect(evaluate(read("pes > 2 && x > 1"), scope)).toBe(false);
    expect(evaluate(read("pes < 2 || x > 1"), scope)).toBe(true);
    expect(evaluate(read("pes < 2 ? pes : x", "number"), scope)).toBe(1);
  });

  it("throws for a name without a value instead of going on with NaN", () => {
    expect(() => evaluate(read("x > 1"), {})).toThrow(ReferenceError);
  });
});

describe("namesOf", () => {
  it("finds every name once, in any place", () => {
    const source = "min(pes, 3) > 2 ? -x < 1 : !(precision == 'fixed8') && pes > laneWidth";
    expect(namesOf(read(source))).toEqual(["pes", "x", "precision", "laneWidth"]);
    expect(namesOf(read("1 + 2", "number"))).toEqual([]);
  });
});

describe("isSimpleBound", () => {
  it.each(["pes <= 10", "10 > pes", "pes >= -3 && x < 2", "pes < 1 && x > 2 && laneWidth >= 3"])(
    "accepts %s",
    (source) => {
      expect(isSimpleBound(read(source))).toBe(true);
    },
  );

  it.each([
    "pes * 2 <= 10",
    "pes <= x",
    "pes < 1 || x > 2",
    "!(pes < 1)",
    "pes == 1",
    "1 < 2",
    "pes < 1 && x * x < 2",
    "precision == 'fixed8'",
    "pes > 3 ? x > 1 : x > 2",
  ])("refuses %s", (source) => {
    expect(isSimpleBound(read(source))).toBe(false);
  });
});
