import { expect, it } from "vitest";
import { laconicChecks } from "../../../explore/published/laconic.ts";
import { verdictOf } from "../../../explore/published/published-check.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";

it("meets the rule of Laconic where all operands are the same", async () => {
  const checks = await laconicChecks(shippedPublished());
  expect(checks.map((check) => verdictOf(check))).toEqual(["pass", "pass", "pass", "pass"]);
});
