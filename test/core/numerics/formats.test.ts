import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { formats, parseFormat } from "../../../core/numerics/formats.ts";

describe("parseFormat", () => {
  it("gives a fixed format a sign and one magnitude bit less than its width, and as many planes", () => {
    for (let bits = 2; bits <= 24; bits++) {
      const name = `fixed${bits}`;
      const expected = { name, kind: "fixed", bits, magnitudeBits: bits - 1, planes: bits - 1 };
      expect(parseFormat(name)).toEqual(expected);
    }
  });

  it("gives fixed1 the one magnitude bit that ±1 has", () => {
    const expected = { name: "fixed1", kind: "fixed", bits: 1, magnitudeBits: 1, planes: 1 };
    expect(parseFormat("fixed1")).toEqual(expected);
  });

  it.each([
    ["float32", 32, 24],
    ["float16", 16, 11],
    ["bfloat16", 16, 8],
  ])("gives %s its significand and all planes of the grid", (name, bits, magnitudeBits) => {
    expect(parseFormat(name)).toEqual({ name, kind: "float", bits, magnitudeBits, planes: 24 });
  });

  it("knows every format by its name, and no other", () => {
    expect(formats.map(({ name }) => name)).toEqual([
      "float32",
      "float16",
      "bfloat16",
      ...Array.from({ length: 24 }, (_, index) => `fixed${24 - index}`),
    ]);
    for (const format of formats) expect(parseFormat(format.name)).toBe(format);
  });

  it.each([
    "fixed0",
    "fixed25",
    "fixed",
    "fixed08",
    "fixed8 ",
    " fixed8",
    "Fixed8",
    "fixed8.0",
    "fixed-8",
    "fixed100",
    "float64",
    "float8",
    "bfloat",
    "int8",
    "",
    "constructor",
  ])("refuses %j and says what it expects", (name) => {
    expect(() => parseFormat(name)).toThrow(ModelError);
    try {
      parseFormat(name);
    } catch (error) {
      expect(error).toMatchObject({ _tag: "ModelError", code: "unknown-format" });
      expect(String(error)).toContain(name);
      expect(String(error)).toContain("float32, float16, bfloat16, or fixed1 … fixed24");
    }
  });
});
