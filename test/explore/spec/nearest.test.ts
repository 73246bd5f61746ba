import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestOf } from "../../../explore/spec/nearest.ts";

/** The definition of the distance, without a table. */
const slowDistance = (a: string, b: string): number => {
  if (a === "" || b === "") return a.length + b.length;
  const edits = [
    slowDistance(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
    slowDistance(a.slice(1), b) + 1,
    slowDistance(a, b.slice(1)) + 1,
  ];
  if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]) {
    edits.push(slowDistance(a.slice(2), b.slice(2)) + 1);
  }
  return Math.min(...edits);
};

describe("editDistance", () => {
  it("is the definition", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(slowDistance(a, b));
      }),
    );
  });
});

describe("nearestOf", () => {
  const choices = ["pes", "laneWidth", "precision", "throughput_ips"];

  it.each([
    ["pez", "pes"],
    ["lanewidht", "laneWidth"],
    ["Precision", "precision"],
    ["pse", "pes"],
    ["throughput", "throughput_ips"],
  ])("takes %s for %s", (written, meant) => {
    expect(nearestOf(written, choices)).toBe(meant);
  });

  it.each(["zzz", "", "x", "dataflow", "laneWidthButMuchLonger"])("offers nothing for %s", (written) => {
    expect(nearestOf(written, choices)).toBeUndefined();
  });
});
