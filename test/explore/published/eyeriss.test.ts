import { describe, expect, it } from "vitest";
import { eyerissChecks } from "../../../explore/published/eyeriss.ts";
import { errorOf, verdictOf } from "../../../explore/published/published-check.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";

const checks = await eyerissChecks(shippedPublished());

describe("checks of Eyeriss", () => {
  it("meet elements with work, cycles and both rates of the arithmetic exactly", () => {
    const exact = checks.filter(({ demand }) => demand === "exact");
    expect(exact).toHaveLength(5 + 5 + 2);
    expect(exact.map((check) => verdictOf(check))).toEqual(exact.map(() => "pass"));
    expect(exact.filter(({ unit }) => unit === "cycles").map(({ ours }) => ours)).toEqual([
      2_787_840, 6_635_520, 3_833_856, 2_875_392, 1_916_928,
    ]);
    expect(exact.filter(({ unit }) => unit === "1").map(({ ours }) => ours)).toEqual([
      154, 135, 156, 156, 156,
    ]);
  });

  it("show how far the silicon is away, with a cause and without a factor", () => {
    const shown = checks.filter(({ demand }) => demand === "orientation");
    expect(shown.map(({ theirs }) => theirs)).toEqual([34.7, 15.4, 0.7, 321.1]);
    expect(shown.every(({ cause }) => cause !== undefined)).toBe(true);
    // 44.32 / 34.7 and 2.189 / 0.7; of the traffic, 50.25 / 15.4 and 1146.5 / 321.1.
    expect(shown.map((check) => errorOf(check)?.toFixed(3))).toEqual(["0.277", "2.263", "2.128", "2.571"]);
    // What the traffic comes to with more of the buffers for tiles, as the cause says.
    expect(shown[1].cause).toContain("26.6 MB");
    expect(shown[3].cause).toContain("542.9 MB");
  });
});
