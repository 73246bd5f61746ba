import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { NetworkFile } from "../../explore/catalog/network-file.ts";
import { packageRoot } from "../../explore/catalog/package-root.ts";
import { decodeYaml } from "../../explore/catalog/yaml.ts";

const path = join(packageRoot(), "docs/networks.md");
const page = readFileSync(path, "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);

describe("docs/networks.md", () => {
  it("shows network files that are right", () => {
    const names = blocks.map((text) => decodeYaml(text, path, NetworkFile).name);
    expect(names).toEqual(["my-resnet", "my-vgg", "stated", "other"]);
  });

  it("explains every way to say what a network is, and every key of weights and activations", () => {
    const files = blocks.map((text) => decodeYaml(text, path, NetworkFile));
    const weights = files.flatMap((file) =>
      typeof file.weights === "object" ? Object.keys(file.weights) : [],
    );
    expect(weights.sort()).toEqual(
      ["epsilon", "file", "layout", "names", "normalizations", "synthetic", "unused"].sort(),
    );
    for (const key of ["source", "architecture", "synthetic", "values", "inputs", "activations"])
      expect(page).toContain(`\`${key}`);
  });

  it("has links that lead to files", () => {
    for (const [, target] of page.matchAll(/\]\(([^)#]+)/g))
      expect(existsSync(join(dirname(path), target)), target).toBe(true);
  });
});
