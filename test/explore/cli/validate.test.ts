import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vectorFiles } from "../../golden/read-vectors.ts";
import { temporaryFolder } from "../engine/fixture.ts";
import { bitfront, type Finished } from "./command.ts";

const folder = temporaryFolder();
const lines = vectorFiles.flatMap((file) => readFileSync(file, "utf8").trim().split("\n"));

const validate = (text: string, ...flags: string[]): Promise<Finished> => {
  writeFileSync(join(folder, "own.jsonl"), text);
  return bitfront(folder, "validate", "--vectors", "own.jsonl", ...flags);
};

describe("bitfront validate", () => {
  it("meets the 300 recorded groups", async () => {
    const { stdout, stderr, status } = await validate(lines.join("\n"), "--json");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toBe(
      '{"cases":300,"mismatches":0,"byField":{"res":0,"aacc":0,"emax":0,"emax_cycle":0,"busy":0,"scan":0,"latency":0},"first":null}\n',
    );
  });

  it("ends with status 1 where a group is not met, and says which", async () => {
    const wrong = JSON.stringify({ ...JSON.parse(lines[1]), latency: 999 });
    const own = [lines[0], wrong, lines[2]].join("\n");
    const json = await validate(own, "--json");
    expect(json).toMatchObject({ stderr: "", status: 1 });
    const answer = JSON.parse(json.stdout);
    expect(Object.keys(answer)).toEqual(["cases", "mismatches", "byField", "first"]);
    expect(answer).toMatchObject({ cases: 3, mismatches: 1, byField: { latency: 1 }, first: { line: 2 } });
    const text = await validate(own);
    expect(text).toMatchObject({ stderr: "", status: 1 });
    expect(text.stdout).toContain("1 of 3 recorded groups are not met");
  });

  it("ends with status 2 and the place of a malformed line, with nothing on standard output", async () => {
    const bad = JSON.stringify({ ...JSON.parse(lines[1]), quant: 25 });
    const wrong = await validate(`${lines[0]}\n${bad}\n`, "--json");
    expect(wrong).toMatchObject({ stdout: "", status: 2 });
    expect(wrong.stderr).toBe("own.jsonl:2: quant: 25 is not valid; expected an integer from 0 to 24\n");
  });

  it.each([
    [["--vector", "x"], "--vector"],
    [[], "validate takes --vectors FILE, or --published\n"],
    [["--vectors", "absent.jsonl"], "absent.jsonl: there is no such file\n"],
    [["--vectors", "own.jsonl", "--published"], "validate takes --vectors FILE or --published, not both\n"],
    [
      ["--vectors", "own.jsonl", "--machine", "scnn"],
      "--machine and --no-calibration belong to --published\n",
    ],
    [
      ["--vectors", "own.jsonl", "--no-calibration"],
      "--machine and --no-calibration belong to --published\n",
    ],
    [["--published", "--machine", "scn"], "did you mean scnn?\n"],
  ])("%j is wrong use: status 2, nothing on standard output", async (args, message) => {
    const wrong = await bitfront(folder, "validate", ...args, "--json");
    expect(wrong).toMatchObject({ stdout: "", status: 2 });
    expect(wrong.stderr).toContain(message);
  });
});

describe("bitfront validate --published", () => {
  it("answers with every check, and how many fail", async () => {
    const { stdout, stderr, status } = await bitfront(folder, "validate", "--published", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual(["checks", "failed", "calibrations"]);
    expect(answer).toMatchObject({ failed: 0, calibrations: [] });
    expect(answer.checks[0]).toMatchObject({
      machine: "bitlet",
      unit: "1/s",
      theirs: 3.371,
      demand: "exact",
      source: "MICRO 2021, Table 8",
      mark: "stated",
      verdict: "pass",
    });
  });

  it("shows those of one machine, and that no constant is fitted", async () => {
    const args = ["validate", "--published", "--machine", "scnn", "--no-calibration"];
    const { stdout, stderr, status } = await bitfront(folder, ...args);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toContain("scnn: MICRO 2021, Table 4 (stated)\n");
    expect(stdout).not.toContain("laconic:");
    expect(stdout).toMatch(/\nCalibration constants: none, so that --no-calibration changes nothing\.\n$/);
  });
});
