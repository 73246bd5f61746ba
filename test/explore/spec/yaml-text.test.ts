import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Annotated, type YamlData, yamlText } from "../../../explore/spec/document.ts";

const bothVersions = ["1.1", "1.2"] as const;

describe("YAML text", () => {
  it("is laid out as a person would: by hand", () => {
    const data = {
      list: [
        new Annotated({ name: "a", energy: 0.5 }, { comment: ["first", "second"] }),
        new Annotated({ name: "b", none: {} }, { tag: "!Part" }),
      ],
    };
    expect(yamlText(data, ["One.", "", "Two."])).toBe(
      [
        "# One.",
        "",
        "# Two.",
        "",
        "list:",
        "  # first",
        "  # second",
        "  - name: a",
        "    energy: 0.5",
        "  - !Part",
        "    name: b",
        "    none: {}",
        "",
      ].join("\n"),
    );
  });

  it("reads back the same by YAML 1.1 and 1.2", () => {
    const numbers = [0, -0.5, 1, 1e-9, -3e-12, 1.25e-7, 1e21, 2.5e300, 5e-324, 1 / 3, 123_456_789, 2 ** 53];
    const texts = [
      "on",
      "yes",
      "no",
      "null",
      "~",
      "1:30",
      "1e-9",
      "0x1f",
      "28nm",
      "a: b",
      "# c",
      "",
      " d",
      "e\nf",
    ];
    const data: YamlData = { numbers, texts, keys: { on: 1, "g h": true, i: null }, lists: [[], [1], {}] };
    for (const version of bothVersions) expect(parse(yamlText(data, []), { version })).toEqual(data);
    // Python's reader takes a number with an exponent and no point for a text.
    expect(yamlText([1e-9, 1e21], [])).toBe("- 1.0e-9\n- 1.0e+21\n");
  });

  it("folds comments between words, and lets none of them out", () => {
    const long = Array(40).fill("word").join(" ");
    const text = yamlText(new Annotated(["x"], { comment: [`a\n- y\n${long}`] }), [long]);
    expect(parse(text)).toEqual(["x"]);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(112);
    expect(text.match(/word/g)).toHaveLength(80);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (number) => {
    expect(() => yamlText({ number }, [])).toThrow(RangeError);
  });
});
