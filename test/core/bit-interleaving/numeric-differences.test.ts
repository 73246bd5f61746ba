import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { idealResult } from "../../../core/bit-interleaving/ideal-result.ts";
import { processGroup } from "../../../core/bit-interleaving/processing-element.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { readVectors } from "../../golden/read-vectors.ts";
import { type Case, fixedCase, floatCase } from "./make-group.ts";

const page = readFileSync(join(packageRoot(), "docs/processing-element.md"), "utf8");

interface Example {
  readonly line: string;
  readonly group: Case;
  readonly rtl: string;
  readonly ideal: string;
}

const factor = (text: string): number => (text.startsWith("2^") ? 2 ** Number(text.slice(2)) : Number(text));

/** A line such as `fixed, quant 1: 2 lanes of 3 × 1 + 4 × 5 → rtl 00000001, ideal 00000002`. */
const readExample = (line: string): Example => {
  const form =
    /^(float32|fixed)(?:, quant (\d+))?(?:, planes ([0-9a-f]{6}))?: (.*) → rtl ([0-9a-f]{8}), ideal ([0-9a-f]{8})$/;
  const match = form.exec(line);
  if (match === null) throw new Error(`no example: ${line}`);
  const [, kind, quant = "0", planes = "ffffff", sum, rtl, ideal] = match;
  const products = sum.split(" + ").flatMap((term) => {
    const [, lanes = "1", weight, activation] = /^(?:(\d+) lanes of )?(\S+) × (\S+)$/.exec(term) ?? [];
    return Array.from({ length: Number(lanes) }, () => [factor(weight), factor(activation)] as const);
  });
  const settings = { mask: Number.parseInt(planes, 16), quant: Number(quant) };
  return {
    line,
    group: kind === "fixed" ? fixedCase(products, settings) : floatCase(products, settings),
    rtl,
    ideal,
  };
};

/** Examples by the heading they stand under. */
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    examples: [...section.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block]) =>
      block.trim().split("\n").map(readExample),
    ),
  }));

const word = (result: number): string => result.toString(16).padStart(8, "0");

describe("the page on the processing element", () => {
  it("lists nine differences and what planes that are off mean", () => {
    expect(sections).toHaveLength(10);
  });

  it("is right that no recorded group ends below the normal numbers", async () => {
    const results = (await readVectors())
      .filter(({ element }) => element.kind === "float")
      .map(({ recorded }) => Number.parseInt(recorded.res, 16) & 0x7fffffff);
    expect(results.filter((result) => result !== 0 && result < 0x800000)).toEqual([]);
    // A result that is 0 comes from a sum that is 0, not from one that was shifted out.
    expect(results.filter((result) => result === 0)).toHaveLength(
      (await readVectors()).filter(
        ({ element, recorded }) => element.kind === "float" && /^0+$/.test(recorded.aacc),
      ).length,
    );
  });

  describe.each(sections)("$title", ({ examples }) => {
    it.each(examples)("$line", ({ group: { element, group }, rtl, ideal }) => {
      expect(word(processGroup(element, group).result)).toBe(rtl);
      expect(word(idealResult(element, group))).toBe(ideal);
    });

    it("has an example in which the two differ", () => {
      expect(examples.some(({ rtl, ideal }) => rtl !== ideal)).toBe(true);
    });
  });
});
