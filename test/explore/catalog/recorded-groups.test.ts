import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RecordedGroup, recordedGroups } from "../../../explore/catalog/recorded-groups.ts";
import { vectorFiles } from "../../golden/read-vectors.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const path = join(temporaryFolder(), "groups.jsonl");

const read = async (text: string): Promise<RecordedGroup[]> => {
  writeFileSync(path, text);
  const groups: RecordedGroup[] = [];
  for await (const group of recordedGroups(path)) groups.push(group);
  return groups;
};

/** A fixed group of two lanes: 3 · 5 + (−1) · 2, as text and as an object. */
const good = {
  id: "made",
  dist: "by hand",
  N_total: 2,
  N_input: 1,
  isfix: 1,
  quant: 0,
  prune: "FFFFFF",
  w: ["000000003", "100000001"],
  a: ["00000005", "80fffffe"],
  res: "0000000D",
  aacc: "000000000000000d",
  emax: 0,
  emax_cycle: 3,
  busy: new Array(24).fill(1),
  scan: 1,
  latency: 16,
};
const line = JSON.stringify(good);
const changed = (changes: Record<string, unknown>): string => JSON.stringify({ ...good, ...changes });

describe("recordedGroups", () => {
  it("reads a line into a processing element, a group and what was recorded", async () => {
    const [group, ...more] = await read(`${line}\n`);
    expect(more).toEqual([]);
    expect(group).toEqual({
      id: "made",
      line: 1,
      element: { kind: "fixed", laneWidth: 2, inputPorts: 1, window: 8, mask: 0xffffff, quant: 0 },
      group: {
        weights: {
          signs: Uint8Array.of(0, 1),
          exponents: Uint8Array.of(0, 0),
          magnitudes: Int32Array.of(3, 1),
        },
        activations: Uint32Array.of(5, 0x80fffffe),
      },
      recorded: {
        res: "0000000d",
        aacc: "000000000000000d",
        emax: 0,
        emax_cycle: 3,
        busy: new Array(24).fill(1),
        scan: 1,
        latency: 16,
      },
    });
  });

  it("reads both files of the RTL's authors, whole", async () => {
    for (const file of vectorFiles) {
      const lines = readFileSync(file, "utf8").trim().split("\n");
      const groups = await read(lines.join("\r\n"));
      expect(groups.map(({ id }) => id)).toEqual(lines.map((text) => JSON.parse(text).id));
    }
  });

  it("skips lines of white space and counts them", async () => {
    const groups = await read(`\n${line}\n  \n${line}`);
    expect(groups.map((group) => group.line)).toEqual([2, 4]);
  });

  it.each([
    ["not JSON", "{", "groups.jsonl:2: the line is not JSON: "],
    ["a cut line", line.slice(0, -1), "groups.jsonl:2: the line is not JSON: "],
    ["a list", "[]", "groups.jsonl:2: the line is not valid; expected an object"],
    ["null", "null", "groups.jsonl:2: null is not valid; expected an object"],
    [
      "a deep value",
      line.replace('"made"', `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`),
      "groups.jsonl:2: id is not valid; expected a name",
    ],
    ["a missing key", changed({ res: undefined }), "groups.jsonl:2: res is missing"],
    ["an unknown key", changed({ latencies: 1 }), "latencies is not a key here; expected one of id, dist"],
    ["a misspelt key", changed({ lateny: 1 }), "did you mean latency?"],
    ["a repeated key", line.replace("{", '{"quant" : 3, '), "groups.jsonl:2: quant is given twice"],
    ["an empty name", changed({ id: "" }), 'groups.jsonl:2: id: "" is not valid; expected a name'],
    ["no lane", changed({ N_total: 0 }), "N_total: 0 is not valid; expected an integer from 1 to 256"],
    ["lanes above 256", changed({ N_total: 257 }), "N_total: 257 is not valid"],
    ["half a lane", changed({ N_total: 1.5 }), "N_total: 1.5 is not valid; expected an integer"],
    [
      "ports that do not divide",
      changed({ N_input: 3 }),
      "N_input: 3 is not valid; expected a divisor of N_total 2",
    ],
    ["no port", changed({ N_input: 0 }), "N_input: 0 is not valid"],
    ["a kind that is none", changed({ isfix: 2 }), "isfix: 2 is not valid; expected an integer from 0 to 1"],
    [
      "a kind as truth value",
      changed({ isfix: true }),
      "isfix: true is not valid; expected an integer from 0 to 1",
    ],
    [
      "a shift beyond the word",
      changed({ quant: 25 }),
      "quant: 25 is not valid; expected an integer from 0 to 24",
    ],
    ["a negative shift", changed({ quant: -1 }), "quant: -1 is not valid"],
    ["a number beyond doubles", line.replace('"quant":0', '"quant":1e999'), "quant: null is not valid"],
    ["a short mask", changed({ prune: "fffff" }), 'prune: "fffff" is not valid; expected 6 hex digits'],
    ["a mask as number", changed({ prune: 1 }), "prune: 1 is not valid; expected 6 hex digits"],
    [
      "no plane",
      changed({ prune: "000000" }),
      'prune: "000000" enables no plane, so that the processing element would never finish; expected at least one bit',
    ],
    ["a lane too few", changed({ w: good.w.slice(1) }), "w has 1 entries; expected 2, one a lane"],
    ["a lane too many", changed({ a: [...good.a, "00000000"] }), "a has 3 entries; expected 2, one a lane"],
    ["no list", changed({ w: "000000003" }), 'w: "000000003" is not valid; expected a list'],
    [
      "a long weight",
      changed({ w: [good.w[0], "0000000001"] }),
      'w[1]: "0000000001" is not valid; expected 9 hex',
    ],
    [
      "a weight's sign",
      changed({ w: ["200000003", good.w[1]] }),
      'w[0]: "200000003" is not valid; expected 9 hex digits: the sign',
    ],
    [
      "no hex",
      changed({ a: ["0000000g", good.a[1]] }),
      'a[0]: "0000000g" is not valid; expected 8 hex digits',
    ],
    ["a value with an end of line", changed({ res: "0000000d\n" }), "res: "],
    ["a short result", changed({ res: "d" }), 'res: "d" is not valid; expected 8 hex digits'],
    [
      "a long accumulator",
      changed({ aacc: `0${good.aacc}` }),
      'aacc: "0000000000000000d" is not valid; expected 16',
    ],
    ["channels", changed({ busy: [1] }), "busy has 1 entries; expected 24, one a channel"],
    ["cycles below 0", changed({ busy: [-1, ...good.busy.slice(1)] }), "busy[0]: -1 is not valid"],
    ["a latency as text", changed({ latency: "16" }), 'latency: "16" is not valid; expected an integer'],
    ["an exponent", changed({ emax: 511 }), "emax: 511 is not valid; expected an integer from 0 to 510"],
    ["a long value", changed({ res: "x".repeat(1000) }), `res: "${"x".repeat(58)}… is not valid`],
    [
      "a long line",
      changed({ id: "x".repeat(70_000) }),
      "groups.jsonl:2: the line has more than 65536 bytes",
    ],
  ])("refuses %s", async (_, wrong, message) => {
    await expect(read(`${line}\n${wrong}\n${line}\n`)).rejects.toThrow(message);
  });

  it("says file, line, key, value and expectation as data too", async () => {
    await expect(read(changed({ quant: 99 }))).rejects.toMatchObject({
      _tag: "RecordedGroupError",
      path,
      line: 1,
      key: "quant",
      value: "99",
      expected: "an integer from 0 to 24",
    });
  });

  it("refuses a file without a group", async () => {
    for (const text of ["", "\n \n"]) {
      await expect(read(text)).rejects.toThrow("it holds no group, expected one a line");
    }
  });
});
