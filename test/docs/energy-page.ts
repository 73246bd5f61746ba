import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../explore/catalog/package-root.ts";

/** The page on energy and area. */
export const energyPath = join(packageRoot(), "docs/energy.md");
export const energyPage = readFileSync(energyPath, "utf8");

/** Its examples in YAML: the file of cost tables, then sweeps. */
export const [exampleTables, ...exampleSweeps] = [...energyPage.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text]) => text,
);
