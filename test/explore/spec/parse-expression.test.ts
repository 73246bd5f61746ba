import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExpressionFault, type Names, parseExpression } from "../../../explore/spec/parse-expression.ts";

const names: Names = { pes: "number", laneWidth: "number", precision: ["float32", "fixed16", "fixed8"] };

const faultsOf = (source: string, type: "number" | "boolean" = "boolean"): readonly ExpressionFault[] => {
  const parsed = parseExpression(source, names, type);
  return "faults" in parsed ? parsed.faults : [];
};

/** The text from the offset of the first fault. */
const rest = (source: string): string => source.slice(faultsOf(source)[0]!.offset);

describe("parseExpression", () => {
  it("reads === and == as the same comparison", () => {
    expect(parseExpression("pes === 3", names, "boolean")).toEqual(
      parseExpression("pes == 3", names, "boolean"),
    );
    expect(parseExpression("pes !== 3", names, "boolean")).toEqual(
      parseExpression("pes != 3", names, "boolean"),
    );
  });

  it("points at an unknown name and offers the nearest", () => {
    const source = "min(pes, 0x10) + '' == 1 || lanewidht * 2 > pes";
    const fault = faultsOf(source).find((candidate) => candidate.offending === "lanewidht");
    expect(fault).toMatchObject({ offset: source.indexOf("lanewidht"), nearest: "laneWidth" });
  });

  it("reports every unknown name", () => {
    expect(faultsOf("a > 1 && pes > b && c < 2").map((fault) => [fault.offset, fault.offending])).toEqual([
      [0, "a"],
      [15, "b"],
      [20, "c"],
    ]);
  });

  it("does not take inherited properties for names", () => {
    expect(faultsOf("constructor > 1")[0]).toMatchObject({ offending: "constructor" });
    expect(faultsOf("toString(1) > 1")[0]).toMatchObject({ offending: "toString" });
  });

  it.each([
    ["pes * 'a' > 1", "'a' > 1"],
    ["pes + true > 1", "true > 1"],
    ["precision > 3", "precision > 3"],
    ["pes > 1 && laneWidth", "laneWidth"],
    ["1 < pes < 3", "1 < pes < 3"],
    ["pes == 'a'", "'a'"],
    ["precision == 8", "8"],
    ["!pes", "pes"],
    ["-(pes > 1) > 2", "pes > 1) > 2"],
    ["(pes ? 1 : 2) > 1", "pes ? 1 : 2) > 1"],
    ["(pes > 1 ? 1 : 'a') > 1", "'a') > 1"],
    ["max(1, 'a') > 1", "'a') > 1"],
  ])("refuses the types of %s", (source, offending) => {
    expect(faultsOf(source)[0]?.expected).toMatch(/^a (number|boolean|string)$/);
    expect(rest(source)).toBe(offending);
  });

  it("refuses a result of the wrong type", () => {
    expect(faultsOf("pes * 2", "boolean")[0]).toMatchObject({
      problem: "yields a number",
      expected: "a boolean",
    });
    expect(faultsOf("pes > 2", "number")[0]).toMatchObject({
      problem: "yields a boolean",
      expected: "a number",
    });
    expect(faultsOf("precision", "number")[0]).toMatchObject({ problem: "yields a string" });
  });

  it("refuses a comparison that can never hold", () => {
    expect(faultsOf("pes > 1 && precision == 'fixd8'")[0]).toMatchObject({
      offset: 24,
      problem: "compares with fixd8, which never occurs",
      nearest: "fixed8",
    });
    expect(faultsOf("'int4' != precision")).toHaveLength(1);
  });

  it.each([
    ["pes.length > 1", "member access"],
    ["pes[0] > 1", "member access"],
    ["[1, 2] > 1", "array"],
    ["{a: 1} > 1", "object"],
    ["(pes & 1) > 0", "operator &"],
    ["(pes << 1) > 0", "operator <<"],
    ["~pes > 0", "operator ~"],
    ["'a' in pes", "operator in"],
    ["/a/ > 1", "literal /a/"],
    ["null == 1", "literal null"],
    ["pes.max(1) > 1", "call of a computed function"],
    ["1e999 > pes", "literal 1e999"],
  ])("refuses %s", (source, what) => {
    expect(faultsOf(source).some((fault) => fault.problem.includes(what))).toBe(true);
  });

  it.each([
    ["pes = 3", 4, "== for equality"],
    ["pes ** 2 > 1", 4, "pow(a, b)"],
    ["pes > 1 and laneWidth > 2", 8, "&&, || and !"],
  ])("says what to write instead in %s", (source, offset, instead) => {
    expect(faultsOf(source)[0]).toMatchObject({ offset, expected: instead });
  });

  it("does not see misuses inside strings", () => {
    expect(faultsOf("precision == 'a = b and c' +")[0]?.expected).toMatch(/an expression such as/);
  });

  it("refuses unknown functions and wrong numbers of arguments", () => {
    expect(faultsOf("pes > 1 && mxa(pes, 2) > 1")[0]).toMatchObject({
      offset: 11,
      offending: "mxa",
      nearest: "max",
    });
    expect(faultsOf("sqrt(pes, 2) > 1")[0]).toMatchObject({ offending: "sqrt", expected: "1" });
    expect(faultsOf("pow(pes) > 1")[0]).toMatchObject({ offending: "pow", expected: "2" });
    expect(faultsOf("min() > 1")[0]).toMatchObject({ expected: "1 or more" });
  });

  it("refuses text that is too long to be nested safely", () => {
    expect(faultsOf(`${"(".repeat(250)}pes${")".repeat(247)} > 1`)[0]?.expected).toBe(
      "at most 500 characters",
    );
    expect(faultsOf("(".repeat(500))).toHaveLength(1);
  });

  it("never throws and always places its faults inside the text", () => {
    const pieces = fc.constantFrom(
      "pes",
      "'a'",
      "(",
      ")",
      "+",
      "&&",
      ".",
      "[",
      "]",
      ",",
      "?",
      ":",
      "=",
      "é",
      "\\",
      "3",
      " ",
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(pieces, { maxLength: 12 }).map((list) => list.join("")),
    );
    fc.assert(
      fc.property(texts, (source) => {
        for (const fault of faultsOf(source)) {
          expect(fault.offset).toBeGreaterThanOrEqual(0);
          expect(fault.offset).toBeLessThanOrEqual(source.length);
          expect(fault.problem + fault.expected).not.toMatch(/undefined/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
