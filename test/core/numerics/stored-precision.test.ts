import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { formats, parseFormat } from "../../../core/numerics/formats.ts";
import {
  checkStoredPrecision,
  holdsFormat,
  type StoredPrecision,
} from "../../../core/numerics/stored-precision.ts";

/** Float formats that tensors of a stored precision may be evaluated in. */
const held: readonly (readonly [StoredPrecision, readonly string[]])[] = [
  ["float64", ["float32", "float16", "bfloat16"]],
  ["float32", ["float32", "float16", "bfloat16"]],
  ["float16", ["float16", "bfloat16"]],
  ["bfloat16", ["bfloat16"]],
  ["uint8", []],
  ["int8", []],
  ["uint16", []],
  ["int16", []],
  ["uint32", []],
  ["int32", []],
  ["uint64", []],
  ["int64", []],
  ["bool", []],
];

describe("weights stored in", () => {
  it.each(held)("%s hold the floats %j, and every fixed format", (stored, floats) => {
    for (const format of formats) {
      const allowed = format.kind === "fixed" || floats.includes(format.name);
      expect(holdsFormat(stored, format), format.name).toBe(allowed);
      const check = (allowUpcast: boolean) => () =>
        checkStoredPrecision(format, stored, "conv1", allowUpcast);
      if (allowed) expect(check(false), format.name).not.toThrow();
      else expect(check(false), format.name).toThrow(ModelError);
      expect(check(true), format.name).not.toThrow();
    }
  });

  it.each([
    ["float16", "float32", "Evaluate it in float16 or bfloat16 or a fixed format, or say"],
    ["bfloat16", "float16", "Evaluate it in bfloat16 or a fixed format, or say"],
    ["uint8", "bfloat16", "Evaluate it in a fixed format, or say"],
  ] as const)("%s are refused as %s, with what would do", (stored, format, advice) => {
    try {
      checkStoredPrecision(parseFormat(format), stored, "conv1/kernel", false);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ _tag: "ModelError", code: "false-zero-bits" });
      for (const part of ["conv1/kernel", stored, `as ${format}`, advice, "allowUpcast"])
        expect(String(error)).toContain(part);
    }
  });
});
