import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf, type PublishedCheck, verdictOf } from "../../../explore/published/published-check.ts";

const check = (changes: Partial<PublishedCheck>): PublishedCheck => ({
  machine: "bitlet",
  what: "made up",
  unit: "1",
  ours: 1,
  theirs: 1,
  demand: "exact",
  source: "made up",
  mark: "stated",
  ...changes,
});

describe("an exact check", () => {
  it.each([
    // Integers are counts: no rounding.
    [81675, 81675, undefined, "pass"],
    [81675.4, 81675, undefined, "fail"],
    [-2, -2, undefined, "pass"],
    // Printed without decimals, but rounded.
    [81.17, 81, 0, "pass"],
    [81.5, 81, 0, "fail"],
    // As many decimals as theirs needs.
    [3.37097, 3.371, undefined, "pass"],
    [3.3716, 3.371, undefined, "fail"],
    [1.2e-7, 1e-7, undefined, "pass"],
    [1.6e-7, 1e-7, undefined, "fail"],
    // 0.030 is 0.03 in a file: its third decimal has to be stated.
    [0.0342, 0.03, undefined, "pass"],
    [0.0342, 0.03, 3, "fail"],
    [0.0298, 0.03, 3, "pass"],
    // A half goes away from zero, where binary numbers have it.
    [0.125, 0.13, 2, "pass"],
    [-0.125, -0.13, 2, "pass"],
  ] as const)("of %d against %d with %s decimals: %s", (ours, theirs, decimals, verdict) => {
    expect(verdictOf(check({ ours, theirs, decimals }))).toBe(verdict);
  });

  it("passes within half of the last printed digit, and never beyond it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (digits, decimals, off) => {
          fc.pre(Math.abs(Math.abs(off) - 0.5) > 1e-6);
          const theirs = Number((digits / 10 ** decimals).toFixed(decimals));
          const ours = theirs + off / 10 ** decimals;
          expect(verdictOf(check({ ours, theirs, decimals }))).toBe(Math.abs(off) < 0.5 ? "pass" : "fail");
        },
      ),
    );
  });
});

describe("a close check", () => {
  it.each([
    [102, 100, "pass"],
    [98, 100, "pass"],
    [102.1, 100, "fail"],
    [97.9, 100, "fail"],
    [-102, -100, "pass"],
    [-100, 100, "fail"],
  ] as const)("of %d against %d within 2 %%: %s", (ours, theirs, verdict) => {
    expect(verdictOf(check({ ours, theirs, demand: "close", tolerance: 0.0200001 }))).toBe(verdict);
  });
});

describe("a check for orientation", () => {
  it("has no pass mark, however far it is off", () => {
    expect(verdictOf(check({ ours: 7, demand: "orientation" }))).toBe("none");
    expect(
      verdictOf(check({ ours: null, demand: "orientation", cause: "its inputs are not published" })),
    ).toBe("none");
  });
});

describe("what cannot be judged", () => {
  it.each([
    [{ theirs: Number.NaN }, "theirs is NaN"],
    // A name that a file of numbers does not have.
    [{ theirs: undefined as unknown as number }, "theirs is undefined"],
    [{ ours: Number.POSITIVE_INFINITY }, "ours is Infinity"],
    [{ ours: Number.NaN, demand: "orientation" }, "ours is NaN"],
    [{ ours: null }, "nothing is computed; expected a number"],
    [{ ours: null, demand: "orientation" }, "nothing is computed; expected the reason as its cause"],
    [{ demand: "close" }, "a check that is close has no tolerance"],
    [{ tolerance: 0.1 }, "a check that is exact has a tolerance"],
    [{ demand: "close", tolerance: 1 }, "a tolerance of 1"],
    [{ demand: "close", tolerance: 0 }, "a tolerance of 0"],
    [{ demand: "close", tolerance: 0.1, theirs: 0 }, "close to 0"],
  ] as const)("%j is refused", (changes, problem) => {
    expect(() => verdictOf(check(changes as Partial<PublishedCheck>))).toThrow(RangeError);
    expect(() => verdictOf(check(changes as Partial<PublishedCheck>))).toThrow(`bitlet, made up: ${problem}`);
  });
});

it("has an error as a share of theirs", () => {
  expect(errorOf({ ours: 3, theirs: 4 })).toBe(-0.25);
  expect(errorOf({ ours: 0, theirs: 0 })).toBe(0);
  expect(errorOf({ ours: null, theirs: 4 })).toBeUndefined();
});
