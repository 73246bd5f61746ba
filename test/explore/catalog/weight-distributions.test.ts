import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { loadWeightDistributions, WeightsFile } from "../../../explore/catalog/weight-distributions.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const directory = join(packageRoot(), "configs", "weights");
const shipped = readdirSync(directory);

test.each(shipped)("%s is named as its file and loads", async (file) => {
  const path = join(directory, file);
  const content = decodeYaml(readFileSync(path, "utf8"), path, WeightsFile);
  expect(`${content.name}.yaml`).toBe(file);
  const { dense, depthwise } = await loadWeightDistributions(path);
  expect(dense).toEqual({ family: "generalized normal", ...content.dense.values });
  expect(depthwise === undefined).toBe(content.depthwise === undefined);
});

test("numbers without unit, source and mark, or out of their range, are refused with their place", async () => {
  const path = join(temporaryFolder(), "weights.yaml");
  const text = readFileSync(join(directory, "transformer.yaml"), "utf8");
  const refused = async (from: RegExp, to: string): Promise<string> => {
    expect(text).toMatch(from);
    writeFileSync(path, text.replace(from, to));
    return loadWeightDistributions(path).then(
      () => "",
      (error: Error) => error.message,
    );
  };
  expect(await refused(/ {2}source: .*\n/, "")).toMatch(/weights\.yaml:\d+:\d+: dense\.source/);
  expect(await refused(/mark: fitted/, "mark: guessed")).toContain(
    "dense.mark: guessed is not valid; expected fitted",
  );
  expect(await refused(/unit: "1"/, "unit: mm")).toContain('expected "1"');
  expect(await refused(/shape: .*/, "shape: 0")).toContain("expected a number from 0.25 to 32");
  expect(await refused(/zeroShare: .*/, "zeroShare: 2")).toContain("expected a number from 0 to 1");
  expect(await refused(/peak: .*/, "peek: 8")).toContain("peek");
});
