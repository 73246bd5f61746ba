import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../engine/fixture.ts";
import { bitfront } from "./command.ts";

const folder = temporaryFolder();
const sweep = "quickstart-synthetic";
const files = ["ART.yaml", "ERT.yaml", "architecture.yaml"];

const text = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

/** A sweep that names a network which does not exist. */
const sweepText = (parameters: string): string => `
version: 1
name: own
networks: [./nowhere.onnx]
machine: bitlet
parameters: { pes: { pow2: [2, 8] }${parameters} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
baseline: { pes: 4${parameters} }
`;

describe("bitfront export --design", () => {
  it("writes a folder for Accelergy, by key and by baseline the same, without a run", async () => {
    const args = ["export", sweep, "--format", "accelergy"];
    const first = await bitfront(folder, ...args, "--design", "baseline", "--output", "deep/one", "--json");
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout.trimEnd().split("\n")).toHaveLength(1);
    const answer = JSON.parse(first.stdout);
    expect(answer).toMatchObject({ output: "deep/one", format: "accelergy" });
    expect(answer.key).toMatch(/^[0-9a-f]{16}$/);
    expect([...answer.files].sort()).toEqual(files.map((name) => `deep/one/${name}`));
    expect(readdirSync(join(folder, "deep/one")).sort()).toEqual(files);
    expect(existsSync(join(folder, "results"))).toBe(false);

    // An existing folder takes the files, and leaves what else is there.
    mkdirSync(join(folder, "two"));
    writeFileSync(join(folder, "two/mine.txt"), "");
    const second = await bitfront(folder, ...args, "--design", answer.key, "--output", "two");
    expect(second).toMatchObject({ status: 0, stderr: "" });
    expect(second.stdout).toBe(
      `Design ${answer.key} is in two/architecture.yaml, two/ERT.yaml, two/ART.yaml\n`,
    );
    expect(readdirSync(join(folder, "two")).sort()).toEqual([...files, "mine.txt"]);
    for (const name of files) expect(text("two", name)).toBe(text("deep/one", name));
  });

  it("writes a file for Timeloop", async () => {
    const { stdout, stderr, status } = await bitfront(
      folder,
      ...["export", sweep, "--design", "5", "--format", "timeloop", "--output", "arch/design.yaml", "--json"],
    );
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const { key, files: written } = JSON.parse(stdout);
    expect(written).toEqual(["arch/design.yaml"]);
    expect(text("arch/design.yaml")).toContain(`design ${key} of sweep ${sweep}.`);
  });

  it("needs no network", async () => {
    writeFileSync(join(folder, "own.yaml"), sweepText(""));
    const args = ["export", "own.yaml", "--design", "0", "--format", "timeloop", "--output", "own.arch.yml"];
    expect(await bitfront(folder, ...args)).toMatchObject({ status: 0, stderr: "" });
  });

  it("says why a design cannot be costed", async () => {
    writeFileSync(join(folder, "costly.yaml"), sweepText(", costSource: bbs28"));
    const args = [
      "export",
      "costly.yaml",
      "--design",
      "baseline",
      "--format",
      "accelergy",
      "--output",
      "costly",
    ];
    const refused = await bitfront(folder, ...args);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^--design baseline cannot be costed: float32, laneWidth 64, .*: expected fixed8, laneWidth 32/,
    );
    expect(existsSync(join(folder, "costly"))).toBe(false);
  });

  const baseline = ["--design", "baseline"];
  it.each<[string, string[], RegExp]>([
    [
      "a design without a format",
      [...baseline, "--output", "x"],
      /^--design baseline: expected --format accelergy/,
    ],
    [
      "a format without a design",
      ["--format", "accelergy", "--output", "x"],
      /^--format accelergy: expected --design with it/,
    ],
    ["an unknown format", [...baseline, "--format", "gem5", "--output", "x"], /accelergy/],
    [
      "an unknown key",
      ["--design", "0123456789abcdef", "--format", "accelergy", "--output", "x"],
      /^0123456789abcdef: sweep quickstart-synthetic has no such design; expected a key of 16 hex digits/,
    ],
    [
      "an index beyond the space",
      ["--design", "99999999", "--format", "accelergy", "--output", "x"],
      /^99999999: .* an index below /,
    ],
    [
      "a file where a folder belongs",
      [...baseline, "--format", "accelergy", "--output", "taken.yaml"],
      /^--output taken\.yaml: is no folder; expected one for architecture\.yaml/,
    ],
    [
      "a folder below a file",
      [...baseline, "--format", "accelergy", "--output", "taken.yaml/below"],
      /^--output taken\.yaml\/below: .*ENOTDIR/,
    ],
    [
      "a folder where a file belongs",
      [...baseline, "--format", "timeloop", "--output", "folder.yaml"],
      /^--output folder\.yaml: is a folder; expected a file ending in \.yaml or \.yml/,
    ],
    [
      "a file of another kind",
      [...baseline, "--format", "timeloop", "--output", "x.csv"],
      /^--output x\.csv: expected a file ending in \.yaml or \.yml/,
    ],
  ])("refuses %s", async (_, args, message) => {
    writeFileSync(join(folder, "taken.yaml"), "mine");
    mkdirSync(join(folder, "folder.yaml"), { recursive: true });
    const refused = await bitfront(folder, "export", sweep, ...args, "--json");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(message);
    expect(text("taken.yaml")).toBe("mine");
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});
