import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { checkStoredPrecision } from "../../../core/numerics/stored-precision.ts";

describe("parseFormat", () => {
  it("gives a fixed format a sign and one magnitude bit less than its width", () => {
    expect(parseFormat("float32")).toEqual({ name: "float32", kind: "float", bits: 32, planes: 24 });
    for (let bits = 2; bits <= 24; bits++) {
      const name = `fixed${bits}`;
      expect(parseFormat(name)).toEqual({ name, kind: "fixed", bits, planes: bits - 1 });
    }
  });

  it.each([
    "fixed1",
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
    "float16",
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
      expect(String(error)).toContain("fixed2 … fixed24");
    }
  });
});

describe("checkStoredPrecision", () => {
  const float32 = parseFormat("float32");

  it.each(["float16", "bfloat16", "uint8", "int8"] as const)(
    "refuses float32 from weights stored in %s",
    (stored) => {
      try {
        checkStoredPrecision(float32, stored, "conv1/kernel", false);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        expect(error).toMatchObject({ code: "false-zero-bits" });
        for (const part of ["conv1/kernel", stored, "float32", "allowUpcast"])
          expect(String(error)).toContain(part);
      }
      expect(() => checkStoredPrecision(float32, stored, "conv1/kernel", true)).not.toThrow();
      expect(() => checkStoredPrecision(parseFormat("fixed8"), stored, "conv1/kernel", false)).not.toThrow();
    },
  );

  it.each(["float32", "float64"] as const)("lets %s through", (stored) => {
    expect(() => checkStoredPrecision(float32, stored, "t", false)).not.toThrow();
  });
});
