import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { allChecks } from "../../../explore/published/all-checks.ts";
import type { PublishedCheck } from "../../../explore/published/published-check.ts";
import { judged, publishedText, validatePublished } from "../../../explore/report/validate-published.ts";

const check = (changes: Partial<PublishedCheck>): PublishedCheck => ({
  machine: "first",
  what: "made up",
  unit: "cycles",
  ours: 1_234_567,
  theirs: 1_234_567,
  demand: "exact",
  source: "their paper",
  mark: "stated",
  ...changes,
});

const textOf = (checks: readonly PublishedCheck[], calibration = true): string =>
  publishedText(judged(checks, { calibration }), { calibration });

describe("judged checks", () => {
  it("count those that fail, whatever their kind", () => {
    const { checks, failed, calibrations } = judged(
      [
        check({}),
        check({ ours: 1 }),
        check({ ours: 1.1, theirs: 1, demand: "close", tolerance: 0.05 }),
        check({ ours: 9, theirs: 1, demand: "orientation" }),
        check({ ours: null, demand: "orientation", cause: "not published" }),
      ],
      { calibration: true },
    );
    expect(failed).toBe(2);
    expect(checks.map(({ verdict }) => verdict)).toEqual(["pass", "fail", "fail", "none", "none"]);
    expect(checks.map(({ error }) => error)).toEqual([0, 1 / 1_234_567 - 1, 1.1 / 1 - 1, 8, null]);
    expect(calibrations).toEqual([]);
  });
});

describe("the text", () => {
  it("is a table by machine and source, with causes below, and what it comes to", () => {
    const text = textOf([
      check({}),
      check({ machine: "second", ours: 12, theirs: 11, cause: "known" }),
      check({ machine: "second", source: "a rule", mark: "derived" }),
      check({
        what: "close",
        unit: "1/s",
        ours: 0.990001,
        theirs: 1,
        demand: "close",
        tolerance: 0.02,
        cause: "why",
      }),
      check({ what: "shown", ours: 2, theirs: 1.5, demand: "orientation", cause: "why" }),
      check({ source: "other paper", ours: 0.0304, theirs: 0.03, decimals: 3, identity: true }),
      check({ what: "a", ours: null, theirs: 2.5, decimals: 2, demand: "orientation", cause: "no inputs" }),
      check({ what: "b", ours: null, theirs: 3, decimals: 2, demand: "orientation", cause: "no inputs" }),
    ]);
    expect(text).toBe(`first: their paper (stated)
check    unit    ours      theirs   error    verdict          cause
-------  ------  --------  -------  -------  ---------------  -----
made up  cycles   1234567  1234567   0.00 %  pass
close    1/s     0.990001        1  -1.00 %  pass within 2 %  [1]
shown    cycles         2      1.5  33.33 %  for orientation  [1]
[1] why
as published, not modelled: no inputs
  in cycles: a 2.50; b 3.00

first: other paper (stated)
check    unit    ours    theirs  error   verdict         cause
-------  ------  ------  ------  ------  --------------  -----
made up  cycles  0.0304  0.030   1.33 %  pass, identity

second: their paper (stated)
check    unit    ours  theirs  error   verdict  cause
-------  ------  ----  ------  ------  -------  -----
made up  cycles  12    11      9.09 %  FAIL     [1]
[1] known

second: a rule (derived)
check    unit    ours     theirs   error   verdict  cause
-------  ------  -------  -------  ------  -------  -----
made up  cycles  1234567  1234567  0.00 %  pass

1 of 5 checks with a pass mark fails: 1 between numbers of one paper (identities, which show how it counted and are no evidence for a model), 3 of a model against stated or measured numbers, 1 of a model against what was derived by hand from its rule.
1 more is for orientation, and 2 numbers stand as published.
Calibration constants: none.`);
  });

  it("says that --no-calibration changes nothing, since there is nothing to switch off", () => {
    expect(textOf([check({})], false)).toMatch(
      /Calibration constants: none, so that --no-calibration changes nothing\.$/,
    );
  });

  it("gives an error that rounds to nothing no sign", () => {
    expect(textOf([check({ ours: 0.9999999, theirs: 1, decimals: 2 })])).toContain(" 0.00 %");
  });
});

describe("all published numbers", () => {
  it("are met wherever there is a pass mark", async () => {
    const { checks, failed } = await Effect.runPromise(validatePublished({ calibration: true }));
    console.log(publishedText({ checks, failed, calibrations: [] }, { calibration: true }));
    expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
    expect(failed).toBe(0);
    // Every source has checks of the machines that it is listed under, and of no others.
    const named = allChecks.flatMap(({ machines }) => machines);
    expect(new Set(checks.map(({ machine }) => machine))).toEqual(new Set(named));
  }, 300_000);

  it("are those of one machine on request", async () => {
    const found = await Effect.runPromise(validatePublished({ machine: "dadiannao", calibration: true }));
    expect(new Set(found.checks.map(({ machine }) => machine))).toEqual(new Set(["dadiannao"]));
  });

  it("are not those of a machine without any", async () => {
    await expect(Effect.runPromise(validatePublished({ machine: "scn", calibration: true }))).rejects.toThrow(
      /scn: there are no published numbers of it; expected one of .*; did you mean scnn\?/,
    );
  });
});
