import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { scriptExport } from "../../../../core/workloads/decode/script-module.ts";
import { packedScript } from "../../../fixtures/packed-script.ts";

const read = (literal: string): unknown => scriptExport("TFJS", "m.js", packedScript(literal));

/** A value as a minifier writes it: keys without quotes where they may be, !0 for true, no zero in front of a point. */
const minified = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(minified).join(",")}]`;
  if (typeof value === "boolean") return value ? "!0" : "!1";
  if (typeof value === "number") return String(value).replace(/^(-?)0\./, "$1.");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, own]) => {
    const written = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return `${written}:${minified(own)}`;
  });
  return `{${fields.join(",")}}`;
};

describe("scriptExport", () => {
  it("reads every value that JSON has, as JSON and as minified", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        // JSON has no -0.
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(read(JSON.stringify(plain))).toEqual(plain);
        expect(read(minified(plain))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it("reads both quotes, escapes, numbers without digits on one side, and empty things", () => {
    expect(read(`{a:'it\\'s "so"',"b":"\\x41\\u00e9\\n\\/",1:[.5,1.,-3e-2,1E3],c:{},d:[]}`)).toEqual({
      a: 'it\'s "so"',
      b: "A\u00e9\n/",
      1: [0.5, 1, -0.03, 1000],
      c: {},
      d: [],
    });
  });

  it.each<[string, string]>([
    ["f()", 'character 109: "f()},{}]},{},[1])(1)" in the literal, expected a value'],
    ["1+1", '"+1},{}]},{},[1])(1)}" in the literal, expected the end of the bundle'],
    ["[1 ,2]", "expected , or ]"],
    ["[1,]", "expected a value"],
    ["{a:1;b:2}", "expected , or }"],
    ["{a}", "expected :"],
    ["{[a]:1}", "expected a key"],
    ["{a:1,'a':2}", 'the key "a" stands there twice'],
    ["`text`", "expected a value"],
    ['"\\q"', '"\\\\q" is no escape that is understood'],
    ['"\\u12"', '"\\\\u" is no escape that is understood'],
    ["010", "expected a value"],
    ["0x10", "expected a value"],
    ["1n", "expected a value"],
    ["nullable", "expected a value"],
    ["undefined", "expected a value"],
    ["[".repeat(100), "the literal nests more than 64 levels deep"],
    ['"open', "a text that does not end"],
    ["", "expected a value"],
  ])("refuses %j", (literal, problem) => {
    expect(() => read(literal)).toThrow(DecodeError);
    expect(() => read(literal)).toThrow(problem);
  });

  it("refuses other scripts, and every bundle that is cut short", () => {
    expect(() => scriptExport("TFJS", "m.js", "module.exports={a:1}")).toThrow(
      "TFJS: m.js, character 0: the script is no browserify bundle of one module that exports a literal",
    );
    const script = packedScript('{a:[1,"b"]}');
    for (let length = 0; length < script.length - 1; length++) {
      expect(() => scriptExport("TFJS", "m.js", script.slice(0, length))).toThrow(DecodeError);
    }
    expect(() => scriptExport("TFJS", "m.js", `${script}alert(1)`)).toThrow("expected the end of the bundle");
  });
});
