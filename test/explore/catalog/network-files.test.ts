import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configNames, findConfig } from "../../../explore/catalog/find-config.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { NetworkFile } from "../../../explore/catalog/network-file.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";

const directory = join(packageRoot(), "configs", "networks");
const files = readdirSync(directory);

test.each(files)("%s is named as its file, says where its weights come from, and loads", async (file) => {
  const path = join(directory, file);
  const content = decodeYaml(readFileSync(path, "utf8"), path, NetworkFile);
  expect(`${content.name}.yaml`).toBe(file);
  if (content.source !== undefined) {
    expect(content.install).toMatch(/^npm install \S+@\d+\.\d+\.\d+$/);
    expect(content.licence).toBeDefined();
  }
  const network = await loadNetwork(content.name, { baseDirectory: directory });
  expect(network.layers.length).toBeGreaterThan(0);
});

test("the install lines name the versions that the tests run with", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  for (const file of files) {
    const path = join(directory, file);
    const { install } = decodeYaml(readFileSync(path, "utf8"), path, NetworkFile);
    if (install === undefined) continue;
    const [, name, version] = /^npm install (\S+)@(\S+)$/.exec(install)!;
    expect(devDependencies[name]).toBe(version);
  }
});

test("configurations are found by name, by path, or not at all", () => {
  expect(configNames("networks")).toEqual(
    expect.arrayContaining(files.map((file) => file.replace(".yaml", ""))),
  );
  expect(findConfig("synthetic-small", "networks", "/")).toBe(join(directory, "synthetic-small.yaml"));
  expect(findConfig("synthetic-small.yaml", "networks", directory)).toBe(
    join(directory, "synthetic-small.yaml"),
  );
  expect(findConfig("synthetic-small.yaml", "networks", "/")).toBeUndefined();
  expect(findConfig("../networks/synthetic-small", "networks", directory)).toBeUndefined();
  expect(findConfig("quickstart", "sweeps", "/")).toBe(
    join(packageRoot(), "configs", "sweeps", "quickstart.yaml"),
  );
});
