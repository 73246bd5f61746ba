import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import {
  type Validation,
  validateVectors,
  validationText,
} from "../../../explore/report/validate-vectors.ts";
import { vectorFiles } from "../../golden/read-vectors.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const folder = temporaryFolder();
const lines = vectorFiles.flatMap((file) => readFileSync(file, "utf8").trim().split("\n"));
const none = { res: 0, aacc: 0, emax: 0, emax_cycle: 0, busy: 0, scan: 0, latency: 0 };

const validate = (text: string): Promise<Validation> => {
  const file = join(folder, "groups.jsonl");
  writeFileSync(file, text);
  return Effect.runPromise(validateVectors(file));
};

const changed = (line: string, changes: Record<string, unknown>): string =>
  JSON.stringify({ ...JSON.parse(line), ...changes });

describe("validateVectors", () => {
  it("finds all fields of all recorded groups met", async () => {
    expect(await validate(lines.join("\n"))).toEqual({
      cases: 300,
      mismatches: 0,
      byField: none,
      first: null,
    });
  });

  it.each(Object.keys(none))("finds every wrong %s", async (field) => {
    const wrong = lines.map((line, position) => {
      const value = JSON.parse(line)[field];
      const channel = position % 24;
      return changed(line, {
        [field]: Array.isArray(value)
          ? value.with(channel, value[channel] + 1)
          : typeof value === "string"
            ? value.slice(0, -1) + (value.endsWith("0") ? "1" : "0")
            : value + 1,
      });
    });
    expect(await validate(wrong.join("\n"))).toMatchObject({
      cases: 300,
      mismatches: 300,
      byField: { ...none, [field]: 300 },
      first: { id: JSON.parse(lines[0]).id, line: 1 },
    });
  });

  it("takes hex numbers in either case", async () => {
    const { res, aacc } = JSON.parse(lines[0]);
    const upper = changed(lines[0], { res: res.toUpperCase(), aacc: aacc.toUpperCase() });
    expect(await validate(upper)).toMatchObject({ cases: 1, mismatches: 0 });
  });

  it("counts groups and fields, and shows the first group in full", async () => {
    const expected = JSON.parse(lines[2]);
    const busy = expected.busy.with(0, 77);
    const own = [
      ...lines.slice(0, 2),
      changed(lines[2], { busy, latency: 999 }),
      lines[3],
      changed(lines[4], { latency: 999, emax: 5 }),
    ];
    const found = await validate(own.join("\n"));
    const met = (value: unknown) => ({ expected: value, computed: value });
    expect(found).toEqual({
      cases: 5,
      mismatches: 2,
      byField: { ...none, busy: 1, latency: 2, emax: 1 },
      first: {
        id: expected.id,
        line: 3,
        fields: {
          res: met(expected.res),
          aacc: met(expected.aacc),
          emax: met(expected.emax),
          emax_cycle: met(expected.emax_cycle),
          busy: { expected: busy, computed: expected.busy },
          scan: met(expected.scan),
          latency: { expected: 999, computed: expected.latency },
        },
      },
    });
    const text = validationText(found);
    expect(text).toMatch(/^latency +2$/m);
    expect(text).toContain(`2 of 5 recorded groups are not met; the first is ${expected.id} on line 3:`);
    expect(text).toContain(`\n  latency: expected 999, computed ${expected.latency}`);
    expect(text).not.toContain("scan: expected");
  });
});
