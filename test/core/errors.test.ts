import { describe, expect, it } from "vitest";
import { DecodeError, ModelError, NetworkError } from "../../core/errors.ts";
import { CatalogError } from "../../explore/catalog/catalog-error.ts";
import { readDocument } from "../../explore/spec/document.ts";

/** What a hostile file may call a layer. */
const hostile = `conv\u001b[2J\r\n\u0000\u009b31m\u202egnp\u2028 🦊 é`;
const shown = "conv\\u001b[2J\\u000d\\u000a\\u0000\\u009b31m\\u202egnp\\u2028 🦊 é";

/** Each kind of error about a text. */
const errorsAbout = (text: string): readonly Error[] => [
  new DecodeError("ONNX", text, text),
  new NetworkError(text, text),
  new ModelError("tile-too-large", text),
  new CatalogError(text, text),
];

describe("messages about hostile files", () => {
  it("obey no character that a terminal obeys, and keep all others", () => {
    for (const { message } of errorsAbout(hostile)) {
      expect(message).toContain(shown);
      expect(message).not.toMatch(/\p{Cc}|\u202e|\u2028/u);
    }
    const { where, problem } = new DecodeError("ONNX", hostile, "it is cut");
    expect([where, problem]).toEqual([shown, "it is cut"]);
  });

  it("are cut in the middle where they are long, and left alone where not", () => {
    for (const { message } of errorsAbout(`first${"a".repeat(1_000_000)}last`)) {
      expect(message.length).toBeLessThan(1_800);
      expect(message).toMatch(/first/);
      expect(message).toMatch(/last$/);
    }
    for (const { message } of errorsAbout("a".repeat(200))) expect(message).toContain("a".repeat(200));
  });

  it("of a YAML file are a line each, however long its keys are", () => {
    const { locate } = readDocument("{}", "sweep.yaml");
    const { message } = locate({
      path: ["a".repeat(5000), hostile],
      problem: "is unknown",
      expected: "none",
    });
    expect(message).toMatch(/^sweep\.yaml:1:1: a+ … .*is unknown; expected none$/);
    expect(message.length).toBeLessThan(1_600);
  });
});
