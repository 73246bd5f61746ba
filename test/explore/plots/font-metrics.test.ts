import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, test } from "vitest";
import { readAdvances, textWidth } from "../../../explore/plots/font-metrics.ts";

const require = createRequire(import.meta.url);

/**
 * An advance by another way: resvg draws the character once and twice between two bars, and the right edge moves by
 * one advance.
 */
const drawnAdvance = (file: string, character: string, weight: string): number => {
  const rightEdge = (text: string): number => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="2000"><text x="10" y="1500" font-family="DejaVu Sans" font-weight="${weight}" font-size="1000" xml:space="preserve">|${text}|</text></svg>`;
    const box = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [file] } }).getBBox();
    return box!.x + box!.width;
  };
  return rightEdge(character.repeat(2)) - rightEdge(character);
};

describe.each([
  ["DejaVuSans.ttf", "normal"],
  ["DejaVuSans-Bold.ttf", "bold"],
])("readAdvances of %s", (name, weight) => {
  const file = require.resolve(`dejavu-fonts-ttf/ttf/${name}`);
  const advances = readAdvances(readFileSync(file));

  test.each([..."0189imWe (/²µé"])("agrees with what resvg draws for %s", (character) => {
    const advance = advances(character.codePointAt(0)!);
    expect(advance).toBeGreaterThan(0.2);
    expect(advance * 1000).toBeCloseTo(drawnAdvance(file, character, weight), 0);
  });

  test("gives unknown characters the width of the empty box", () => {
    expect(advances(0x10fffd)).toBe(advances(0xe000));
    expect(advances(0x10fffd)).toBeGreaterThan(0);
  });
});

test("textWidth adds the advances of whole characters", () => {
  const advances = (codePoint: number) => (codePoint === 0x1d6fc ? 2 : 0.5);
  expect(textWidth(advances, "a𝛼b", 10)).toBe(30);
});

test("a file that is no font is an error that says what is missing", () => {
  expect(() => readAdvances(new Uint8Array(64))).toThrow("no table");
});
