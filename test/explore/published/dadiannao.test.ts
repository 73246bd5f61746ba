import { expect, it } from "vitest";
import { dadiannaoChecks } from "../../../explore/published/dadiannao.ts";
import { verdictOf } from "../../../explore/published/published-check.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";

it("meets the cycles of AlexNet on sixteen tiles exactly", async () => {
  const checks = await dadiannaoChecks(shippedPublished());
  expect(checks.map(({ ours }) => ours)).toEqual([81_675, 72_900, 36_504, 36_504, 24_336]);
  expect(checks.map((check) => verdictOf(check))).toEqual(checks.map(() => "pass"));
});
