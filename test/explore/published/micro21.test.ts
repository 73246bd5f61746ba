import { describe, expect, it } from "vitest";
import { micro21Checks } from "../../../explore/published/micro21.ts";
import { verdictOf } from "../../../explore/published/published-check.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";

const checks = await micro21Checks(shippedPublished());
const one = (source: string, what: string, machine = "bitlet") => {
  const found = checks.filter(
    (check) => check.source.includes(source) && check.what.startsWith(what) && check.machine === machine,
  );
  expect(found, `${source}: ${what}`).toHaveLength(1);
  return found[0];
};

describe("checks of MICRO 2021", () => {
  it("pass where they have a pass mark, and all of these are identities", () => {
    const marked = checks.filter((check) => verdictOf(check) !== "none");
    expect(marked.filter((check) => verdictOf(check) === "fail")).toEqual([]);
    // Table 8: 11 of 12 networks with 64 lanes, the 8 of fixed point with one. Table 4: 8 of Bitlet, 8 of Eyeriss.
    // Tables 6 and 7: 16. Table 5: 4. Fig. 8: 8. Abstract: 3 ratios, the area, 2 powers.
    expect(marked).toHaveLength(11 + 8 + 8 + 8 + 16 + 4 + 8 + 6);
    expect(marked.every(({ identity }) => identity)).toBe(true);
  });

  it("come out as by hand", () => {
    // 32 · 64 · 10⁹ / (74 · 8.21 · 10⁹), 32 · 10⁹ / (11 · 8.21 · 10⁹), 1000 / (8.21 · 5.793), 1000 / (8.21 · 0.354).
    expect(one("Table 8", "ResNet-50, 64 lanes").ours).toBeCloseTo(2048 / (74 * 8.21), 12);
    expect(one("Table 8", "ResNet-50, one lane").ours).toBeCloseTo(32 / (11 * 8.21), 12);
    expect(one("Table 8", "C3D, 64 lanes").ours).toBeCloseTo(2048 / (77 * 38.57), 12);
    expect(one("Table 4", "ResNet-50").ours).toBeCloseTo(1000 / (8.21 * 5.793), 12);
    expect(one("Table 4", "ResNet-50", "eyeriss").ours).toBeCloseTo(1000 / (8.21 * 0.354), 12);
    // 8.21 · 5.793 / 0.201 and 8.21 · 4.362 / 0.570 Gop/J; 0.307 / 5.793 over 0.570 / 4.362.
    expect(one("Tables 6 and 7", "ResNet-50, fixed").ours).toBeCloseTo((8.21 * 5.793) / 0.201, 9);
    expect(one("Tables 6 and 7", "ResNet-50, float32").ours).toBeCloseTo((8.21 * 4.362) / 0.57, 9);
    expect(one("Fig. 8", "ResNet-50").ours).toBeCloseTo((0.307 / 5.793) * (4.362 / 0.57), 9);
    // 4.87 / 0.06, 67.29 / 3.19, 236.82 / 29.60.
    expect(one("abstract", "largest ratio in training").ours).toBeCloseTo(81.1667, 4);
    expect(one("abstract", "largest ratio in inference").ours).toBeCloseTo(21.094, 3);
    expect(one("abstract", "largest ratio in operations").ours).toBeCloseTo(8.0007, 4);
  });

  it("say what the distilled rates imply: more planes than there are lanes for one network", () => {
    // 2048 / (0.035 · 736.73) − 13.
    expect(2048 / (0.035 * 736.73) - 13).toBeCloseTo(66.4, 1);
    expect(one("Fig. 7", "LapSRN 4x").cause).toContain("66.4 (LapSRN 4x), where 64 is the most there is");
  });

  it("time a group near what the manual measured: 0.5 and 5.8 % off the means, on other operands", () => {
    const [all, eight] = ["24", "8"].map((planes) =>
      one("manual", `latency of a float32 group, ${planes} planes`),
    );
    expect(all.theirs).toBeCloseTo(380 / 6, 12);
    expect(eight.theirs).toBeCloseTo(322 / 6, 12);
    expect(all.ours! / all.theirs - 1).toBeCloseTo(-0.005, 3);
    expect(eight.ours! / eight.theirs - 1).toBeCloseTo(0.058, 3);
    expect([all, eight].map(verdictOf)).toEqual(["none", "none"]);
  });

  it("leave unmodelled what rests on unpublished inputs, each with the reason", () => {
    const printed = checks.filter(({ ours }) => ours === null);
    expect(printed.every(({ cause }) => cause !== undefined)).toBe(true);
    for (const machine of ["scnn", "stripes", "laconic"]) {
      expect(checks.filter((check) => check.machine === machine && check.ours !== null)).toEqual([]);
      // Table 4, Tables 6 and 7, Fig. 8: eight networks each.
      expect(printed.filter((check) => check.machine === machine)).toHaveLength(24);
    }
    // Table 5: two GPUs in training, three in inference, four networks.
    expect(printed.filter(({ machine }) => machine === "gpu")).toHaveLength(20);
  });
});
