import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readShapeFile } from "../../../explore/catalog/shape-file.ts";
import { temporaryFolder } from "../engine/fixture.ts";
import { bitfront } from "./command.ts";

const folder = temporaryFolder();
const network = "synthetic-small";

describe("bitfront export NETWORK", () => {
  it("writes a topology for SCALE-Sim at the inputs that are bound, and says which it cannot say", async () => {
    const { stdout, ...finished } = await bitfront(
      folder,
      ...["export", "ocr-recognition", "--format", "scalesim", "--output", "deep/ocr.csv"],
      ...["--input", "x=1,3,48,64"],
    );
    expect(finished).toMatchObject({ status: 0, stderr: "" });
    expect(stdout).toBe(
      "51 layers of ocr-recognition are in deep/ocr.csv\nSCALE-Sim has one stride for both axes and no dilation; outputs and multiply–accumulates are kept, but these layers read other inputs: p2o.Conv.7, p2o.Conv.11, p2o.Conv.21, p2o.Conv.29\n",
    );
    // Half of 64 columns, of which the last window reaches one zero further.
    const [, first] = readFileSync(join(folder, "deep/ocr.csv"), "utf8").split("\n");
    expect(first).toBe("p2o.Conv.0,49,65,3,3,3,16,2,");
  });

  it("writes a folder of problems for Timeloop, again over its own", async () => {
    const args = ["export", network, "--format", "timeloop", "--output", "problems", "--json"];
    const first = await bitfront(folder, ...args);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    const answer = JSON.parse(first.stdout);
    expect(answer).toMatchObject({
      output: "problems",
      format: "timeloop",
      network,
      layers: 6,
      inexactInputs: [],
    });
    const names = readdirSync(join(folder, "problems")).sort();
    expect(answer.files).toEqual(names.map((name) => `problems/${name}`));
    const { layers } = await readShapeFile(join(folder, "problems"), { name: "a", source: "a" });
    expect(layers).toHaveLength(6);

    writeFileSync(join(folder, "problems/notes.txt"), "");
    expect(await bitfront(folder, ...args)).toEqual(first);
    writeFileSync(join(folder, "problems/99-mine.yaml"), "");
    const refused = await bitfront(folder, ...args);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(
      /^--output problems: holds 99-mine\.yaml, which would be read as one more layer/,
    );
  });
});

describe("what is refused", () => {
  beforeAll(() => {
    writeFileSync(join(folder, "taken"), "mine");
  });

  const source = [network, "--format"];
  it.each<[string, string[], RegExp]>([
    [
      "a topology of another ending",
      [...source, "scalesim", "--output", "x.yaml"],
      /^--output x\.yaml: expected a file ending in \.csv/,
    ],
    [
      "a file where a folder belongs",
      [...source, "timeloop", "--output", "taken"],
      /^--output taken: is no folder/,
    ],
    [
      "a format of networks for a design",
      ["quickstart-synthetic", "--design", "0", "--format", "scalesim", "--output", "x.csv"],
      /^--design 0: expected --format accelergy or --format timeloop/,
    ],
    [
      "inputs of a sweep",
      ["quickstart-synthetic", "--input", "x=1", "--output", "x.csv"],
      /^--input x=1: expected a network/,
    ],
    [
      "a sweep",
      ["quickstart-synthetic", "--format", "timeloop", "--output", "x"],
      /^quickstart-synthetic: it is no network .*; a design of a sweep needs --design/,
    ],
  ])("%s", async (_, args, message) => {
    const refused = await bitfront(folder, "export", ...args, "--json");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(message);
    expect(existsSync(join(folder, "x"))).toBe(false);
    expect(existsSync(join(folder, "x.csv"))).toBe(false);
  });
});
